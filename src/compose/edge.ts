import { cache } from 'cloudflare:workers'
import { createEdgeResultCache } from '../adapters/edge-result-cache.ts'
import { rememberResults } from '../adapters/remembered-results.ts'
import { createWorkersCache, type TagPurge } from '../adapters/workers-cache.ts'
import { BELIEVED_MS } from '../service/files/recent-files.ts'
import type { Metrics } from '../service/metrics.ts'
import type { FrontSettings } from '../http/caching/shared-caches.ts'
import type { Room } from '../service/ports.ts'
import type { Freshness } from './files.ts'
import { clock, hash, log } from './platform.ts'

/** Cloudflare's Workers Cache, where it stands in front of this Worker; `undefined` elsewhere. */
export type FindWorkersCache = () => TagPurge | undefined

/** As the runtime says. It knows while it works on a request or a batch of a queue. */
export const workersCacheOfRuntime: FindWorkersCache = () => {
  const { purge } = cache as Partial<TagPurge> // without the setting it has no members
  return purge && { purge: (options) => cache.purge(options) }
}

/** What Workers Cache tells for three seconds was believed for two before: together as long as an answer is believed without it. */
export const BELIEVED_BEHIND_WORKERS_CACHE_MS = 2000

/** Results near clients: in the Cache API, and where it is there in Workers Cache in front of it. */
export function createEdge({ freshSeconds, staleSeconds }: FrontSettings, room: Room, metrics: Metrics, find: FindWorkersCache): Freshness {
  const behind = rememberResults(createEdgeResultCache(caches.default, room), clock)
  const observe = (outcome: 'ok' | 'refused'): void => metrics.add('emulsion_edge_purges_total', { outcome })
  const inFront = createWorkersCache({ behind, cache: { purge: (options) => (find() as TagPurge).purge(options) }, hash, observe, log })
  const believedMs = (): number => (find() ? BELIEVED_BEHIND_WORKERS_CACHE_MS : BELIEVED_MS)
  return {
    edge: { ...behind, purge: (account, files) => (find() ? inFront : behind).purge(account, files) },
    believedMs,
    // A purge shortens it for most, but not for an answer that is on its way.
    edgeBoundMs: () => believedMs() + (find() ? (freshSeconds + staleSeconds) * 1000 : 0),
  }
}
