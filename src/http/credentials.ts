import { timingSafeEqual } from 'hono/utils/buffer'
import { AppError } from '../errors.ts'
import type { Caller, PathGrant } from '../service/access/access.ts'
import { DEFAULT_RULE, type DestinationDefaults } from '../service/files/upload-destination.ts'
import { readBearer } from './bearer.ts'

export interface KnownKey {
  readonly account: string
  readonly keyId: string
  readonly kind: 'secret' | 'public'
  readonly key: string
  readonly folder: string
  readonly defaults: DestinationDefaults
  /** Base64; of signed and encrypted URLs. */
  readonly secureUrlKey: string | undefined
}

/** What a checked access token says. */
export interface TokenClaims {
  readonly accountId: string | undefined
  readonly apiKeyId: string | undefined
  readonly grants: readonly PathGrant[]
  readonly tags: readonly string[] | null
  readonly allowedOrigins: readonly string[] | undefined
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** Checks an access token of an account. @throws AppError `token_invalid`, `forbidden` (origin). */
export type CheckToken = (account: string, jwt: string, headers: Headers) => Promise<TokenClaims>

/** The key of a request: `Bearer KEY`, or Basic with the user `apikey` and the key as password (docs/protocols/bytescale.md §6.1). */
export function readApiKey(authorization: string | undefined): string | null {
  const bearer = readBearer(authorization)
  if (bearer !== null) return bearer
  const basic = /^Basic +([A-Za-z0-9+/=_-]+)\s*$/i.exec(authorization ?? '')?.[1]
  if (basic === undefined) return null
  try {
    return /^apikey:(.+)$/s.exec(atob(basic))?.[1] ?? null
  } catch {
    return null
  }
}

export interface Authentication {
  /** Who sends this request. @throws AppError `unauthorized`, `token_invalid`, `forbidden`. */
  caller(headers: Headers, account: string): Promise<Caller>
  /** The account of the secret key that a request carries, when that reaches all of it; `null` for any other request. */
  accountOf(headers: Headers): Promise<string | null>
  /** The bearer of a token alone. */
  bearer(jwt: string, headers: Headers, account: string): Promise<Caller>
}

/** The token of a request: in `Authorization-Token` beside a public key, or alone as the bearer (docs/protocols/bytescale.md §6.3). */
export function createAuthentication(keys: readonly KnownKey[], checkToken: CheckToken): Authentication {
  async function bearer(jwt: string, headers: Headers, account: string): Promise<Caller> {
    const claims = await checkToken(account, jwt, headers)
    // "`accountId` (required for header use)"
    if (claims.accountId === undefined) throw new AppError('token_invalid', { field: 'accountId', reason: 'Expected the claim accountId.' })
    const key = keys.find(({ account: owner, keyId }) => owner === account && keyId === claims.apiKeyId)
    if (claims.apiKeyId !== undefined && key?.kind !== 'public') {
      throw new AppError('token_invalid', { field: 'apiKeyId', reason: 'Expected the id of a public key of the account.' })
    }
    const base: Caller = key
      ? callerOf(key)
      : { account, keyId: 'token', kind: 'token', folder: '/', defaults: DEFAULT_RULE, grants: [], tags: null }
    return { ...base, grants: claims.grants, tags: claims.tags }
  }

  return {
    bearer,
    async accountOf(headers) {
      const given = readApiKey(headers.get('Authorization') ?? undefined)
      const key = given === null ? undefined : await findKey(keys, given)
      return key?.kind === 'secret' && key.folder === '/' ? key.account : null
    },
    async caller(headers, account) {
      const given = readApiKey(headers.get('Authorization') ?? undefined)
      if (given === null)
        throw new AppError('unauthorized', { reason: 'Expected "Authorization: Bearer KEY", or Basic with the user "apikey".' })
      const key = await findKey(keys, given)
      if (!key) {
        if (!looksLikeToken(given)) throw new AppError('unauthorized')
        return bearer(given, headers, account)
      }
      if (key.account !== account) throw new AppError('forbidden', { reason: 'The key belongs to another account.' })
      const jwt = headers.get('Authorization-Token')
      if (jwt === null) return callerOf(key)
      const { apiKeyId, grants, tags } = await checkToken(account, jwt, headers)
      if (apiKeyId !== undefined && apiKeyId !== key.keyId)
        throw new AppError('token_invalid', { field: 'apiKeyId', reason: 'The token was made for another key.' })
      return { ...callerOf(key), grants, tags }
    },
  }
}

/** Compares every known key in constant time, so the time of the answer tells nothing about the keys. */
async function findKey(keys: readonly KnownKey[], given: string): Promise<KnownKey | undefined> {
  const matches = await Promise.all(keys.map(({ key }) => timingSafeEqual(key, given)))
  return keys.find((_, i) => matches[i])
}

export const callerOf = ({ account, keyId, kind, folder, defaults }: KnownKey): Caller => ({
  account,
  keyId,
  kind,
  folder,
  defaults,
  grants: [],
  tags: null,
})

/** Three base64url parts with dots between: no key has dots. */
const looksLikeToken = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)
