import { timingSafeEqual } from 'hono/utils/buffer'
import { AppError } from '../errors.ts'

export interface Credential {
  readonly account: string
  readonly keyId: string
  readonly kind: 'secret' | 'public'
}

export interface KnownKey extends Credential {
  readonly key: string
}

/** The key of a request: `Bearer KEY`, or Basic with the user `apikey` and the key as password (spec/bytescale §6.1). */
export function readApiKey(authorization: string | undefined): string | null {
  const bearer = /^Bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1]
  if (bearer !== undefined) return bearer
  const basic = /^Basic +([A-Za-z0-9+/=_-]+)\s*$/i.exec(authorization ?? '')?.[1]
  if (basic === undefined) return null
  try {
    return /^apikey:(.+)$/s.exec(atob(basic))?.[1] ?? null
  } catch {
    return null
  }
}

/**
 * Who sends this request. Every known key is compared, each in constant time, so that the answer's time tells nothing of the keys.
 * @throws AppError `unauthorized` for no or an unknown key, `forbidden` when the key is another account's.
 */
export async function authenticate(keys: readonly KnownKey[], authorization: string | undefined, account: string): Promise<Credential> {
  const given = readApiKey(authorization)
  if (given === null)
    throw new AppError('unauthorized', { reason: 'Expected "Authorization: Bearer KEY", or Basic with the user "apikey".' })
  const matches = await Promise.all(keys.map(({ key }) => timingSafeEqual(key, given)))
  const known = keys.find((_, i) => matches[i])
  if (!known) throw new AppError('unauthorized')
  if (known.account !== account) throw new AppError('forbidden', { reason: 'The key belongs to another account.' })
  return known
}
