import { AppError, type ErrorCode } from '../../errors.ts'
import { readStream } from '../files/content/read-stream.ts'
import type { RecentFiles, SourceFile } from '../files/recent-files.ts'
import type { CachedResult, Defer, EdgeCache, HashText, Log, ResultStore, StorableResult, Wait } from '../ports.ts'
import type { Quotas } from '../protection/quotas.ts'
import type { RulesOf } from '../protection/rules.ts'
import type { InputLimits } from './plan-inputs.ts'
import { shownOf, tookOf } from './results/kept.ts'
import type { CachePolicy, Render, Rendered, RenderRequest, Tier } from './results/render-request.ts'
import { createFindSources, edgeKeyOf as edgeKey, type Sources } from './results/sources.ts'
import type { RunPlan } from './run-plan.ts'
import type { EngineChoice } from './second-opinion.ts'
import { drawRendition, renditionRequest } from './ruled/draw-rendition.ts'
import { totalMs, type Timings, watchComputing } from './timings.ts'
import type { IsWanted } from './ticket.ts'

/** The longest time in seconds that the edge and clients keep a picture of the second engine: soon the core may make the better one. */
export const SECOND_TTL_SECONDS = 3600

/** How long in seconds a picture is kept that stands in for one which a process makes meanwhile. */
export const LATER_TTL_SECONDS = 30

type Found = CachedResult & { readonly tier: Tier; readonly notModified: boolean }

export interface RenderDeps {
  readonly recent: RecentFiles
  readonly results: ResultStore
  readonly edge: Pick<EdgeCache, 'get' | 'put'>
  readonly run: RunPlan
  readonly rulesOf: RulesOf
  readonly quotas: Quotas
  readonly hash: HashText
  readonly limits: InputLimits
  readonly engine: EngineChoice
  readonly autoThresholdMs: number
  readonly wait: Wait
  readonly log: Log
}

/** Longer than any work that an isolate is allowed; who waits for another request's work longer does it himself. */
const MAX_WORK_MS = 30_000
/** What reading a file throws when it is no longer the one that was looked up. */
const GONE_BY: readonly string[] = ['file_changed', 'file_not_found'] satisfies readonly ErrorCode[]
/** A file that is replaced each time while it is read is an error in the end. */
const MAX_ATTEMPTS = 3

/** A run under way. */
interface Run {
  readonly result: Promise<StorableResult>
  /** Who waits for it, each with whether it has gone. */
  readonly clients: Set<() => boolean>
}

/** Source + plan → bytes. Every pixel that leaves the system comes through here. */
export function createRender(deps: RenderDeps): Render {
  const inFlight = new Map<string, Run>()
  const findSources = createFindSources(deps)

  return render

  /** @throws AppError `too_many_steps` before anything is looked up; `file_not_found`, `file_too_large`, `file_changed`, `not_cached`, and what running the plan may throw. */
  async function render(request: RenderRequest, timings: Timings, defer: Defer): Promise<Rendered> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const sources = await timings.measure('head', () => findSources(request))
      const rendered = (await lookUp(request, sources, timings, defer)) ?? (await makeAndKeep(request, sources, timings, defer))
      if (rendered) return { ...rendered, sourceBytes: sources.source.size, files: [sources.source, ...sources.layers] }
    }
    throw new AppError('file_changed', { field: request.path })
  }

  /** What a tier has of it, or `null`. */
  async function lookUp(request: RenderRequest, { key }: Sources, timings: Timings, defer: Defer): Promise<Found | null> {
    const { account, path, cache, withinMs, isFresh = () => false } = request
    if (!cache.use) return null
    const edgeKey = await edgeKeyOf(request, key)
    const near = await timings.measure('edge', () => deps.edge.get(edgeKey))
    if (near && !near.later) return { ...near, tier: 'edge', notModified: isFresh(near.etag) }
    if (isFresh(key))
      return { body: new Uint8Array(), size: 0, mime: '', etag: key, warnings: '', engine: 'core', tier: 'store', notModified: true }
    try {
      const kept = await timings.measure('store', () => deps.results.get(account, path, key))
      if (kept) return { ...(await keepAtEdge(edgeKey, kept, cache, defer)), tier: 'store', notModified: false }
      return near && withinMs !== undefined ? { ...near, tier: 'edge', notModified: isFresh(near.etag) } : null
    } catch (thrown) {
      // The store of results is a convenience: without it the result is made again, unless that was forbidden.
      if (cache.only) throw thrown
      deps.log({ level: 'warn', message: 'kept result not readable', key, detail: String(thrown) })
      return null
    }
  }

  /** `null`: a file was replaced or deleted since it was looked up, and is to be looked up again. */
  async function makeAndKeep(request: RenderRequest, sources: Sources, timings: Timings, defer: Defer): Promise<Found | null> {
    const { cache } = request
    if (cache.only) throw new AppError('not_cached')
    try {
      const work = (isWanted: IsWanted): Promise<StorableResult> => make(request, sources, isWanted, timings, defer)
      const result = await once(`${sources.key} ${request.withinMs ?? ''}`, work, request.isGone ?? (() => false), timings, defer)
      const ttlSeconds = timeToKeep(result, cache.ttlSeconds)
      if (cache.use && ttlSeconds > 0) defer(deps.edge.put(await edgeKeyOf(request, sources.key), result, ttlSeconds))
      return { ...result, tier: 'miss', notModified: false }
    } catch (thrown) {
      if (!(thrown instanceof AppError && GONE_BY.includes(thrown.code))) throw thrown
      for (const { path } of [sources.source, ...sources.layers]) deps.recent.forget(request.account, path)
      return null
    }
  }

  function edgeKeyOf({ account, path, cache }: RenderRequest, key: string): Promise<string> {
    return edgeKey(deps.hash, account, path, cache.version, key)
  }

  /**
   * Equal requests that are under way in this isolate at the same time share one run. The platform ends a request whose client has gone, and
   * with it what it began: hence the run is deferred, with a timer beside it, for a request that waits for nothing of its own is ended all
   * the same; and hence nobody trusts another's run for ever. When all who share it have gone, it ends.
   */
  async function once(
    key: string,
    work: (isWanted: IsWanted) => Promise<StorableResult>,
    isGone: () => boolean,
    timings: Timings,
    defer: Defer,
  ): Promise<StorableResult> {
    const running = inFlight.get(key)
    if (running) {
      const shared = await timings.measure('shared', () => share(running, isGone))
      if (shared) return shared
      if (inFlight.get(key) === running) inFlight.delete(key)
      return once(key, work, isGone, timings, defer)
    }
    const clients = new Set([isGone])
    const result = work(() => [...clients].some((hasGone) => !hasGone())).finally(() => {
      if (inFlight.get(key)?.result === result) inFlight.delete(key)
    })
    inFlight.set(key, { result, clients })
    defer(Promise.race([result.catch(() => undefined), deps.wait(MAX_WORK_MS)]))
    return result
  }

  /** `undefined`: the run was given up just before, or takes too long. */
  async function share({ result, clients }: Run, isGone: () => boolean): Promise<StorableResult | void> {
    clients.add(isGone)
    const unlessGivenUp = (thrown: unknown): void => {
      if (isGone() || AppError.from(thrown).code !== 'abandoned') throw thrown
    }
    return Promise.race([result.catch(unlessGivenUp), deps.wait(MAX_WORK_MS)]).finally(() => clients.delete(isGone))
  }

  async function make(
    request: RenderRequest,
    { source, inputs: found, layers, plan: ruled, renditions, key }: Sources,
    isWanted: IsWanted,
    timings: Timings,
    defer: Defer,
  ): Promise<StorableResult> {
    const { account, path, cache, withinMs, lane = 'request' } = request
    const plan = withinMs === undefined ? ruled : { ...ruled, output: { ...ruled.output, withinMs } }
    const inputs: SourceFile[] = []
    for (const input of found) {
      const rendition = renditions.get(input.path)
      const drawn = rendition && (await drawRendition(render, renditionRequest(account, rendition, request), input, timings, defer))
      inputs.push(drawn ?? input)
    }
    // Jobs have limits of their own.
    const isCounted = lane === 'request'
    if (isCounted) await deps.quotas.begin(account, request.standing)
    const computed = watchComputing(timings)
    const { body, engine, warnings, ...notes } = await deps
      .run({ account, source, inputs, plan, lane, isWanted }, timings)
      .finally(() => isCounted && defer(deps.quotas.spend(account, computed())))
    const isStandIn = deps.engine === 'auto' && engine === 'second'
    // Other bytes than the core's are another result: a client must not join parts of both.
    const etag = isStandIn ? `${key}-second` : notes.later ? `${key}-now` : key
    const result: StorableResult = { ...notes, body, size: body.length, etag, warnings: warnings.join(' '), engine }
    const keep = !isStandIn && !notes.later && (cache.permanent === 'auto' ? totalMs(timings) > deps.autoThresholdMs : cache.permanent)
    // A full disk must not cost the answer.
    const notKept = (thrown: unknown): void => deps.log({ level: 'warn', message: 'result not kept', key, detail: String(thrown) })
    const keepIt = async (): Promise<void> => {
      const about = { shown: await shownOf(deps.hash, plan, inputs, body, result.mime), took: tookOf(timings) }
      await keepForGood(account, { ...source, path }, key, { ...result, ...about }, layers)
    }
    if (cache.use && keep) defer(keepIt().catch(notKept))
    return result
  }

  /**
   * A file that was replaced or deleted while the result was made has been purged before this result came: what is kept of an old version
   * goes at once, for nobody would ever remove it.
   */
  async function keepForGood(
    account: string,
    source: SourceFile,
    key: string,
    result: StorableResult,
    layers: readonly SourceFile[],
  ): Promise<void> {
    await deps.results.put(account, source, key, result, layers)
    for (const { path, etag } of [source, ...layers]) {
      const now = await deps.recent.lookUp(account, path)
      if (now?.etag !== etag) await deps.results.purge(account, { text: path, isPrefix: false }, now?.etag)
    }
  }

  /** A stored result moves to the edge on its way out. Its body is read whole: results are small, and a stream can be read only once. */
  async function keepAtEdge(edgeKey: string, hit: CachedResult, cache: CachePolicy, defer: Defer): Promise<CachedResult> {
    if (cache.ttlSeconds === 0) return hit
    const body = hit.body instanceof Uint8Array ? hit.body : await readStream(hit.body)
    const result = { ...hit, body }
    defer(deps.edge.put(edgeKey, result, cache.ttlSeconds))
    return result
  }
}

/** How long a result is kept that may be kept for `ttlSeconds`. */
export const timeToKeep = ({ engine, later }: Pick<CachedResult, 'engine' | 'later'>, ttlSeconds: number): number =>
  Math.min(ttlSeconds, later ? LATER_TTL_SECONDS : engine === 'second' ? SECOND_TTL_SECONDS : Infinity)
