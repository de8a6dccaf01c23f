import { createDurableFileClaims, createDurableHandleIndex } from '../durable/handle-client.ts'
import type { FileClaimsEffects } from '../durable/file-claims.ts'
import type { HandleIndexEffects } from '../durable/handle-index.ts'
import type { Env } from '../env.ts'
import { createDeleteUnclaimed } from '../service/handles/delete-unclaimed.ts'
import { createStoredFiles } from '../service/handles/stored-files.ts'
import type { Files } from './files.ts'
import { clock, hash, random } from './platform.ts'

export type Handles = ReturnType<typeof createHandles>

/** Files by handle, and what their Durable Objects do outside themselves. */
export function createHandles(env: Env, { files, upload, replaced }: Files) {
  const claims = createDurableFileClaims(env.FILE_CLAIMS, hash)
  const index = createDurableHandleIndex(env.HANDLES)
  const handleEffects: HandleIndexEffects = {
    release: ({ account, path, handle }, fate) => claims.release(account, path, handle, fate),
  }
  const claimEffects: FileClaimsEffects = { deleteFile: createDeleteUnclaimed({ files, removed: replaced }) }
  return { storedFiles: createStoredFiles({ files, upload, index, claims, random, clock }), handleEffects, claimEffects }
}
