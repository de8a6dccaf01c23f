import type { AppError } from '../../../../errors.ts'
import { tellsPlace } from '../../../../image/info/fields.ts'
import { planInputs, type TransformPlan } from '../../../../image/plan.ts'
import type { RenderInTime } from '../../../../service/deadline/in-time.ts'
import type { Explain, Explanation } from '../../../../service/explain/explain.ts'
import type { MakeLater } from '../../../../service/jobs/make-later.ts'
import { type AccountSnapshots, cacheGeneration } from '../../../../service/access/account-snapshot.ts'
import { fileNameOf } from '../../../../service/files/path.ts'
import { timeToKeep } from '../../../../service/render/render.ts'
import type { RecentFiles } from '../../../../service/files/recent-files.ts'
import { ANYBODY } from '../../../../service/protection/standing.ts'
import type { CachePolicy, Render, Rendered } from '../../../../service/render/results/render-request.ts'
import { createTimings } from '../../../../service/render/timings.ts'
import { type FallbackPicture, isFailureOfSource, showInstead } from '../../../../service/protection/fallback.ts'
import type { Clock, FileStore } from '../../../../service/ports.ts'
import { show } from '../../../caching/shared-caches.ts'
import { isNotModified } from '../../../conditional.ts'
import { renderForAnswer, standInControl } from '../../../pictures/in-time.ts'
import { answerInstead, answerPicture, watchClient } from '../../../picture.ts'
import { answerExplained } from '../../../explain/answer.ts'
import type { BytescaleContext } from '../env.ts'
import type { OpenTarget } from './target.ts'
import type { Delivery } from '../image-query/delivery.ts'
import { readImageWish, type TargetedWish } from './wish.ts'
import { cacheControl, timeToLive } from './time-to-live.ts'

export interface ImageDeps {
  readonly files: FileStore
  readonly recent: Pick<RecentFiles, 'find' | 'isBelieved'>
  readonly snapshots: AccountSnapshots
  readonly render: Render
  readonly renderInTime: RenderInTime
  readonly clock: Clock
  readonly makeLater: MakeLater
  readonly explain: Explain
  /** Of each account that has one. */
  readonly fallbacks: ReadonlyMap<string, FallbackPicture>
}

/** `GET|HEAD /{account}/image{path}?…`, and the same for a preset. The target's query already contains the preset's parameters. */
export async function answerImage(c: BytescaleContext, target: OpenTarget, deps: ImageDeps): Promise<Response> {
  const wish = await readImageWish(target, target.query, c.req.header('Accept'), deps.files)
  if (!wish.delivery.explain) return answerWish(c, target, wish, deps)
  target.demandKeyOrSignature('explain')
  return answerExplained(c, { dialect: 'bytescale', account: target.account, wish: await explainWish(target, wish, deps) })
}

/** Answers with the picture of a wish that the account's policy allows. */
export async function answerWish(
  c: BytescaleContext,
  target: OpenTarget,
  wish: TargetedWish,
  deps: Omit<ImageDeps, 'files' | 'explain'>,
): Promise<Response> {
  const { clock, makeLater, fallbacks, recent, snapshots } = deps
  const { account, standing, snapshot } = target
  const { path, plan, delivery, variesByAccept, isPrivate } = wish
  show(c, {
    account,
    paths: [path, ...planInputs(plan).map((input) => input.path)],
    preset: target.processing === 'image' ? undefined : target.processing,
  })
  const isSecret = tellsPlace(plan.info ?? [])
  if (isSecret) target.demandSecretKey('fields')
  c.set('isPrivate', isPrivate || isSecret)
  c.set('notFoundTtlSeconds', delivery.notFoundTtlSeconds ?? target.cache.notFoundTtlSeconds)
  const ttlSeconds = timeToLive(delivery, target.cache, clock)
  const timings = createTimings(clock)
  const policy = cachePolicy(plan, delivery, ttlSeconds, target)
  const request = {
    account,
    path,
    plan,
    standing,
    cache: { ...policy, use: policy.use && !isSecret },
    withinMs: withinMs(plan, delivery, target),
    isFresh: (etag: string) => isNotModified(c.req.raw.headers, { etag }),
    isGone: watchClient(c.req.raw.signal),
  }
  const began = clock.now()
  const rendered = await renderForAnswer(c, request, delivery.deadlineMs, timings, deps).catch((thrown: unknown) => {
    const fallback = fallbackOf(target, wish, fallbacks.get(account))
    if (!fallback || !isFailureOfSource(thrown)) throw thrown
    return showInstead(thrown, () => answerFallback(c, target, wish, thrown, fallback, clock.now() - began, deps))
  })
  if (rendered instanceof Response) return rendered
  // Who finds it at the edge came after one that has seen to it; should that have failed, the edge forgets soon.
  if (rendered.later && rendered.tier === 'miss')
    c.executionCtx.waitUntil(makeLater({ account, path, plan, standing, key: rendered.etag, requestId: c.var.requestId }))
  const cached = isSecret
    ? 'private, no-store'
    : rendered.standsIn
      ? standInControl(isPrivate)
      : cacheControl(delivery, timeToKeep(rendered, ttlSeconds), isPrivate, rendered.later !== undefined)
  // Appended: access by a cookie has already added Origin.
  if (variesByAccept) c.header('Vary', 'Accept', { append: true })
  if (isForEveryone(target, wish, rendered) && rendered.body instanceof Uint8Array)
    c.set('forEveryone', {
      body: rendered.body,
      isBelieved: () => snapshots.atHand(account) === snapshot && rendered.files.every((file) => recent.isBelieved(account, file)),
    })
  return answerPicture(c, rendered, { fileName: fileNameOf(path), download: delivery.download, cacheControl: cached, timings })
}

/** Whether the same URL gives everyone this answer as long as its files and the account's settings stay as they are: it is near, public, and not for a time. */
const isForEveryone = ({ path, standing }: OpenTarget, wish: TargetedWish, { tier, later, files }: Rendered): boolean =>
  tier === 'edge' &&
  later === undefined &&
  files.length > 0 &&
  standing === ANYBODY &&
  !wish.isPrivate &&
  wish.path === path &&
  wish.delivery.expiresAt === undefined

/** The URL's own picture comes before the account's. Information is of no other picture than the one that was asked about. */
function fallbackOf(
  { cache }: OpenTarget,
  { plan, fallback, delivery }: TargetedWish,
  own: FallbackPicture | undefined,
): FallbackPicture | null {
  if (plan.info || delivery.cacheOnly) return null
  const seconds = delivery.notFoundTtlSeconds ?? own?.seconds ?? cache.notFoundTtlSeconds
  const path = fallback ?? own?.path
  return path === undefined ? null : { path, seconds }
}

/** The same plan on the fallback, with the status of the failure; in what is left of a deadline. */
async function answerFallback(
  c: BytescaleContext,
  target: OpenTarget,
  { plan, delivery, isPrivate }: TargetedWish,
  failure: AppError,
  { path, seconds }: FallbackPicture,
  tookMs: number,
  deps: Pick<ImageDeps, 'render' | 'renderInTime' | 'clock'>,
): Promise<Response> {
  const { account, standing } = target
  show(c, { account, paths: [path] })
  const timings = createTimings(deps.clock)
  const cache = cachePolicy(plan, delivery, seconds, { ...target, path })
  const request = { account, path, plan, standing, cache, isGone: watchClient(c.req.raw.signal) }
  const leftMs = delivery.deadlineMs === undefined ? undefined : Math.max(0, delivery.deadlineMs - tookMs)
  const rendered = await renderForAnswer(c, request, leftMs, timings, deps)
  const isHidden = isPrivate || !target.isPublic(path)
  const cached = rendered.standsIn
    ? standInControl(isHidden)
    : cacheControl({ ...delivery, version: undefined }, timeToKeep(rendered, seconds), isHidden)
  return answerInstead(c, rendered, failure, { fileName: fileNameOf(path), download: false, cacheControl: cached, timings })
}

/** What would be done with a wish. */
export const explainWish = (
  target: OpenTarget,
  { path, plan, delivery }: TargetedWish,
  { clock, explain }: Pick<ImageDeps, 'clock' | 'explain'>,
): Promise<Explanation> =>
  explain({
    account: target.account,
    path,
    plan,
    standing: target.standing,
    cache: cachePolicy(plan, delivery, timeToLive(delivery, target.cache, clock), target),
  })

/** What is not kept is made now: a process could not hand it over. */
const withinMs = ({ output }: TransformPlan, { cache, wait }: Delivery, { cache: { avifMs } }: OpenTarget): number | undefined =>
  output.format === 'auto-avif' && cache && !wait ? avifMs : undefined

/** `cache=false` makes the result anew and keeps nothing. */
export const cachePolicy = (
  plan: TransformPlan,
  delivery: Delivery,
  ttlSeconds: number,
  { snapshot, processing, path, cache }: OpenTarget,
): CachePolicy => ({
  use: delivery.cache,
  only: delivery.cacheOnly,
  permanent: delivery.cachePermanently ?? cache.permanent,
  ttlSeconds,
  version: `${cacheGeneration(snapshot, processing, path, planInputs(plan))}/${delivery.version ?? ''}`,
})
