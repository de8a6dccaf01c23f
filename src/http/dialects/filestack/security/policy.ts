import { RE2JS } from 're2js'
import { AppError } from '../../../../errors.ts'
import { fromBase64, hmacSha256 } from '../../../hmac.ts'
import { parseJson } from '../../../parse-json.ts'

/** What a policy can allow (docs/protocols/filestack.md §4). */
export const CALLS = ['pick', 'read', 'stat', 'write', 'writeUrl', 'store', 'convert', 'remove', 'exif', 'runWorkflow', 'explain'] as const
export type Call = (typeof CALLS)[number]

/** `revoke` is the old name of `remove`. */
const ALIASES: Readonly<Record<string, Call>> = { revoke: 'remove' }
/** A policy without `call` allows these: all but what tells more than the vendor's service does. */
const BY_DEFAULT: readonly Call[] = CALLS.filter((call) => call !== 'exif' && call !== 'explain')
/** A policy travels in URLs. */
const MOST_CHARACTERS = 8192

/** A policy and its signature as a client sent them. */
export interface SignedPolicy {
  readonly policy: string
  readonly signature: string
}

/** What the holder of a valid signature may do. */
export interface Policy {
  readonly calls: ReadonlySet<Call>
  /** The only file; `null`: all. */
  readonly handle: string | null
  /** Bytes. */
  readonly minSize: number
  readonly maxSize: number
  /** Patterns that sources, paths and containers must match as a whole; `null`: all do. */
  readonly url: string | null
  readonly path: string | null
  readonly container: string | null
}

/** What a call is about. Only what is given is compared. */
export interface PolicyUse {
  readonly handle?: string
  /** Of the source that is fetched. */
  readonly url?: string
  /** The storage key, without a slash in front. Patterns may be written with it or without. */
  readonly path?: string
  readonly container?: string
  /** Bytes of what is stored. */
  readonly size?: number
}

/**
 * Checks a signed policy: padded base64url or base64 of JSON, and the lower-case hex of its HMAC-SHA-256 (docs/protocols/filestack.md §4).
 * @param secrets of the app: each may have signed, so that they can be rotated.
 * @param now in milliseconds.
 * @throws AppError `invalid_parameter` when the policy is no base64 of a JSON object; `forbidden` when the signature is wrong, without a reason,
 * or a claim, with it: only who holds a valid signature learns more.
 */
export async function readPolicy({ policy, signature }: SignedPolicy, secrets: readonly Uint8Array[], now: number): Promise<Policy> {
  const signed = policy.replaceAll(' ', '+') // a "+" that was not escaped in a query
  const claims = readClaims(signed)
  if (!(await isSigned(signed, signature, secrets))) throw new AppError('forbidden', { field: 'signature' })
  const { expiry } = claims
  if (typeof expiry !== 'number') throw refused('expiry', 'a number of seconds', expiry)
  if (expiry * 1000 <= now) throw new AppError('forbidden', { field: 'expiry', reason: 'The policy has expired.' })
  return {
    calls: readCalls(claims['call']),
    handle: readText(claims, 'handle'),
    url: readText(claims, 'url'),
    path: readText(claims, 'path'),
    container: readText(claims, 'container'),
    minSize: readSize(claims, 'minSize') ?? 0,
    maxSize: readSize(claims, 'maxSize') ?? Infinity,
  }
}

export type Claims = Readonly<Record<string, unknown>>

/** @throws AppError `invalid_parameter`. */
export function readClaims(signed: string): Claims {
  const bytes = signed.length <= MOST_CHARACTERS && signed !== '' ? fromBase64(signed) : null
  if (!bytes) throw malformed(`base64 of at most ${MOST_CHARACTERS} characters`)
  let claims: unknown
  try {
    claims = parseJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    throw malformed('base64 of JSON')
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) throw malformed('base64 of a JSON object')
  return claims as Claims
}

const malformed = (expected: string): AppError => new AppError('invalid_parameter', { field: 'policy', reason: `Expected ${expected}.` })

const refused = (field: string, expected: string, received: unknown): AppError =>
  new AppError('forbidden', {
    field,
    reason: `The policy's ${field} is not ${expected}, but ${JSON.stringify(received)?.slice(0, 100) ?? 'missing'}.`,
  })

/** Every secret is compared, and each in constant time. */
export async function isSigned(signed: string, signature: string, secrets: readonly Uint8Array[]): Promise<boolean> {
  if (!/^[0-9a-f]{64}$/.test(signature)) return false
  const given = Uint8Array.from({ length: 32 }, (_, i) => parseInt(signature.slice(i * 2, i * 2 + 2), 16))
  const wanted = await Promise.all(secrets.map((secret) => hmacSha256(secret, signed)))
  return wanted.map((bytes) => bytes.reduce((differ, byte, i) => differ | (byte ^ (given[i] ?? 0)), 0) === 0).includes(true)
}

/** Names that are not known allow nothing. */
function readCalls(claim: unknown): ReadonlySet<Call> {
  if (claim === undefined) return new Set(BY_DEFAULT)
  const names: unknown = typeof claim === 'string' ? [claim] : claim
  if (!Array.isArray(names) || names.some((name) => typeof name !== 'string')) throw refused('call', 'a name or an array of names', claim)
  return new Set(
    (names as string[]).map((name) => ALIASES[name] ?? name).filter((name): name is Call => (CALLS as readonly string[]).includes(name)),
  )
}

function readText(claims: Claims, name: 'handle' | 'url' | 'path' | 'container'): string | null {
  const claim = claims[name] ?? null
  if (claim !== null && typeof claim !== 'string') throw refused(name, 'a text', claim)
  return claim
}

function readSize(claims: Claims, name: 'minSize' | 'maxSize'): number | null {
  const claim = claims[name] ?? null
  if (claim !== null && (typeof claim !== 'number' || !(claim >= 0))) throw refused(name, 'a number of bytes', claim)
  return claim
}

/**
 * @throws AppError `forbidden` when the policy does not allow one of `calls` for what they are about, and says which claim it is; `file_too_large`
 * when `size` is outside of its bounds.
 */
export function requireCall(policy: Policy, calls: readonly Call[], use: PolicyUse = {}): void {
  if (!calls.some((call) => policy.calls.has(call)))
    throw new AppError('forbidden', { field: 'call', reason: `The policy's call does not contain ${calls.join(' or ')}.` })
  if (use.handle !== undefined && policy.handle !== null && policy.handle !== use.handle)
    throw new AppError('forbidden', { field: 'handle', reason: 'The policy is for another handle.' })
  for (const name of ['url', 'path', 'container'] as const) {
    const [pattern, value] = [policy[name], use[name]]
    if (pattern !== null && value !== undefined && !matches(pattern, value) && !(name === 'path' && matches(pattern, `/${value}`)))
      throw new AppError('forbidden', { field: name, reason: `The policy's ${name} does not match.` })
  }
  if (use.size !== undefined && (use.size > policy.maxSize || use.size < policy.minSize))
    throw new AppError('file_too_large', {
      field: use.size > policy.maxSize ? 'maxSize' : 'minSize',
      reason: `The policy allows ${policy.minSize} to ${policy.maxSize} bytes, received ${use.size}.`,
    })
}

/** A regular expression for the whole value, in time that grows with its length; a text that is none is compared as it is. */
function matches(pattern: string, value: string): boolean {
  if (pattern === value) return true
  try {
    return RE2JS.compile(pattern).matches(value)
  } catch {
    return false
  }
}
