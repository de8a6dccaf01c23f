import { AppError } from '../../errors.ts'
import { codec, isDecided, type Output } from '../../image/plan.ts'
import type { Clock, Defer, HashText, ResultStore, Wait } from '../ports.ts'
import type { Render, Rendered, RenderRequest } from '../render/results/render-request.ts'
import type { Load } from '../render/results/load.ts'
import { lookOf } from '../render/results/look.ts'
import type { FindSources, Sources } from '../render/results/sources.ts'
import type { Timings } from '../render/timings.ts'
import { nearest } from './nearest.ts'
import type { QuickLook, TakeQuickLook } from './quick-look.ts'

/** An answer in time: the result, or what stands in for it. */
export type InTime = Rendered & {
  /** Absent for the exact result. */
  readonly standsIn?: {
    readonly kind: 'nearest' | 'placeholder'
    /** What a placeholder was made of. */
    readonly of?: string
    /** Of the exact result, the wait included. */
    readonly estimatedMs: number
    /** Names the exact result, of one plan and one version of each file. */
    readonly key: string
    /** Whether it is being made already; otherwise the caller sees to it. */
    readonly isMade: boolean
  }
}

export interface InTimeDeps {
  readonly render: Render
  readonly findSources: FindSources
  readonly quickLook: TakeQuickLook
  readonly results: ResultStore
  readonly load: Load
  readonly hash: HashText
  readonly clock: Clock
  readonly wait: Wait
}

/** How long a client may show what stands in, in seconds: the exact result is on its way. */
export const STAND_IN_SECONDS = 2
/** How long who asks again for a result does not see to it again. */
const SEEN_TO_MS = 5000
/** For how long a stand-in is shown again without a look at the file: clients ask several times until the exact result is there. */
const REMEMBERED_MS = 10_000
/** So many are remembered, of so many bytes at most. */
const MAX_REMEMBERED = 300
const MAX_STAND_IN_BYTES = 20_000
/** Milliseconds that a placeholder may come late rather than be of less. */
const GRACE_MS = 100
/** Milliseconds that are left for the placeholder when the exact result is not there in time. */
const RESERVED_MS = 40

/**
 * Answers a wish within its deadline: by a kept result; by the result itself when the estimate and the wait before it fit; otherwise, and when they were wrong, by the nearest
 * kept result of the same picture, or by a placeholder. A run that was begun goes on behind the answer.
 */
export function createInTime(deps: InTimeDeps) {
  /** Results that callers have seen to, with when; the oldest first. */
  const seenTo = new Map<string, number>()
  /** Stand-ins by the key of what they stand in for; the oldest first. */
  const shown = new Map<string, { readonly standIn: StandIn; readonly estimatedMs: number; readonly since: number }>()

  return async function inTime(request: RenderRequest, deadlineMs: number, timings: Timings, defer: Defer): Promise<InTime> {
    const began = deps.clock.now()
    const left = (): number => deadlineMs - (deps.clock.now() - began)
    const kept = await keptResult(deps, request, timings, defer)
    if (kept) return kept
    const sources = await deps.findSources(request)
    // What stands in would be made of the file itself, or kept for who may see it as it is.
    if (sources.isRuled) return deps.render(request, timings, defer)
    const again = shownBefore(sources.key)
    if (again && again.estimatedMs > left()) return standingIn(again.standIn, again.estimatedMs, sources, isSeenTo(sources.key))
    return deps.quickLook(request.account, sources.source, request.plan, async (look) => {
      const estimatedMs = look.estimatedMs * deps.load.slowness() + deps.load.waitMs()
      const isTried = estimatedMs <= left()
      const running = isTried ? deps.render(request, timings, defer) : null
      const made = running && (await Promise.race([running, deps.wait(Math.max(0, left() - RESERVED_MS))]))
      if (made) return made
      // What goes wrong now, goes wrong for the next request too.
      running?.catch(() => undefined)
      const standIn =
        again?.standIn ?? (await nearestKept(deps, request, sources, look)) ?? (await placeholder(sources, look, () => left() + GRACE_MS))
      remember(sources.key, standIn, estimatedMs)
      return standingIn(standIn, estimatedMs, sources, isTried || isSeenTo(sources.key))
    })
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

  /** Whether a caller has seen to a result a moment ago; from now on one has. */
  function isSeenTo(key: string): boolean {
    const now = deps.clock.now()
    for (const [old, since] of seenTo) if (now - since >= SEEN_TO_MS) seenTo.delete(old)
    if (seenTo.has(key)) return true
    seenTo.set(key, now)
    return false
  }
}

export type RenderInTime = ReturnType<typeof createInTime>

const standingIn = (standIn: StandIn, estimatedMs: number, { key }: Sources, isMade: boolean): InTime => ({
  ...standIn,
  standsIn: { ...standIn.standsIn, estimatedMs, key, isMade },
})

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
