import type { FileClaims, HandleIndex } from '../service/handles/ports.ts'
import type { HashText } from '../service/ports.ts'
import { call, objectIn } from './call.ts'
import type { FileClaimsCalls } from './file-claims.ts'
import type { HandleIndexCalls } from './handle-index.ts'

/** One Durable Object for the handles that begin with the same two characters: 3,844 of them. A handle alone tells nothing of its app. */
export function createDurableHandleIndex(namespace: DurableObjectNamespace): HandleIndex {
  const named = objectIn<HandleIndexCalls>(namespace)
  const object = (handle: string): HandleIndexCalls => named(handle.slice(0, 2))
  return {
    async begin(record, until) {
      await call(() => object(record.handle).begin(record, until))
    },
    reserve: (record, until) => call(() => object(record.handle).reserve(record, until)),
    settle: (handle) => call(() => object(handle).settle(handle)),
    overwrite: (handle, until) => call(() => object(handle).overwrite(handle, until)),
    find: (handle) => call(() => object(handle).find(handle)),
    async remove(handle, keepFile) {
      await call(() => object(handle).remove(handle, keepFile))
    },
  }
}

/** One Durable Object for 1/256 of the paths of an account. */
export function createDurableFileClaims(namespace: DurableObjectNamespace, hash: HashText): FileClaims {
  const named = objectIn<FileClaimsCalls>(namespace)
  const object = async (account: string, path: string): Promise<FileClaimsCalls> => named(`${account}/${(await hash(path)).slice(0, 2)}`)
  return {
    async claim(account, path, handle) {
      const claims = await object(account, path)
      await call(() => claims.claim(path, handle))
    },
    async release(account, path, handle, fate) {
      const claims = await object(account, path)
      await call(() => claims.release(account, path, handle, fate))
    },
  }
}
