import { AppError } from '../../../../errors.ts'
import { type Args, invalidParameter } from '../../../args.ts'
import { MAX_DEADLINE_MS } from '../../../pictures/deadline.ts'

/** How an answer is cached and delivered: all parameters of the query that do not change pixels. */
export interface Delivery {
  readonly cache: boolean
  readonly cacheOnly: boolean
  readonly cachePermanently: boolean | 'auto' | undefined
  readonly ttlSeconds: number | undefined
  readonly notFoundTtlSeconds: number | undefined
  readonly version: string | undefined
  readonly download: boolean
  /** With `f=auto`: the best format now, however long it takes. */
  readonly wait: boolean
  /** Milliseconds after which something that stands in for the picture is better than none; `undefined`: however long it takes. */
  readonly deadlineMs: number | undefined
  /** What would be done, in the place of the picture. */
  readonly explain: boolean
  /** Milliseconds since the epoch; `undefined`: never. */
  readonly expiresAt: number | undefined
}

const MAX_TTL_SECONDS = 31_536_000
/** Epoch values below this are seconds, above it milliseconds: 5138-11-16 in seconds, 1973-03-03 in milliseconds. */
const SECONDS_BELOW = 100_000_000_000

/** Both spellings reach the server: the SDK's UrlBuilder writes underscores, its FileApi hyphens (docs/protocols/bytescale.md §1.3). */
export function readDelivery(args: Args): Delivery {
  const delivery: Delivery = {
    cache: args.flag('cache') ?? true,
    cacheOnly: args.flag('cache-only', 'cache_only') ?? false,
    cachePermanently: args.oneOf({ true: true, false: false, auto: 'auto' }, 'cache-perm', 'cache_perm'),
    ttlSeconds: args.integer({ min: 0, max: MAX_TTL_SECONDS }, 'cache-ttl', 'cache_ttl'),
    notFoundTtlSeconds: args.integer({ min: 0, max: MAX_TTL_SECONDS }, 'cache-ttl-404', 'cache_ttl_404'),
    version: args.text('version', 'v'),
    download: args.flag('download') ?? false,
    wait: args.flag('wait') ?? false, // ours
    deadlineMs: args.integer({ min: 0, max: MAX_DEADLINE_MS }, 'deadline'), // ours
    explain: args.flag('explain') ?? false, // ours
    expiresAt: readExpiry(args.text('exp')),
  }
  if (delivery.deadlineMs !== undefined && !delivery.cache)
    throw new AppError('invalid_parameter', {
      field: 'deadline',
      reason: 'Expected no "cache=false" with "deadline": what is made later has to be kept.',
    })
  // Older SDKs write it, without effect.
  args.text('auth')
  const artifact = args.text('artifact', 'a') ?? '/'
  if (artifact !== '/') throw new AppError('file_not_found', { field: 'artifact', reason: 'An image has only the artifact "/".' })
  return delivery
}

/** Epoch seconds or milliseconds, or `inf`. */
export function readExpiry(text: string | undefined): number | undefined {
  if (text === undefined || text === 'inf') return undefined
  if (!/^\d{1,15}$/.test(text)) throw invalidParameter('exp', 'seconds or milliseconds since 1970, or inf', text)
  const value = Number(text)
  return value < SECONDS_BELOW ? value * 1000 : value
}

/** Labels for logs, without effect. */
export const isUrlMetadata = (name: string): boolean => name.startsWith('meta-')
