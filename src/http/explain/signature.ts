/** The first place at which two texts differ. */
export interface Difference {
  /** Of what is compared. */
  readonly of: 'signature' | 'text'
  /** Characters before it, which are equal. */
  readonly at: number
  /** From there on, shortened. */
  readonly expected: string
  readonly received: string
}

const SHOWN = 24

/** `null` for equal texts. */
export function firstDifference(of: Difference['of'], expected: string, received: string): Difference | null {
  if (expected === received) return null
  let at = 0
  while (at < expected.length && expected[at] === received[at]) at++
  return { of, at, expected: expected.slice(at, at + SHOWN), received: received.slice(at, at + SHOWN) }
}

/** What an expiry says at this moment. Times are ISO 8601; milliseconds are since it expired, until it expires, or until it may be used. */
export interface ClockState {
  readonly now: string
  readonly expiresAt: string | null
  readonly state: 'valid' | 'expired' | 'not yet valid' | 'no expiry'
  readonly milliseconds: number | null
}

/** The largest time that a date can have, in milliseconds since the epoch. */
const LAST_MS = 8.64e15

/** @param maxLifetimeMs how far ahead an expiry may lie; one that lies further ahead is not valid yet. */
export function clockState(now: number, expiresAt: number | undefined, maxLifetimeMs = Infinity): ClockState {
  const at = new Date(now).toISOString()
  if (expiresAt === undefined || Number.isNaN(expiresAt)) return { now: at, expiresAt: null, state: 'no expiry', milliseconds: null }
  const told = { now: at, expiresAt: Math.abs(expiresAt) > LAST_MS ? null : new Date(expiresAt).toISOString() }
  if (expiresAt <= now) return { ...told, state: 'expired', milliseconds: now - expiresAt }
  if (expiresAt - now > maxLifetimeMs) return { ...told, state: 'not yet valid', milliseconds: expiresAt - now - maxLifetimeMs }
  return { ...told, state: 'valid', milliseconds: expiresAt - now }
}

/** What is wrong with a signature, in one word. The first that holds, in this order. */
export type Verdict =
  'malformed' | 'unknown key' | 'signature differs' | 'expired' | 'not yet valid' | 'no expiry' | 'not bound' | 'not allowed' | 'valid'

/** A signature beside the one that the key gives. Only who holds a key that may see the file is told. */
export interface SignatureExplanation {
  readonly scheme: 'bytescale signed URL' | 'bytescale encrypted URL' | 'filestack policy'
  readonly verdict: Verdict
  readonly message: string
  readonly keyId: string | null
  /** The text that is signed for this request. */
  readonly signedText: string | null
  /** What it says, where that is not the text itself. */
  readonly contains?: unknown
  readonly expected: string | null
  readonly received: string
  readonly difference: Difference | null
  /** What was signed instead, where that is found. */
  readonly cause: string | null
  readonly clock: ClockState | null
}
