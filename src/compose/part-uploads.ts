import { createR2PartStore } from '../adapters/parts/r2-part-store.ts'
import type { Config } from '../config/load.ts'
import { createDurablePartUploads } from '../durable/part-upload-client.ts'
import type { Env } from '../env.ts'
import { createJoinSentParts, type JoinPartsDeps } from '../service/files/parts/join.ts'
import { createPartUploads, type PartUploadDeps } from '../service/files/parts/uploads.ts'
import type { Room } from '../service/ports.ts'
import { clock, random } from './platform.ts'

type Shared = Pick<JoinPartsDeps, 'store' | 'mimeOfName' | 'replaced'> & Pick<PartUploadDeps, 'ledger' | 'choosePath' | 'maxUploadBytes'>

/** Uploads whose parts the client lists at their end, and what their Durable Objects do outside themselves. */
export function createSentParts(config: Config, env: Env, room: Room, { store, replaced, ...shared }: Shared) {
  // Not through the watched bucket: parts are no files.
  const parts = createR2PartStore(env.FILES, room)
  const sessions = createDurablePartUploads(env.PART_UPLOADS)
  return {
    partUploads: createPartUploads({ ...config.uploads, ...shared, parts, sessions, clock, random }),
    joinSentParts: createJoinSentParts({ ...shared, store, parts, replaced }),
  }
}
