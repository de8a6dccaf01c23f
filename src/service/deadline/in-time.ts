import { AppError } from '../../errors.ts'
import { codec, isDecided, type Output } from '../../image/plan.ts'
import type { Clock, Defer, HashText, ResultStore, Wait } from '../ports.ts'
import type { Render, Rendered, RenderRequest } from '../render/results/render-request.ts'
import type { Load } from '../render/results/load.ts'
import { lookOf } from '../render/results/look.ts'
import type { FindSources, Sources } from '../render/results/sources.ts'
import type { Timings } from '../render/timings.ts'
import { nearest } from './nearest.ts'
import type { QuickLook, QuickLooks } from './quick-look.ts'

/** An answer in time: the result, or what stands in for it. */
export type InTime = Rendered & {
  /** Absent for the exact result. */
  readonly standsIn?: {
    readonly kind: 'nearest' | 'placeholder'
    /** What a placeholder was made of. */
    readonly of?: string
    /** Of the exact result, the wait included. */
    readonly estimatedMs: number
  }
}

export type InTimeRequest = RenderRequest & { readonly requestId: string }

/**
 * Has a result made by a durable job, however often it is asked to; `key` names it, of one plan and one version of each file.
 * @returns whether the job has failed for good, in an earlier call.
 */
export type SeeTo = (
  wish: Pick<InTimeRequest, 'account' | 'path' | 'plan' | 'standing' | 'requestId'> & { readonly key: string },
) => Promise<boolean>

export interface InTimeDeps {
  readonly render: Render
  readonly findSources: FindSources
  readonly quickLooks: QuickLooks
  readonly seeTo: SeeTo
  readonly results: ResultStore
  readonly load: Load
  readonly hash: HashText
  readonly clock: Clock
  readonly wait: Wait
}

/** How long a client may show what stands in, in seconds: the exact result is on its way. */
export const STAND_IN_SECONDS = 2
/** How long a result is not seen to again that is asked for again. */
const SEEN_TO_MS = 5000
/** For how long a stand-in is shown again without a look at the file: clients ask several times until the exact result is there. */
const REMEMBERED_MS = 10_000
/** So many are remembered, of so many bytes at most. */
const MAX_REMEMBERED = 300
const MAX_STAND_IN_BYTES = 8000
/** Exact results are seen to when nobody waits for a placeholder any more, asked so often, or after so long: their files and pixels would hold up the page that asks for several. */
const [LOOKS_OVER_MS, MOST_ASKED] = [25, 20]
/** Milliseconds that a placeholder may come late rather than be of less. */
const GRACE_MS = 100
/** Milliseconds that are left for the placeholder when the exact result is not there in time. */
const RESERVED_MS = 40

/**
 * Answers a wish within its deadline: by a kept result; by the result itself when the estimate and the wait before it fit; otherwise, and when they were wrong, by the nearest
 * kept result of the same picture, or by a placeholder. A run that was begun goes on behind the answer; otherwise a durable job makes the exact result. Where that has failed, the
 * result is waited for, so that its error is told.
 */
export function createInTime(deps: InTimeDeps) {
  /** Results that have been seen to, with when; the oldest first. */
  const seenTo = new Map<string, number>()
  /** Results that could not be made; the oldest first. */
  const failed = new Set<string>()
  /** Stand-ins by the key of what they stand in for; the oldest first. */
  const shown = new Map<string, { readonly standIn: StandIn; readonly estimatedMs: number; readonly since: number }>()

  return async function inTime(request: InTimeRequest, deadlineMs: number, timings: Timings, defer: Defer): Promise<InTime> {
    const began = deps.clock.now()
    const left = (): number => deadlineMs - (deps.clock.now() - began)
    const kept = await keptResult(deps, request, timings, defer)
    if (kept) return kept
    const sources = await deps.findSources(request)
    // What stands in would be made of the file itself, or kept for who may see it as it is.
    if (sources.isRuled || failed.has(sources.key)) return deps.render(request, timings, defer)
    const again = shownBefore(sources.key)
    if (again && again.estimatedMs > left()) {
      seeToIt(request, sources.key, defer)
      return standingIn(again.standIn, again.estimatedMs)
    }
    const lookAt = <T>(use: (look: QuickLook) => Promise<T>): Promise<T> =>
      deps.quickLooks.take(request.account, sources.source, request.plan, timings, use)
    const standInOf = async (look: QuickLook, estimatedMs: number): Promise<InTime> => {
      const standIn =
        shownBefore(sources.key)?.standIn ??
        (await nearestKept(deps, request, sources, look)) ??
        (await placeholder(sources, look, () => left() + GRACE_MS))
      remember(sources.key, standIn, estimatedMs)
      return standingIn(standIn, estimatedMs)
    }
    const looked = await lookAt(async (look) => {
      const estimatedMs = look.estimatedMs * deps.load.slowness() + deps.load.waitMs()
      return estimatedMs <= left() ? estimatedMs : standInOf(look, estimatedMs)
    })
    if (typeof looked !== 'number') {
      seeToIt(request, sources.key, defer)
      return looked
    }
    // A look is over before a run is tried: others wait for one.
    const running = deps.render(request, timings, defer)
    const made = await Promise.race([running, deps.wait(Math.max(0, left() - RESERVED_MS))])
    if (made) return made
    // What goes wrong now, goes wrong for the next request too.
    running.catch(() => undefined)
    return lookAt((look) => standInOf(look, looked))
  }

  function shownBefore(key: string) {
    const now = deps.clock.now()
    for (const [old, { since }] of shown) if (now - since >= REMEMBERED_MS) shown.delete(old)
    return shown.get(key)
  }

  function remember(key: string, standIn: StandIn, estimatedMs: number): void {
    // What came of too little time may be better the next time.
    if (!(standIn.body instanceof Uint8Array) || standIn.size > MAX_STAND_IN_BYTES || standIn.standsIn.of === 'shape') return
    shown.set(key, { standIn, estimatedMs, since: deps.clock.now() })
    if (shown.size > MAX_REMEMBERED) shown.delete(shown.keys().next().value ?? '')
  }

  /** Behind the answer, unless that was done a moment ago. */
  function seeToIt({ account, path, plan, standing, requestId }: InTimeRequest, key: string, defer: Defer): void {
    const now = deps.clock.now()
    for (const [old, since] of seenTo) if (now - since >= SEEN_TO_MS) seenTo.delete(old)
    if (seenTo.has(key)) return
    seenTo.set(key, now)
    const see = async (): Promise<void> => {
      for (let asked = 0; asked < MOST_ASKED; asked++) {
        await deps.wait(LOOKS_OVER_MS)
        if (deps.quickLooks.areOver()) break
      }
      if (!(await deps.seeTo({ account, path, plan, standing, key, requestId }))) return
      failed.add(key)
      if (failed.size > MAX_REMEMBERED) failed.delete([...failed][0] ?? '')
    }
    defer(see())
  }
}

export type RenderInTime = ReturnType<typeof createInTime>

const standingIn = (standIn: StandIn, estimatedMs: number): InTime => ({ ...standIn, standsIn: { ...standIn.standsIn, estimatedMs } })

/** What a tier has, or `null`. */
async function keptResult({ render }: InTimeDeps, request: RenderRequest, timings: Timings, defer: Defer): Promise<Rendered | null> {
  try {
    return await render({ ...request, cache: { ...request.cache, only: true } }, timings, defer)
  } catch (thrown) {
    // A store that fails counts for one that has nothing, as without a deadline.
    if (thrown instanceof AppError && (thrown.code === 'not_cached' || thrown.code === 'storage_unavailable')) return null
    throw thrown
  }
}

type StandIn = Rendered & { readonly standsIn: { readonly kind: 'nearest' | 'placeholder'; readonly of?: string } }

async function nearestKept(
  { results, hash }: InTimeDeps,
  { account, path, plan }: RenderRequest,
  { source, inputs, key }: Sources,
  { shape }: QuickLook,
): Promise<StandIn | null> {
  try {
    const look = await lookOf(hash, plan, inputs)
    const found = nearest(await results.list(account, path), { shape, look, version: source.etag, mimes: shownFormats(plan.output) })
    const kept = found && (await results.get(account, path, found.key))
    if (!kept) return null
    const etag = `${key.slice(0, 40)}-near-${kept.etag.slice(0, 16)}`
    return { ...kept, etag, tier: 'store', notModified: false, sourceBytes: source.size, files: [], standsIn: { kind: 'nearest' } }
  } catch {
    // The store of results is a convenience.
    return null
  }
}

async function placeholder({ source, key }: Sources, look: QuickLook, left: () => number): Promise<StandIn> {
  const { body, mime, of } = await look.glimpse(left)
  const about = { warnings: '', engine: 'core', tier: 'miss', notModified: false, sourceBytes: source.size, files: [] } as const
  return { body, size: body.length, mime, etag: `${key.slice(0, 40)}-placeholder`, ...about, standsIn: { kind: 'placeholder', of } }
}

/** What a client shows that asks for this format. */
function shownFormats({ format }: Output): readonly string[] {
  const mimes = ['image/jpeg', 'image/png', 'image/gif']
  if (format === 'auto-avif') return ['image/avif', 'image/webp', ...mimes]
  if (format === 'auto-webp') return ['image/webp', ...mimes]
  return isDecided(format) ? [...new Set([codec(format).mime, ...mimes])] : mimes
}
