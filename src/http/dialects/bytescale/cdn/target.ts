import { getCookie } from 'hono/cookie'
import { AppError } from '../../../../errors.ts'
import type { Caller } from '../../../../service/access/access.ts'
import { isPublic, type AccountSnapshot, type AccountSnapshots } from '../../../../service/access/account-snapshot.ts'
import { mayRead } from '../../../../service/access/reading.ts'
import type { RecentFiles } from '../../../../service/files/recent-files.ts'
import type { Clock } from '../../../../service/ports.ts'
import { type Standing, standingOfCaller } from '../../../../service/protection/standing.ts'
import { FREE_POLICY, type UrlPolicy } from '../../../../service/protection/url-policy.ts'
import type { CacheSettings } from './time-to-live.ts'
import type { Authentication, CheckToken, KnownKey } from '../../../credentials.ts'
import type { BytescaleContext } from '../env.ts'
import { openSecureUrl, type SecureTarget } from './secure-url.ts'
import { refuseLoop } from '../../../via.ts'
import { readTarget, type Target } from '../url.ts'

export interface CdnDeps {
  readonly keys: readonly KnownKey[]
  readonly authentication: Authentication
  readonly checkToken: CheckToken
  readonly snapshots: AccountSnapshots
  readonly recent: Pick<RecentFiles, 'find' | 'isBelieved'>
  readonly clock: Clock
  /** Of each account. */
  readonly cacheSettings: ReadonlyMap<string, CacheSettings>
  /** Of each account. */
  readonly urlPolicies: ReadonlyMap<string, UrlPolicy>
}

/** What a CDN request asks for, after it has been allowed. */
export interface OpenTarget extends Target {
  readonly account: string
  /** `raw`, `image` or a preset. */
  readonly processing: string
  /** The parameters of the preset, which stand in the query as well; `null` without one. */
  readonly preset: Target['query'] | null
  /** Whose wish it is, and what it may be. */
  readonly standing: Standing
  readonly urlPolicy: UrlPolicy
  /** Not everyone may see it: nobody but the client itself may keep the answer. */
  readonly isPrivate: boolean
  readonly snapshot: AccountSnapshot
  /** The account's defaults. */
  readonly cache: CacheSettings
  /** Whether everyone may see a file by this processing. */
  isPublic(path: string): boolean
  /** Checks another file that the answer would show. @throws AppError `forbidden`. */
  demandRead(path: string): void
  /** Checks that the request carries a secret key of the account. @throws AppError `unauthorized` without a key, `forbidden`. */
  demandSecretKey(field: string): void
  /** Checks that the request carries a secret key of the account, or that the URL is signed or encrypted. @throws as `demandSecretKey`. */
  demandKeyOrSignature(field: string): void
}

export const tokenCookie = (account: string): string => `emulsion-token-${account}`

/**
 * Reads the URL of a CDN request and checks that its sender may have the file: because it is public, or by a signed or encrypted URL, a key,
 * a token, or the cookie of a token session (docs/protocols/bytescale.md §6). Credentials that are sent in headers must be right even for public files.
 * @throws AppError `invalid_path`, `unauthorized`, `forbidden`, `token_invalid`, `signature_invalid`, `gone`, `request_loop`.
 */
export async function openTarget(
  c: BytescaleContext,
  account: string,
  processing: string,
  segmentsBefore: number,
  deps: CdnDeps,
): Promise<OpenTarget> {
  refuseLoop(c.req.raw.headers, account)
  const url = new URL(c.req.url)
  const secure = await openSecureUrl(url, c.req.header('Host'), readTarget(url, segmentsBefore), account, deps.keys, deps.clock)
  return openFor(c, account, processing, secure, deps)
}

/** The same of a URL whose signature has been dealt with: `signer` is whose signature counts. */
export async function openFor(
  c: BytescaleContext,
  account: string,
  processing: string,
  { path, query, signer }: SecureTarget,
  deps: CdnDeps,
): Promise<OpenTarget> {
  const headers = c.req.raw.headers
  const hasKey = headers.has('Authorization')
  const named = signer ?? (hasKey ? await deps.authentication.caller(headers, account) : null)
  const [snapshot, ahead] = await snapshotAndFile(account, processing, path, deps)
  const publicly = isPublic(snapshot, processing, path)
  c.set('isPrivate', !publicly)
  const caller = named ?? (publicly ? null : await cookieCaller(c, account, deps))
  const demandRead = (file: string): void => {
    if (mayRead(caller, snapshot, processing, file)) return
    if (caller === null) throw new AppError('unauthorized', { field: file, reason: 'The file is not public.' })
    throw new AppError('forbidden', {
      field: file,
      reason: `These credentials may not read ${JSON.stringify(file)} by ${JSON.stringify(processing)}.`,
    })
  }
  demandRead(path)
  await ahead()
  return {
    account,
    processing,
    path,
    query,
    preset: null,
    standing: standingOfCaller(named, signer !== null),
    urlPolicy: deps.urlPolicies.get(account) ?? FREE_POLICY,
    isPrivate: !publicly,
    snapshot,
    cache: cacheOf(account, deps),
    isPublic: (file) => isPublic(snapshot, processing, file),
    demandRead,
    demandSecretKey(field) {
      if (hasKey && signer === null && named?.kind === 'secret') return
      throw new AppError(hasKey ? 'forbidden' : 'unauthorized', { field, reason: 'Only a request with a secret key is told the place.' })
    },
    demandKeyOrSignature(field) {
      if (signer !== null || (hasKey && named?.kind === 'secret')) return
      throw new AppError(hasKey ? 'forbidden' : 'unauthorized', {
        field,
        reason: 'Expected a secret key, or a signed URL that contains it.',
      })
    },
  }
}

/**
 * The account's settings, and a way to wait for the file, which is looked up at the same time: a picture that is near waits for the storage once. Who may not have the file does not
 * wait for it, so time tells nothing of it; and where the settings are at hand, nothing is looked up for him.
 */
async function snapshotAndFile(
  account: string,
  processing: string,
  path: string,
  { snapshots, recent }: CdnDeps,
): Promise<readonly [AccountSnapshot, ahead: () => Promise<void>]> {
  const known = snapshots.atHand(account)
  if (known || processing === 'raw') return [known ?? (await snapshots.read(account)), async () => undefined]
  const reading = snapshots.read(account)
  // What goes wrong here goes wrong again where the file is needed.
  const looking = recent.find(account, path).then(
    () => undefined,
    () => undefined,
  )
  return [await reading, () => looking]
}

function cacheOf(account: string, { cacheSettings }: CdnDeps): CacheSettings {
  const settings = cacheSettings.get(account)
  if (!settings) throw new AppError('internal', { detail: `The account ${account} has no cache settings.` })
  return settings
}

/** The cookie counts for reading only, so no other site can write with it. A page of another origin may read the answer if the token names it. */
async function cookieCaller(c: BytescaleContext, account: string, { checkToken }: CdnDeps): Promise<Caller | null> {
  const jwt = c.req.header('Authorization-Token') ?? getCookie(c, tokenCookie(account))
  if (jwt === undefined) return null
  const { grants, tags, allowedOrigins } = await checkToken(account, jwt, c.req.raw.headers)
  const origin = c.req.header('Origin')
  if (origin !== undefined && allowedOrigins?.includes(origin) === true) {
    c.header('Access-Control-Allow-Origin', origin)
    c.header('Access-Control-Allow-Credentials', 'true')
    c.header('Vary', 'Origin', { append: true })
  }
  return { account, keyId: 'token', kind: 'token', folder: '/', grants, tags, defaults: NO_DEFAULTS }
}

const NO_DEFAULTS = { folderPath: '/', fileName: '', fileNameFallback: '' }
