import type { NewHash } from '../../../../service/files/content/new-hash.ts'
import { refuse, type S3Code } from '../codes.ts'
import type { S3Request } from '../request.ts'
import { crc32, crc32c, crc64nvme, type RunningSum } from './crc.ts'
import { base64, hex } from './encodings.ts'

/** What a body must turn out to be. */
export interface Check {
  readonly sum: RunningSum
  /** As the client says it; unknown before the trailers of an `aws-chunked` body have come. */
  readonly expected: string | undefined
  /** The trailer that says it. */
  readonly trailer: string | undefined
  readonly write: (digest: Uint8Array) => string
  readonly refusal: S3Code
  /** The header by which the answer repeats it; `null` for those that are not repeated. */
  readonly echo: string | null
}

/** The checksums of S3 by the names of their headers, each with its bytes. */
const CHECKSUMS: ReadonlyMap<string, readonly [bytes: number, make: (newHash: NewHash) => RunningSum]> = new Map([
  ['x-amz-checksum-crc32', [4, crc32]],
  ['x-amz-checksum-crc32c', [4, crc32c]],
  ['x-amz-checksum-crc64nvme', [8, crc64nvme]],
  ['x-amz-checksum-sha1', [20, (newHash: NewHash) => newHash('sha1')]],
  ['x-amz-checksum-sha256', [32, (newHash: NewHash) => newHash('sha256')]],
])
/** What S3 clients may also name, and this door does not know. */
const OTHER_CHECKSUM = /^x-amz-checksum-(?!mode$|type$|algorithm$)/

/**
 * The checks that a request asks for: `Content-MD5`, one checksum in a header or a trailer, and the SHA-256 that is signed.
 * @throws AppError InvalidDigest, InvalidRequest, NotImplemented.
 */
export function readChecks(request: S3Request, payload: string, newHash: NewHash): readonly Check[] {
  const { headers } = request
  const checks: Check[] = []
  const md5 = headers.get('content-md5')
  if (md5 !== undefined) {
    if (!isBase64Of(md5, 16)) throw refuse('InvalidDigest', 'The Content-MD5 you specified is not valid.')
    checks.push({ sum: newHash('md5'), expected: md5, trailer: undefined, write: base64, refusal: 'BadDigest', echo: null })
  }
  if (/^[0-9a-f]{64}$/.test(payload))
    checks.push({
      sum: newHash('sha256'),
      expected: payload,
      trailer: undefined,
      write: hex,
      refusal: 'XAmzContentSHA256Mismatch',
      echo: null,
    })
  const checksum = readChecksum(request, newHash)
  return checksum ? [...checks, checksum] : checks
}

function readChecksum({ headers }: S3Request, newHash: NewHash): Check | null {
  const names = [...headers.keys()].filter((name) => OTHER_CHECKSUM.test(name))
  const trailer = headers.get('x-amz-trailer')?.trim().toLowerCase()
  const wanted = [...names, ...(trailer === undefined ? [] : [trailer])]
  const [name] = wanted
  if (name === undefined) return null
  if (wanted.length > 1)
    throw refuse('InvalidRequest', 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.')
  const known = CHECKSUMS.get(name)
  if (!known) throw refuse('NotImplemented', `A header you provided implies functionality that is not implemented: ${name.slice(0, 60)}`)
  const expected = name === trailer ? undefined : headers.get(name)
  if (expected !== undefined) demandChecksum(name, expected)
  return { sum: known[1](newHash), expected, trailer: name === trailer ? name : undefined, write: base64, refusal: 'BadDigest', echo: name }
}

export function demandChecksum(name: string, value: string): void {
  if (!isBase64Of(value, CHECKSUMS.get(name)?.[0] ?? 0)) throw refuse('InvalidRequest', `Value for ${name} header is invalid.`)
}

const isBase64Of = (text: string, bytes: number): boolean =>
  /^[A-Za-z0-9+/]*={0,2}$/.test(text) &&
  text.length === 4 * Math.ceil(bytes / 3) &&
  text.replace(/=+$/, '').length === Math.ceil((bytes * 4) / 3)

/** Holds the digests of a whole body to what was said. Answers the header that repeats the checksum. @throws AppError BadDigest, XAmzContentSHA256Mismatch, InvalidRequest for a trailer that did not come. */
export function settleChecks(checks: readonly Check[], trailers: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const echoes: Record<string, string> = {}
  for (const { sum, expected, trailer, write, refusal, echo } of checks) {
    const said = expected ?? trailers.get(trailer ?? '')
    if (said === undefined) throw refuse('InvalidRequest', `The trailer ${trailer} did not come.`)
    if (trailer !== undefined) demandChecksum(trailer, said)
    if (write(sum.digest()) !== said) throw refuse(refusal, MISMATCHES[refusal] ?? MISMATCHES['BadDigest'] ?? '')
    if (echo !== null) echoes[echo] = said
  }
  return echoes
}

const MISMATCHES: Readonly<Partial<Record<S3Code, string>>> = {
  BadDigest: 'The checksum that you specified did not match what was received.',
  XAmzContentSHA256Mismatch: "The provided 'x-amz-content-sha256' header does not match what was computed.",
}
