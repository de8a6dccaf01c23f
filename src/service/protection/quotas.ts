import { AppError } from '../../errors.ts'
import type { Clock, Log } from '../ports.ts'
import type { Standing } from './standing.ts'

/** What the pictures may take that an account's requests make, in windows of the clock: each minute, and each month of UTC. */
export interface RenderQuotas {
  readonly rendersPerMinute?: number | undefined
  readonly rendersPerMonth?: number | undefined
  /** Milliseconds of computing. */
  readonly cpuMsPerMinute?: number | undefined
  readonly cpuMsPerMonth?: number | undefined
}

/** What an account has taken in one window. */
export interface Spending {
  readonly renders: number
  readonly cpuMs: number
}

/** A quota that is used up. */
export interface Exceeded {
  readonly quota: keyof RenderQuotas
  readonly limit: number
  /** When its window ends, in milliseconds since the epoch. */
  readonly endsAt: number
}

interface Window {
  readonly name: string
  readonly endsAt: number
  readonly renders: 'rendersPerMinute' | 'rendersPerMonth'
  readonly cpuMs: 'cpuMsPerMinute' | 'cpuMsPerMonth'
}

const MINUTE_MS = 60_000

/** The windows of a moment. A name never comes again. */
export function windowsAt(now: number): readonly [minute: Window, month: Window] {
  const minute = Math.floor(now / MINUTE_MS)
  const date = new Date(now)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  return [
    { name: `minute ${minute}`, endsAt: (minute + 1) * MINUTE_MS, renders: 'rendersPerMinute', cpuMs: 'cpuMsPerMinute' },
    { name: `month ${year}-${month + 1}`, endsAt: Date.UTC(year, month + 1), renders: 'rendersPerMonth', cpuMs: 'cpuMsPerMonth' },
  ]
}

/** The used-up quota that lasts longest, or `null` when one more picture may be made. @param spent in the window of a name. */
export function exceededBy(quotas: RenderQuotas, spent: (window: string) => Spending, now: number): Exceeded | null {
  const found = windowsAt(now).flatMap(({ name, endsAt, ...names }) => {
    const taken = spent(name)
    return (['renders', 'cpuMs'] as const).flatMap((kind): Exceeded[] => {
      const limit = quotas[names[kind]]
      return limit !== undefined && taken[kind] >= limit ? [{ quota: names[kind], limit, endsAt }] : []
    })
  })
  return found.at(-1) ?? null
}

/** Who counts for all isolates: the account's Durable Object. */
export interface RenderLedger {
  /** Counts a picture that is to be made, unless a quota is used up: then it answers which. */
  beginRender(account: string, quotas: RenderQuotas): Promise<Exceeded | null>
  /** Adds what a picture took. */
  spend(account: string, cpuMs: number): Promise<void>
}

export interface Quotas {
  /** Before a picture is made that nobody has kept. @throws AppError `quota_exceeded`. */
  begin(account: string, standing: Standing): Promise<void>
  /** After it. */
  spend(account: string, cpuMs: number): Promise<void>
}

export interface QuotasDeps {
  readonly quotasOf: (account: string) => RenderQuotas | null
  readonly ledger: RenderLedger
  readonly clock: Clock
  readonly log: Log
}

/**
 * Asks the ledger once for each picture that is made, and never for one that is kept. An isolate that was told of a used-up quota refuses by itself until
 * its window ends. An account without quotas costs nothing. The owner's own wishes count, and are not refused. When the ledger does not answer,
 * pictures are made: a quota must not be what takes a service down.
 */
export function createQuotas({ quotasOf, ledger, clock, log }: QuotasDeps): Quotas {
  const refusing = new Map<string, Exceeded>()
  const unanswered = (thrown: unknown): null => {
    log({ level: 'warn', message: 'quotas not counted', detail: String(thrown) })
    return null
  }
  return {
    async begin(account, { kind }) {
      const quotas = quotasOf(account)
      if (!quotas) return
      const isOwner = kind === 'owner'
      const known = refusing.get(account)
      if (known && !isOwner && clock.now() < known.endsAt) throw refusal(known, clock.now())
      const exceeded = await ledger.beginRender(account, isOwner ? {} : quotas).catch(unanswered)
      if (!exceeded) return
      refusing.set(account, exceeded)
      throw refusal(exceeded, clock.now())
    },
    async spend(account, cpuMs) {
      if (quotasOf(account)) await ledger.spend(account, cpuMs).catch(unanswered)
    },
  }
}

/** Of an installation, or a test, that counts nothing. */
export const NO_QUOTAS: Quotas = { begin: () => Promise.resolve(), spend: () => Promise.resolve() }

function refusal({ quota, limit, endsAt }: Exceeded, now: number): AppError {
  const [what, per] = [quota.startsWith('cpu') ? 'milliseconds of computing' : 'pictures', quota.endsWith('Minute') ? 'minute' : 'month']
  const reason = `The account makes no more than ${limit} ${what} a ${per}. What is kept is still shown.`
  return new AppError('quota_exceeded', { reason, limit, retryAfterSeconds: Math.max(1, Math.ceil((endsAt - now) / 1000)) })
}
