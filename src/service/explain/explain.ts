import { AppError, type ErrorCode } from '../../errors.ts'
import type { ExplainedRun } from '../../image/explain/explain.ts'
import { canonical, type TransformPlan } from '../../image/plan.ts'
import { type AccountSnapshots, lastReset } from '../access/account-snapshot.ts'
import type { SourceFile } from '../files/recent-files.ts'
import type { CachedResult, EdgeCache, HashText, ResultStore } from '../ports.ts'
import type { Standing } from '../protection/standing.ts'
import type { Load } from '../render/results/load.ts'
import type { CachePolicy, Tier } from '../render/results/render-request.ts'
import { partVersions } from '../render/results/result-key.ts'
import { edgeKeyOf, type FindSources } from '../render/results/sources.ts'
import type { PlanWork } from './plan-work.ts'

/** A wish of any dialect. */
export interface ExplainedWish {
  readonly account: string
  readonly path: string
  readonly plan: TransformPlan
  readonly standing: Standing
  readonly cache: CachePolicy
}

/** Whether one tier answers a wish, and why. */
export interface ExplainedTier {
  readonly tier: Tier
  readonly answers: boolean
  readonly why: string
}

/** What makes results of a file unreachable when it changes: its version, and the last reset of the cache that concerns it by any processing; `null` without one. */
export interface FileGeneration {
  readonly path: string
  readonly etag: string
  readonly reset: number | null
}

export interface Explanation {
  readonly source: SourceFile
  /** The other files that the plan reads. */
  readonly layers: readonly SourceFile[]
  /** With the rules of folders. */
  readonly plan: TransformPlan
  /** The text that stands for the plan in the key. */
  readonly canonical: string
  /** Of the result, in the result bucket; it is its ETag too. */
  readonly key: string
  /** Of the result, at the edge. */
  readonly edgeKey: string
  /** What makes kept results unreachable when it changes: the versions of the engine's parts that the plan uses, those of the files, and the URL's own with the last reset of the cache. */
  readonly generation: { readonly engine: readonly string[]; readonly files: readonly FileGeneration[]; readonly edge: string }
  /** How the plan is run on this file; `null` when it is refused. */
  readonly run: ExplainedRun | null
  /** What making the kept result took, files and the core's memory together; and how many times its estimates work takes in this isolate. */
  readonly measured: { readonly keptResult: string | null; readonly slowness: number; readonly waitMs: number }
  /** Why it cannot be run. */
  readonly refused: { readonly code: ErrorCode; readonly status: number; readonly message: string } | null
  /** In the order in which they are asked. */
  readonly tiers: readonly ExplainedTier[]
}

export interface ExplainDeps {
  readonly findSources: FindSources
  readonly snapshots: Pick<AccountSnapshots, 'read'>
  readonly planWork: PlanWork
  readonly edge: Pick<EdgeCache, 'get'>
  readonly results: ResultStore
  readonly hash: HashText
  readonly load: Load
}

export type Explain = (wish: ExplainedWish) => Promise<Explanation>

/** Says what `render` would do with a wish and why, and does none of it. @throws AppError of `findSources`. */
export const createExplain = (deps: ExplainDeps): Explain =>
  async function explain(wish) {
    const { account, path, cache } = wish
    const { plan, source, inputs, layers, key } = await deps.findSources(wish)
    const snapshot = await deps.snapshots.read(account)
    const edgeKey = await edgeKeyOf(deps.hash, account, path, cache.version, key)
    const planned = await deps.planWork(account, source, plan).catch((thrown: unknown) => AppError.from(thrown))
    const [run, fault] = planned instanceof AppError ? [null, planned] : [planned, null]
    const near = cache.use ? await lookAt(() => deps.edge.get(edgeKey)) : null
    const kept = cache.use ? await lookAt(() => deps.results.get(account, path, key)) : null
    return {
      source,
      layers,
      plan,
      canonical: canonical(plan),
      key,
      edgeKey,
      generation: {
        engine: partVersions(plan, [source, ...inputs]),
        files: [source, ...layers].map((file) => ({ path: file.path, etag: file.etag, reset: lastReset(snapshot, file.path) })),
        edge: cache.version,
      },
      run,
      refused: fault && { code: fault.code, status: fault.fault.status, message: fault.publicText },
      measured: {
        keptResult: (isThere(kept) && kept.took) || null,
        slowness: deps.load.slowness(),
        waitMs: Math.ceil(deps.load.waitMs()),
      },
      tiers: explainTiers(cache, near, kept),
    }
  }

/** @param near what the edge has, `kept` what the result bucket has. */
function explainTiers(cache: CachePolicy, near: Look, kept: Look): readonly ExplainedTier[] {
  const isNear = isThere(near) && !near.later
  const isKept = isThere(kept)
  const isFresh = !isNear && !isKept
  return [
    { tier: 'edge', answers: isNear, why: whyEdge(cache, near) },
    { tier: 'store', answers: !isNear && isKept, why: whyStore(cache, kept, isNear) },
    { tier: 'miss', answers: isFresh && !cache.only, why: whyMiss(cache, isFresh) },
  ]
}

type Look = CachedResult | AppError | null

const isThere = (look: Look): look is CachedResult => look !== null && !(look instanceof AppError)

/** What a tier has, without its body. */
async function lookAt(get: () => Promise<CachedResult | null>): Promise<Look> {
  try {
    const found = await get()
    if (found && !(found.body instanceof Uint8Array)) await found.body.cancel()
    return found
  } catch (thrown) {
    return AppError.from(thrown)
  }
}

const NOT_ASKED = 'Nothing kept is looked for: the wish is that it is made anew.'

function whyEdge({ use, ttlSeconds }: CachePolicy, near: Look): string {
  if (!use) return NOT_ASKED
  if (near instanceof AppError) return near.publicText
  if (near?.later) return 'This data centre has what stands in for a better format, which is looked for in the result bucket first.'
  if (near) return 'This data centre has the result.'
  return ttlSeconds > 0
    ? 'This data centre does not have the result: nobody asked for it here, it has expired, or a reset or another version of the URL gave it another name.'
    : 'The lifetime of the result is 0 seconds, so the edge keeps nothing.'
}

function whyStore({ use, permanent }: CachePolicy, kept: Look, isNear: boolean): string {
  if (!use) return NOT_ASKED
  if (kept instanceof AppError) return kept.publicText
  if (kept) return isNear ? 'The result bucket has the result; the edge is asked first.' : 'The result bucket has the result.'
  const reasons = {
    true: 'Nobody asked for this plan on this version of the file yet, or the cache was reset.',
    auto: 'Results are kept for good only when making them took long.',
    false: 'Results of this URL are not kept for good.',
  }
  return `The result bucket does not have the result. ${reasons[`${permanent}`]}`
}

function whyMiss({ only }: CachePolicy, isFresh: boolean): string {
  if (!isFresh) return 'A kept result answers.'
  return only ? 'The URL wishes kept results alone: the answer is 404.' : 'No tier has the result, so it is made.'
}
