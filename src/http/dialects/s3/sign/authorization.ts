import { refuse } from '../codes.ts'
import type { S3Request } from '../request.ts'
import { ALGORITHM, type Scope } from './canonical.ts'

/** What a request says of its signature, in its header or in its query. */
export interface Authorization {
  readonly keyId: string
  readonly scope: Scope
  /** `20130524T000000Z`. */
  readonly time: string
  /** Milliseconds since the epoch. */
  readonly signedAt: number
  readonly signedHeaders: readonly string[]
  /** Lower-case hex. */
  readonly signature: string
  /** How long a presigned URL holds; `null` for a signature in the header. */
  readonly expiresSeconds: number | null
}

const MAX_EXPIRES = 604_800
const CREDENTIAL = /^(.+)\/(\d{8})\/([\w-]{1,64})\/s3\/aws4_request$/
const OTHER_MECHANISM = 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.'

/** @throws AppError AccessDenied of a request without a signature; the codes of one that is malformed. */
export function readAuthorization(request: S3Request): Authorization {
  const header = request.headers.get('authorization')
  const inQuery = request.query.some(([name]) => name === 'X-Amz-Algorithm' || name === 'X-Amz-Signature')
  if (request.query.some(([name]) => name === 'AWSAccessKeyId')) throw refuse('InvalidRequest', OTHER_MECHANISM)
  if (header !== undefined && inQuery)
    throw refuse(
      'InvalidArgument',
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified.',
    )
  if (header !== undefined) return ofHeader(header, request.headers)
  if (inQuery) return ofQuery(new Map(request.query))
  throw refuse('AccessDenied', 'Access Denied: the request has no signature.')
}

function ofHeader(header: string, headers: S3Request['headers']): Authorization {
  if (!header.startsWith(`${ALGORITHM} `)) throw refuse('InvalidRequest', OTHER_MECHANISM)
  const fields = new Map(
    header
      .slice(ALGORITHM.length + 1)
      .split(',')
      .map(fieldOf),
  )
  const [credential, signed, signature] = ['Credential', 'SignedHeaders', 'Signature'].map((name) => fields.get(name))
  const malformed = (what: string): Error => refuse('AuthorizationHeaderMalformed', `The authorization header is malformed; ${what}`)
  if (credential === undefined || signed === undefined || signature === undefined)
    throw malformed('expected Credential, SignedHeaders and Signature.')
  const time = timeOf(headers.get('x-amz-date') ?? '') ?? timeOfDate(headers.get('date') ?? '')
  if (time === null) throw refuse('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header')
  return { ...parts(credential, signed, signature, time, malformed), expiresSeconds: null }
}

const fieldOf = (field: string): readonly [name: string, value: string] => {
  const [name = '', ...value] = field.trim().split('=')
  return [name, value.join('=')]
}

function ofQuery(query: ReadonlyMap<string, string>): Authorization {
  const malformed = (what: string): Error => refuse('AuthorizationQueryParametersError', what)
  const names = ['Algorithm', 'Credential', 'SignedHeaders', 'Signature', 'Date', 'Expires']
  const [algorithm = '', credential = '', signed = '', signature = '', date = '', expires = ''] = names.map((name) =>
    query.get(`X-Amz-${name}`),
  )
  if (algorithm !== ALGORITHM) throw malformed(`X-Amz-Algorithm only supports "${ALGORITHM}"`)
  const time = timeOf(date)
  if (time === null) throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
  if (!/^\d{1,9}$/.test(expires) || Number(expires) < 1 || Number(expires) > MAX_EXPIRES)
    throw malformed(`X-Amz-Expires must be a number of seconds from 1 to ${MAX_EXPIRES}`)
  return { ...parts(credential, signed, signature, time, malformed), expiresSeconds: Number(expires) }
}

function parts(credential: string, signed: string, signature: string, time: string, malformed: (what: string) => Error) {
  const [, keyId = '', date = '', region = ''] = CREDENTIAL.exec(credential) ?? []
  if (keyId === '') throw malformed('expected a credential "<access key>/YYYYMMDD/<region>/s3/aws4_request".')
  if (!time.startsWith(date)) throw malformed(`the date of the credential, ${date}, is not that of the request.`)
  if (!/^[0-9a-f]{64}$/.test(signature)) throw malformed('expected a signature of 64 lower-case hexadecimal digits.')
  const signedHeaders = signed.toLowerCase().split(';')
  return { keyId, scope: { date, region }, time, signedAt: millisecondsOf(time), signedHeaders, signature }
}

const TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/
const millisecondsOf = (time: string): number => Date.parse(time.replace(TIME, '$1-$2-$3T$4:$5:$6Z'))

/** A time of the short form of ISO 8601, unchanged; `null` for any other text. */
const timeOf = (text: string): string | null => (TIME.test(text) && !Number.isNaN(millisecondsOf(text)) ? text : null)

/** The header `Date` in the same form. */
function timeOfDate(text: string): string | null {
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? null : `${date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}
