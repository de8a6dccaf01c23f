import { errors, importSPKI, jwtVerify, type JWTPayload } from 'jose'
import * as z from 'zod'
import { AppError } from '../errors.ts'
import type { Action, PathGrant } from '../service/access/access.ts'
import { PATH_SCOPES } from '../service/files/path-scope.ts'
import type { Clock } from '../service/ports.ts'
import type { CheckToken, TokenClaims } from './credentials.ts'

const MAX_TOKEN_LENGTH = 8192
/** Servers' clocks differ a little. */
const CLOCK_TOLERANCE_SECONDS = 5

const flags = z.record(z.string(), z.boolean()).optional()
const grantsSchema = z.object({
  match: z.object({ path: z.string().startsWith('/').max(512), scope: z.enum(PATH_SCOPES) }),
  permissions: z.object({
    read: z
      .object({
        file: z.object({ downloadFile: z.array(z.string()).optional(), getFileDetails: z.boolean().optional() }).optional(),
        folder: flags,
      })
      .optional(),
    write: z.object({ file: flags, folder: flags }).optional(),
  }),
})
const claimsSchema = z.object({
  sub: z.string().min(1),
  accountId: z.string().optional(),
  apiKeyId: z.string().optional(),
  allowedOrigins: z.array(z.string()).optional(),
  access: z
    .object({
      pathPermissions: z.array(grantsSchema).max(100).optional(),
      tagPermissions: z.object({ write: z.array(z.string()).optional() }).optional(),
    })
    .optional(),
})

/**
 * Checks RS256 tokens (docs/protocols/bytescale.md §6.3) against the account's public keys, of which there are several while they are rotated. The
 * algorithm is ours to choose, never the token's: `none` and HMAC with the public key as secret are refused by jose's list.
 */
export function createCheckToken(publicKeys: ReadonlyMap<string, readonly string[]>, clock: Clock): CheckToken {
  const imported = new Map<string, Promise<CryptoKey>>()
  const keyOf = (pem: string): Promise<CryptoKey> => {
    const known = imported.get(pem) ?? importSPKI(pem, 'RS256')
    imported.set(pem, known)
    return known
  }

  return async function checkToken(account, jwt, headers) {
    if (jwt.length > MAX_TOKEN_LENGTH) throw new AppError('token_invalid', { reason: `Expected at most ${MAX_TOKEN_LENGTH} characters.` })
    const payload = await verify(jwt, await Promise.all((publicKeys.get(account) ?? []).map(keyOf)), clock)
    const parsed = claimsSchema.safeParse(payload)
    if (!parsed.success)
      throw new AppError('token_invalid', {
        field: parsed.error.issues[0]?.path.join('.'),
        reason: 'The claims do not have the expected form.',
      })
    const { accountId, apiKeyId, allowedOrigins, access = {} } = parsed.data
    if (accountId !== undefined && accountId !== account)
      throw new AppError('token_invalid', { field: 'accountId', reason: 'The token was made for another account.' })
    checkOrigin(allowedOrigins, headers)
    return {
      accountId,
      apiKeyId,
      grants: (access.pathPermissions ?? []).map(grantOf),
      tags: access.tagPermissions?.write ?? null,
      allowedOrigins,
      expiresAt: (payload.exp ?? 0) * 1000,
    } satisfies TokenClaims
  }
}

async function verify(jwt: string, keys: readonly CryptoKey[], clock: Clock): Promise<JWTPayload> {
  for (const key of keys) {
    try {
      const options = {
        algorithms: ['RS256'],
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(clock.now()),
      }
      return (await jwtVerify(jwt, key, options)).payload
    } catch (cause) {
      if (cause instanceof errors.JWSSignatureVerificationFailed) continue
      throw new AppError('token_invalid', { reason: cause instanceof errors.JWTExpired ? 'It has expired.' : undefined, cause })
    }
  }
  throw new AppError('token_invalid', {
    reason: keys.length === 0 ? 'This account has no public key for tokens.' : 'No public key of the account has signed it.',
  })
}

const FOLDER_READS = ['listFolderChildren', 'getFolderDescription', 'getFolderPublicPermissions'] as const
const FILE_WRITES = ['createFile', 'overwriteFile', 'deleteFile'] as const
const FOLDER_WRITES = ['createVirtualFolder', 'deleteVirtualFolder', 'setFolderDescription', 'setFolderPublicPermissions'] as const

function grantOf({ match, permissions: { read, write } }: z.output<typeof grantsSchema>): PathGrant {
  const said: [Action, boolean | undefined][] = [
    ['getFileDetails', read?.file?.getFileDetails],
    ...FOLDER_READS.map((action): [Action, boolean | undefined] => [action, read?.folder?.[action]]),
    ...FILE_WRITES.map((action): [Action, boolean | undefined] => [action, write?.file?.[action]]),
    ...FOLDER_WRITES.map((action): [Action, boolean | undefined] => [action, write?.folder?.[action]]),
  ]
  return { match, actions: Object.fromEntries(said.filter(([, value]) => value !== undefined)), download: read?.file?.downloadFile }
}

/** The site of a request: `Origin`, or for pictures in a page, which carry none, that of the `Referer`. */
export function originOf(headers: Headers): string | null {
  const origin = headers.get('Origin')
  if (origin !== null) return origin
  const referer = headers.get('Referer')
  return referer !== null && URL.canParse(referer) ? new URL(referer).origin : null
}

function checkOrigin(allowed: readonly string[] | undefined, headers: Headers): void {
  const origin = originOf(headers)
  if (allowed !== undefined && (origin === null || !allowed.includes(origin)))
    throw new AppError('forbidden', { field: 'allowedOrigins', reason: 'The token is for other sites.' })
}
