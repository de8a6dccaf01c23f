import { AppError } from '../../../../errors.ts'
import type { Clock } from '../../../../service/ports.ts'
import type { Delivery } from '../image-query/delivery.ts'

/** The cache settings of an account. Times in seconds. */
export interface CacheSettings {
  readonly ttlSeconds: number
  readonly versionedTtlSeconds: number
  readonly notFoundTtlSeconds: number
  readonly permanent: boolean | 'auto'
  /** How long by estimate, in milliseconds, AVIF may take in a request with `f=auto`. */
  readonly avifMs: number
}

/** A versioned URL never changes; a URL that expires is not kept longer than it lives. @throws AppError `gone`. */
export function timeToLive({ ttlSeconds, version, expiresAt }: Delivery, settings: CacheSettings, clock: Clock): number {
  const left = expiresAt === undefined ? Infinity : Math.floor((expiresAt - clock.now()) / 1000)
  if (left <= 0) throw new AppError('gone', { field: 'exp' })
  return Math.min(left, ttlSeconds ?? (version === undefined ? settings.ttlSeconds : settings.versionedTtlSeconds))
}

/** How long a picture that stands in for a better one may be shown while that is asked for. */
const STALE_SECONDS = 86_400

/** `Cache-Control` of a success. Only the client itself may keep a private answer; shared caches may not. */
export function cacheControl({ cache, version }: Delivery, ttlSeconds: number, isPrivate: boolean, isStandIn = false): string {
  if (!cache || ttlSeconds <= 0) return 'no-store'
  if (isStandIn) return `${isPrivate ? 'private' : 'public'}, max-age=${ttlSeconds}, stale-while-revalidate=${STALE_SECONDS}`
  return `${isPrivate ? 'private' : 'public'}, max-age=${ttlSeconds}${version === undefined ? '' : ', immutable'}`
}
