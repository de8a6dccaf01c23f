import { accountTag, tagToPurge } from '../service/edge/tags.ts'
import type { EdgeCache, HashText, Log } from '../service/ports.ts'

/** What Cloudflare gives a Worker to drop answers by their tags. */
export interface TagPurge {
  purge(options: { tags: string[] }): Promise<{ readonly success: boolean; readonly errors: readonly { readonly message: string }[] }>
}

export interface WorkersCacheDeps {
  /** Results behind the Worker, for what Workers Cache does not have. */
  readonly behind: EdgeCache
  readonly cache: TagPurge
  readonly hash: HashText
  readonly observe: (outcome: 'ok' | 'refused') => void
  readonly log: Log
}

/** A purge takes so many tags. */
const MAX_TAGS_A_PURGE = 100

/**
 * Cloudflare's Workers Cache, which stands in front of the Worker: what is there never gets here, and what is to be put there goes as the answer's headers (http/caching). So only dropping is
 * left to do. Cloudflare allows five purges a minute: what it refuses goes with the next purge, and until then answers end by themselves.
 */
export function createWorkersCache({ behind, cache, hash, observe, log }: WorkersCacheDeps): EdgeCache {
  /** What is still to be dropped. */
  const waiting = new Map<string, Set<string>>()

  /** An account with too many tags is dropped whole: more than is needed is never wrong. */
  async function wait(account: string, tag: string): Promise<void> {
    const tags = waiting.get(account) ?? new Set()
    waiting.set(account, tags.size < MAX_TAGS_A_PURGE ? tags.add(tag) : new Set([await accountTag(account, hash)]))
  }

  return {
    get: behind.get,
    put: behind.put,
    async purge(account, files) {
      await wait(account, await tagToPurge(account, files, hash))
      const sent = [...waiting].flatMap(([owner, tags]) => [...tags].map((tag) => [owner, tag] as const)).slice(-MAX_TAGS_A_PURGE)
      const { success, errors } = await cache
        .purge({ tags: sent.map(([, tag]) => tag) })
        .catch((thrown: unknown) => ({ success: false, errors: [{ message: String(thrown) }] }))
      observe(success ? 'ok' : 'refused')
      if (success) for (const [owner, tag] of sent) waiting.get(owner)?.delete(tag)
      else
        log({
          level: 'warn',
          message: 'a purge of Workers Cache was refused',
          tags: sent.length,
          errors: errors.map(({ message }) => message),
        })
      return success
    },
  }
}
