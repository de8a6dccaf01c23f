import { timingSafeEqual } from 'hono/utils/buffer'
import type { Clock, HashText } from '../../../../service/ports.ts'
import type { KnownKey } from '../../../credentials.ts'
import { refuse } from '../codes.ts'
import { PREFIX, type S3Request } from '../request.ts'
import { readAuthorization, type Authorization } from './authorization.ts'
import { canonicalRequest, stringToSign } from './canonical.ts'
import { createSigner, type SignText } from './signing-key.ts'

/** A key of an account, as S3 clients have it: the access key id names account and key, the secret is the key itself. */
export const accessKeyId = ({ account, keyId }: Pick<KnownKey, 'account' | 'keyId'>): string => `${account}_${keyId}`

export interface Signed extends Authorization {
  readonly key: KnownKey
  /** `X-Amz-Content-Sha256`: the hash of the body, or how it is sent. */
  readonly payload: string
  readonly sign: SignText
}

export interface VerifyDeps {
  readonly keys: readonly KnownKey[]
  readonly clock: Clock
  readonly hash: HashText
}

const MAX_SKEW_MS = 15 * 60 * 1000
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/**
 * Who signed a request. Everything that the request is must be signed: the host, each `x-amz-` header, and what stands in the URL.
 * @throws AppError the codes of S3: AccessDenied, InvalidAccessKeyId, RequestTimeTooSkewed, SignatureDoesNotMatch and those of a malformed signature.
 */
export async function verifyRequest(request: S3Request, { keys, clock, hash }: VerifyDeps): Promise<Signed> {
  const authorization = readAuthorization(request)
  const { keyId, scope, time, signedHeaders, expiresSeconds } = authorization
  if (request.headers.has('x-amz-security-token') || request.query.some(([name]) => name === 'X-Amz-Security-Token'))
    throw refuse('InvalidToken', 'The provided token is malformed or otherwise invalid: keys of this service have none.')
  checkTime(authorization, clock.now())
  const key = keys.find((known) => accessKeyId(known) === keyId)
  if (!key) throw refuse('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.')
  demandSigned(request, signedHeaders)
  const payload = payloadOf(request, expiresSeconds !== null)
  const sign = await createSigner(key.key, scope)
  const query = request.query.filter(([name]) => name !== 'X-Amz-Signature')
  for (const named of namings(request)) {
    const canonical = canonicalRequest({ method: request.method, ...named, query, signedHeaders, payload })
    const expected = await sign(stringToSign(time, scope, await hash(canonical)))
    if (await timingSafeEqual(expected, authorization.signature)) return { ...authorization, key, payload, sign }
  }
  throw refuse(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  )
}

/**
 * A request as its signer may have named it: as it was sent; by the path below the endpoint alone, as who stands behind a proxy that adds the prefix;
 * and with the whole endpoint for a host, as s3cmd does.
 */
function namings({ path, headers }: S3Request): readonly Pick<S3Request, 'path' | 'headers'>[] {
  const below = path.slice(PREFIX.length) || '/'
  const endpoint = new Map([...headers, ['host', `${headers.get('host')}${PREFIX}`]])
  return [
    { path, headers },
    { path: below, headers },
    { path: below, headers: endpoint },
  ]
}

function checkTime({ signedAt, expiresSeconds }: Authorization, now: number): void {
  if (expiresSeconds === null) {
    if (Math.abs(now - signedAt) > MAX_SKEW_MS)
      throw refuse('RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.')
  } else if (now > signedAt + expiresSeconds * 1000) throw refuse('AccessDenied', 'Request has expired')
  else if (signedAt > now + MAX_SKEW_MS) throw refuse('AccessDenied', 'Request is not yet valid')
}

function demandSigned({ headers }: S3Request, signedHeaders: readonly string[]): void {
  const open = [...headers.keys()].filter((name) => (name === 'host' || name.startsWith('x-amz-')) && !signedHeaders.includes(name))
  if (open.length > 0) throw refuse('AccessDenied', `There were headers present in the request which were not signed: ${open.join(', ')}`)
}

/** A presigned URL signs no body unless it says so; a header does, always. */
function payloadOf({ headers, query }: S3Request, isPresigned: boolean): string {
  const said =
    headers.get('x-amz-content-sha256') ?? (isPresigned ? query.find(([name]) => name === 'X-Amz-Content-Sha256')?.[1] : undefined)
  if (said === undefined && !isPresigned) throw refuse('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256')
  return said ?? UNSIGNED_PAYLOAD
}
