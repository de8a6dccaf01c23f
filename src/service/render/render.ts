import { AppError } from '../../errors.ts'
import { canonical, planInputs, type TransformPlan } from '../../image/plan.ts'
import { checkFilePath } from '../files/path.ts'
import type { CachedResult, Defer, EdgeCache, FileInfo, FileStore, HashText, ResultStore, StorableResult, Wait } from '../ports.ts'
import type { RunPlan } from './run-plan.ts'
import { totalMs, type Timings } from './timings.ts'

/** Changes whenever equal plans may give other bytes than before: it is part of every result's key. */
export const ENGINE_VERSION = '1'

export type Tier = 'edge' | 'store' | 'miss'

export interface CachePolicy {
  /** False: neither look up nor keep anything. */
  readonly use: boolean
  /** True: a result that no tier has is an error instead of work. */
  readonly only: boolean
  /** Whether the result is kept for good; `auto` when making it took longer than the configured time. */
  readonly permanent: boolean | 'auto'
  /** How long the edge keeps it. */
  readonly ttlSeconds: number
  /** The client's own cache buster: another version is another edge entry. */
  readonly version: string
}

export interface RenderRequest {
  readonly account: string
  readonly path: string
  readonly plan: TransformPlan
  readonly cache: CachePolicy
  /** Answers true when the client already has the result with this ETag: then no body is fetched or made. */
  readonly isFresh?: (etag: string) => boolean
}

export type Rendered = CachedResult & { readonly tier: Tier; readonly notModified: boolean }

export interface RenderDeps {
  readonly files: FileStore
  readonly results: ResultStore
  readonly edge: EdgeCache
  readonly run: RunPlan
  readonly hash: HashText
  readonly autoThresholdMs: number
  readonly wait: Wait
}

/** Longer than any work that an isolate is allowed; who waits for another request's work longer does it himself. */
const MAX_WORK_MS = 30_000

/** Source + plan → bytes. Every pixel that leaves the system comes through here. */
export function createRender(deps: RenderDeps) {
  const inFlight = new Map<string, Promise<StorableResult>>()

  /** @throws AppError `file_not_found`, `file_too_large`, `not_cached`, and what running the plan may throw. */
  return async function render(request: RenderRequest, timings: Timings, defer: Defer): Promise<Rendered> {
    const { account, path, plan, cache, isFresh = () => false } = request
    const wish = canonical(plan)
    const edgeKey = await deps.hash([ENGINE_VERSION, account, path, cache.version, wish].join('\n'))
    if (cache.use) {
      const hit = await timings.measure('edge', () => deps.edge.get(edgeKey))
      if (hit) return { ...hit, tier: 'edge', notModified: isFresh(hit.etag) }
    }
    const source = await timings.measure('head', () => deps.files.head(account, checkFilePath(path)))
    if (!source) throw new AppError('file_not_found', { field: path })
    const key = await resultKey(source, request, wish)
    if (cache.use) {
      if (isFresh(key)) return { body: new Uint8Array(), size: 0, mime: '', etag: key, tier: 'store', notModified: true }
      const hit = await timings.measure('store', () => deps.results.get(account, path, key))
      if (hit) return { ...(await keepAtEdge(edgeKey, hit, cache, defer)), tier: 'store', notModified: false }
    }
    if (cache.only) throw new AppError('not_cached')
    const result = await once(key, () => make(request, source, key, timings, defer), timings, defer)
    if (cache.use && cache.ttlSeconds > 0) defer(deps.edge.put(edgeKey, result, cache.ttlSeconds))
    return { ...result, tier: 'miss', notModified: false }
  }

  /** The key names everything that the bytes depend on: the engine, the source's bytes, those of every extra image, and the plan. */
  async function resultKey(source: FileInfo, { account, plan }: RenderRequest, wish: string): Promise<string> {
    const inputs = await Promise.all(
      planInputs(plan).map(async ({ path }) => `${path} ${(await deps.files.head(account, path))?.etag ?? ''}`),
    )
    return deps.hash([ENGINE_VERSION, source.etag, wish, ...inputs].join('\n'))
  }

  /**
   * Equal requests that are under way in this isolate at the same time share one run. The platform ends a request whose client has gone, and
   * with it what it began: hence the run is deferred, with a timer beside it, for a request that waits for nothing of its own is ended all
   * the same; and hence nobody trusts another's run for ever.
   */
  async function once(key: string, work: () => Promise<StorableResult>, timings: Timings, defer: Defer): Promise<StorableResult> {
    const running = inFlight.get(key)
    if (running) {
      const shared = await timings.measure('shared', () => Promise.race([running, deps.wait(MAX_WORK_MS)]))
      if (shared) return shared
      if (inFlight.get(key) === running) inFlight.delete(key)
      return once(key, work, timings, defer)
    }
    const started = work().finally(() => {
      if (inFlight.get(key) === started) inFlight.delete(key)
    })
    inFlight.set(key, started)
    defer(Promise.race([started.catch(() => undefined), deps.wait(MAX_WORK_MS)]))
    return started
  }

  async function make(
    { account, path, plan, cache }: RenderRequest,
    source: FileInfo,
    key: string,
    timings: Timings,
    defer: Defer,
  ): Promise<StorableResult> {
    const { body, mime } = await deps.run({ account, source, plan }, timings)
    const result: StorableResult = { body, size: body.length, mime, etag: key }
    const keep = cache.permanent === 'auto' ? totalMs(timings) > deps.autoThresholdMs : cache.permanent
    if (cache.use && keep) defer(deps.results.put(account, path, key, result))
    return result
  }

  /** A stored result moves to the edge on its way out. Its body is read whole: results are small, and a stream can be read only once. */
  async function keepAtEdge(edgeKey: string, hit: CachedResult, cache: CachePolicy, defer: Defer): Promise<CachedResult> {
    if (cache.ttlSeconds === 0) return hit
    const body = hit.body instanceof Uint8Array ? hit.body : new Uint8Array(await new Response(hit.body).arrayBuffer())
    const result = { ...hit, body }
    defer(deps.edge.put(edgeKey, result, cache.ttlSeconds))
    return result
  }
}

export type Render = ReturnType<typeof createRender>
