import { AppError } from '../../errors.ts'
import { checkPublicUrl } from '../outbound/guard.ts'
import type { CallbackOutcome } from './callback.ts'
import type { DeliverCallback } from './host.ts'
import type { ProcessRecord } from './record.ts'
import type { Clock } from '../ports.ts'
import { webhookHeaders, type Hmac } from './webhook-signature.ts'

/** One POST: no redirects, and an answer within `timeoutMs` or none. @throws when no answer came. */
export type PostCallback = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeoutMs: number,
) => Promise<{ readonly status: number; readonly retryAfter: string | null }>

export interface CallbacksDeps {
  readonly post: PostCallback
  readonly hmac: Hmac
  readonly clock: Clock
  readonly allowHosts: readonly string[]
  /** Signing keys of the process's owner; several while they are rotated. */
  readonly keysOf: (record: ProcessRecord) => readonly Uint8Array[]
  /** The body that the owner's dialect promises. */
  readonly bodyOf: (record: ProcessRecord) => unknown
  readonly observe: (outcome: 'delivered' | 'failed' | 'refused') => void
}

const TIMEOUT_MS = 10_000

/** The same for every attempt of one run, so that a receiver can tell a repetition. */
export const webhookId = ({ definition, state }: ProcessRecord): string => `msg_${definition.id}_${state.run}`

export function createCallbacks({ post, hmac, clock, allowHosts, keysOf, bodyOf, observe }: CallbacksDeps): DeliverCallback {
  return async function deliver(record): Promise<CallbackOutcome> {
    const body = JSON.stringify(bodyOf(record))
    try {
      // Checked again at each attempt: the operator's list may have become shorter.
      const url = checkPublicUrl(record.definition.callback ?? '', allowHosts)
      const headers = await webhookHeaders(webhookId(record), Math.floor(clock.now() / 1000), body, keysOf(record), hmac)
      const { status, retryAfter } = await post(
        url,
        { 'Content-Type': 'application/json', 'User-Agent': 'Emulsion', ...headers },
        body,
        TIMEOUT_MS,
      )
      observe(status >= 200 && status < 300 ? 'delivered' : 'failed')
      return { status, error: null, retryAfterMs: readRetryAfter(retryAfter, clock.now()), final: false }
    } catch (thrown) {
      const refused = thrown instanceof AppError
      observe(refused ? 'refused' : 'failed')
      return {
        status: null,
        error: refused ? thrown.publicText : thrown instanceof Error ? thrown.message : String(thrown),
        retryAfterMs: null,
        final: refused,
      }
    }
  }
}

/** RFC 9110 §10.2.3: seconds or a date. */
export function readRetryAfter(text: string | null, now: number): number | null {
  if (text === null) return null
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000
  // Date.parse alone would take almost any text for a date.
  const date = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}
