import { encodeKey, encodeText } from '../../../../service/stores/encode-key.ts'

export const ALGORITHM = 'AWS4-HMAC-SHA256'

/** What of a request is signed ("Create a canonical request" of the S3 API Reference). */
export interface SignedRequest {
  readonly method: string
  /** Decoded. */
  readonly path: string
  /** Decoded, in any order, without the signature. */
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly headers: ReadonlyMap<string, string>
  /** Names in small letters, in the order in which the signer lists them. */
  readonly signedHeaders: readonly string[]
  /** `X-Amz-Content-Sha256`, as it is written. */
  readonly payload: string
}

/** What a signature is made for besides the request. */
export interface Scope {
  /** `20130524`. */
  readonly date: string
  readonly region: string
}

export const scopeText = ({ date, region }: Scope): string => `${date}/${region}/s3/aws4_request`

/** The text whose hash is signed. S3 encodes a path once and resolves no dots in it. */
export function canonicalRequest({ method, path, query, headers, signedHeaders, payload }: SignedRequest): string {
  const pairs = query.map(([name, value]) => `${encodeText(name)}=${encodeText(value)}`)
  const lines = signedHeaders.map((name) => `${name}:${trimmed(headers.get(name) ?? '')}\n`)
  return [method, encodeKey(path), sortedPairs(pairs).join('&'), lines.join(''), signedHeaders.join(';'), payload].join('\n')
}

/** By encoded names, then by encoded values: a name that begins another comes first, though `=` sorts after digits. */
const sortedPairs = (pairs: readonly string[]): readonly string[] =>
  pairs
    .map((pair) => pair.replace('=', '\u0000'))
    .sort()
    .map((pair) => pair.replace('\u0000', '='))

const trimmed = (value: string): string => value.trim().replaceAll(/\s+/g, ' ')

export const stringToSign = (time: string, scope: Scope, hash: string): string => [ALGORITHM, time, scopeText(scope), hash].join('\n')

/** The text that a chunk's signature signs ("Signature calculations for streaming uploads"). */
export const chunkToSign = (time: string, scope: Scope, before: string, hash: string): string =>
  [`${ALGORITHM}-PAYLOAD`, time, scopeText(scope), before, EMPTY_SHA256, hash].join('\n')

/** The text that the signature of trailers signs. */
export const trailerToSign = (time: string, scope: Scope, before: string, hash: string): string =>
  [`${ALGORITHM}-TRAILER`, time, scopeText(scope), before, hash].join('\n')

/** SHA-256 of nothing. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
