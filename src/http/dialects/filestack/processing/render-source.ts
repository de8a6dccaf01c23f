import type { Context } from 'hono'
import { planInputs, type TransformPlan } from '../../../../image/plan.ts'
import { type AccountSnapshots, cacheGeneration } from '../../../../service/access/account-snapshot.ts'
import type { InTime } from '../../../../service/deadline/in-time.ts'
import type { Clock } from '../../../../service/ports.ts'
import type { CachePolicy } from '../../../../service/render/results/render-request.ts'
import type { Standing } from '../../../../service/protection/standing.ts'
import { applyUrlPolicy } from '../../../../service/protection/url-policy.ts'
import type { Timings } from '../../../../service/render/timings.ts'
import { show } from '../../../caching/shared-caches.ts'
import { isNotModified } from '../../../conditional.ts'
import { type AnswerInTimeDeps, renderForAnswer } from '../../../pictures/in-time.ts'
import { autoFormat, watchClient } from '../../../picture.ts'
import { type Credentials, demandCall, standingOf } from '../security/rights.ts'
import { policyOf } from '../security/stored.ts'
import { readCredentials, openByHandle, type Source, type SourceDeps } from './source.ts'
import { planOf, type Wish } from './wish.ts'

export interface RenderSourceDeps extends SourceDeps, AnswerInTimeDeps {
  readonly clock: Clock
  readonly snapshots: AccountSnapshots
  /** Of each account. */
  readonly cacheSettings: ReadonlyMap<string, { readonly permanent: boolean | 'auto' }>
}

/**
 * Makes the picture of a wish, or finds it. All rights are checked before anything is looked for.
 * @param options.fromCurrentFiles for a result that becomes a file or a number: it is made for nobody's cache.
 * @param options.deadlineMs counts from here on, the way to a picture from elsewhere included, which nothing stands in for.
 */
export async function renderSource(
  c: Context,
  source: Source,
  wish: Wish,
  timings: Timings,
  deps: RenderSourceDeps,
  { fromCurrentFiles = false, deadlineMs }: { readonly fromCurrentFiles?: boolean; readonly deadlineMs?: number | undefined } = {},
): Promise<InTime> {
  const began = deps.clock.now()
  demandCall(source.app, source.rights, ['convert'], source.use)
  const wished = await planWith(c, source, wish, deps)
  const { account } = source.app
  const path = await source.path()
  const standing = standingOf(source.rights)
  const plan = policedPlan(source, standing, path, wished, wish, deps)
  show(c, { account, paths: [path, ...planInputs(plan).map((input) => input.path)] })
  const request = {
    account,
    path,
    plan,
    standing,
    cache: await cachePolicy(source, wish, path, plan, deps),
    fromCurrentFiles,
    ...(!fromCurrentFiles && { isFresh: (etag: string) => isNotModified(c.req.raw.headers, { etag }) }),
    isGone: watchClient(c.req.raw.signal),
  }
  const leftMs = deadlineMs === undefined ? undefined : Math.max(0, deadlineMs - (deps.clock.now() - began))
  return renderForAnswer(c, request, leftMs, timings, deps)
}

/** The plan under the account's policy for URLs. @throws AppError of the policy. */
export const policedPlan = (
  { app }: Source,
  standing: Standing,
  path: string,
  plan: TransformPlan,
  { cache }: Wish,
  deps: RenderSourceDeps,
): TransformPlan => applyUrlPolicy(policyOf(app, deps), standing, { path, plan, preset: null, isKept: cache.use })

/** The plan, with the files that tasks name by their handles: they are of the same app, and the policy covers them as well. */
export async function planWith(
  c: Context,
  { app, rights }: Source,
  wish: Wish,
  deps: RenderSourceDeps,
  credentials: Credentials = readCredentials(c, wish, 'url'),
): Promise<TransformPlan> {
  const paths = new Map<string, string>()
  for (const handle of wish.files) {
    const file = await openByHandle(handle, app, credentials, deps)
    demandCall(app, rights, ['convert'], file.use)
    paths.set(handle, await file.path())
  }
  const format = autoFormat(c.req.header('Accept'))
  return planOf(wish, (handle) => paths.get(handle) ?? '', wish.negotiates && format !== 'auto' ? format : undefined)
}

export async function cachePolicy(
  { app: { account } }: Source,
  { cache }: Wish,
  path: string,
  plan: TransformPlan,
  { snapshots, cacheSettings }: RenderSourceDeps,
): Promise<CachePolicy> {
  return {
    use: cache.use,
    only: false,
    permanent: cacheSettings.get(account)?.permanent ?? 'auto',
    ttlSeconds: cache.use ? cache.seconds : 0,
    // The same entry as that of the account's other image URLs.
    version: `${cacheGeneration(await snapshots.read(account), 'image', path, planInputs(plan))}/`,
  }
}
