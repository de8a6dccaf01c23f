import { verifyMd5 } from '../adapters/node-hashes.ts'
import { createR2ChunkStore } from '../adapters/parts/r2-chunk-store.ts'
import type { Config } from '../config/load.ts'
import { createDurableFileClaims, createDurableHandleIndex } from '../durable/handle-client.ts'
import type { FileClaimsEffects } from '../durable/file-claims.ts'
import type { HandleIndexEffects } from '../durable/handle-index.ts'
import { createDurableHandleUploads } from '../durable/handle-upload-client.ts'
import type { Env } from '../env.ts'
import { createDeleteUnclaimed } from '../service/handles/delete-unclaimed.ts'
import { createJoinParts } from '../service/handles/parts/join.ts'
import { createHandleUploads } from '../service/handles/parts/uploads.ts'
import { createRecentHandles } from '../service/handles/recent-handles.ts'
import { createCopySweep } from '../service/handles/sweep-copies.ts'
import { createObjectUploads } from '../service/handles/parts/object-uploads.ts'
import { createStageBody, createStagedSweep } from '../service/handles/staged-body.ts'
import { createStoredFiles, createTakeBack } from '../service/handles/stored-files.ts'
import type { Reserve } from '../service/files/content/growing-lease.ts'
import type { Room } from '../service/ports.ts'
import type { Files } from './files.ts'
import { clock, hash, log, random, wait } from './platform.ts'

export type Handles = ReturnType<typeof createHandles>

/** Copies lie in the first container of each app. */
const copyFolders = ({ filestackApps }: Config) =>
  filestackApps.flatMap(({ account, containers: [first], copySeconds }) =>
    first ? [{ account, folder: first.folder, seconds: copySeconds }] : [],
  )

/** Files by handle, and what their Durable Objects do outside themselves. */
export function createHandles(config: Config, env: Env, stored: Files, reserve: Reserve, room: Room) {
  const { filesByHandle: files, uploadByHandle: upload, replaced, parts, accounts: ledger, maxUploadBytes, mimeOfName } = stored
  const claims = createDurableFileClaims(env.FILE_CLAIMS, hash)
  const index = createDurableHandleIndex(env.HANDLES)
  // Not through the watched bucket: chunks are no files.
  const chunks = createR2ChunkStore(env.FILES, room)
  const store = createObjectUploads({ own: parts, chunks, files })
  const handleEffects: HandleIndexEffects = {
    release: ({ account, path, handle }, fate) => claims.release(account, path, handle, fate),
    takeBack: createTakeBack(claims),
  }
  const claimEffects: FileClaimsEffects = { deleteFile: createDeleteUnclaimed({ files, removed: replaced }) }
  const sessions = createDurableHandleUploads(env.HANDLE_UPLOADS)
  return {
    storedFiles: createRecentHandles(createStoredFiles({ files, upload, index, claims, random, clock }), clock),
    handleUploads: createHandleUploads({
      ...config.uploads,
      store,
      chunks,
      sessions,
      ledger,
      verifyMd5,
      clock,
      random,
      wait,
      mimeOfName,
      maxUploadBytes,
    }),
    stageBody: createStageBody({ chunks, reserve, maxUploadBytes, clock, random }),
    sweepStaged: createStagedSweep({ chunks, clock }),
    sweepCopies: createCopySweep({ files: stored.unwatched, replaced, folders: copyFolders(config), clock, random, log }),
    joinParts: createJoinParts({ store, chunks, index, claims, ledger, clock, replaced }),
    handleEffects,
    claimEffects,
  }
}
