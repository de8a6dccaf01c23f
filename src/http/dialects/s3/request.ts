import { refuse } from './codes.ts'

/** Where the door hangs: S3 clients have it as their endpoint. */
export const PREFIX = '/-/s3'

/** A request as S3 understands it. */
export interface S3Request {
  readonly raw: Request
  readonly method: string
  /** Decoded, from the root of the host. */
  readonly path: string
  /** Decoded; without `bucket` the request is about all buckets. */
  readonly bucket: string
  /** Decoded; `''`: about the bucket itself. */
  readonly key: string
  /** In the order of the URL. */
  readonly query: readonly (readonly [name: string, value: string])[]
  /** By names in small letters. What a presigned URL carries in the place of a header is among them. */
  readonly headers: ReadonlyMap<string, string>
}

/** @throws AppError InvalidURI for an encoding that is none. */
export function readRequest(raw: Request): S3Request {
  const url = new URL(raw.url)
  const path = decoded(url.pathname, false)
  const [bucket = '', ...rest] = path.slice(PREFIX.length + 1).split('/')
  const query = readQuery(url.search)
  const headers = new Map(raw.headers)
  if (!headers.has('host')) headers.set('host', url.host)
  return { raw, method: raw.method, path, bucket, key: rest.join('/'), query, headers }
}

const readQuery = (search: string): S3Request['query'] =>
  search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      return [decoded(equals < 0 ? pair : pair.slice(0, equals), true), equals < 0 ? '' : decoded(pair.slice(equals + 1), true)]
    })

function decoded(text: string, isQuery: boolean): string {
  try {
    return decodeURIComponent(isQuery ? text.replaceAll('+', ' ') : text)
  } catch (cause) {
    throw refuse('InvalidURI', "Couldn't parse the specified URI.", cause)
  }
}

/** What says who signed, and until when. */
const SIGNING = /^X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Content-Sha256|Security-Token)$/i
/** SDKs put the CRC-32 of no bytes into presigned URLs of bodies that they do not know. */
const CRC32_OF_NOTHING = 'AAAAAA=='

/** The same request with its signature left out, and with the headers that a presigned URL carries as parameters in their place. Headers that are sent count before them. */
export function withHoistedHeaders(request: S3Request): S3Request {
  const isHoisted = (name: string): boolean => /^x-amz-/i.test(name) && !SIGNING.test(name)
  const hoisted = request.query
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name, value]) => isHoisted(name) && !(name === 'x-amz-checksum-crc32' && value === CRC32_OF_NOTHING))
  return {
    ...request,
    query: request.query.filter(([name]) => !isHoisted(name) && !SIGNING.test(name)),
    headers: new Map([...hoisted, ...request.headers]),
  }
}

/** The value of a parameter; `undefined` when it is not there. */
export const parameter = ({ query }: Pick<S3Request, 'query'>, name: string): string | undefined =>
  query.find(([given]) => given === name)?.[1]
