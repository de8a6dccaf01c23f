import type { NewHash } from '../../../../service/files/content/new-hash.ts'
import { refuse, type S3Code } from '../codes.ts'
import type { S3Request } from '../request.ts'
import { crc32, crc32c, crc64nvme, type RunningSum } from './crc.ts'
import { base64, hex } from './encodings.ts'

/** What a body must turn out to be. */
export interface Check {
  readonly sum: RunningSum
  /** As the client says it; unknown before the trailers of an `aws-chunked` body have come, and where it says nothing. */
  readonly expected: string | undefined
  /** The trailer that says it. Without one and without `expected` nobody does: the digest is what is asked for. */
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
 * @param wanted header of the only checksum that may be; it is computed when the request has none.
 * @throws AppError InvalidDigest, InvalidRequest, NotImplemented.
 */
export function readChecks(request: S3Request, payload: string, newHash: NewHash, wanted: string | null = null): readonly Check[] {
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
  const checksum = readChecksum(request, newHash) ?? (wanted === null ? null : checkOf(wanted, newHash))
  if (wanted !== null && checksum?.echo !== wanted)
    throw refuse('InvalidRequest', `Checksum Type mismatch occurred: the upload was begun with ${wanted}, this is ${checksum?.echo}.`)
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
  const check = checkOf(name, newHash)
  if (!check) throw refuse('NotImplemented', `A header you provided implies functionality that is not implemented: ${name.slice(0, 60)}`)
  const expected = name === trailer ? undefined : headers.get(name)
  if (expected !== undefined) demandChecksum(name, expected)
  return { ...check, expected, trailer: name === trailer ? name : undefined }
}

/** A checksum that nobody has said. `null` for a name that is none. */
function checkOf(name: string, newHash: NewHash): Check | null {
  const known = CHECKSUMS.get(name)
  return known ? { sum: known[1](newHash), expected: undefined, trailer: undefined, write: base64, refusal: 'BadDigest', echo: name } : null
}

/** @param name header of a checksum that is known. */
export function digestOf(name: string, bytes: Uint8Array, newHash: NewHash): Uint8Array {
  const { sum } = checkOf(name, newHash) as Check // by the contract
  sum.update(bytes)
  return sum.digest()
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
    const digest = write(sum.digest())
    const said = expected ?? (trailer === undefined ? digest : trailers.get(trailer))
    if (said === undefined) throw refuse('InvalidRequest', `The trailer ${trailer} did not come.`)
    if (trailer !== undefined) demandChecksum(trailer, said)
    if (digest !== said) throw refuse(refusal, MISMATCHES[refusal] ?? MISMATCHES['BadDigest'] ?? '')
    if (echo !== null) echoes[echo] = said
  }
  return echoes
}

const MISMATCHES: Readonly<Partial<Record<S3Code, string>>> = {
  BadDigest: 'The checksum that you specified did not match what was received.',
  XAmzContentSHA256Mismatch: "The provided 'x-amz-content-sha256' header does not match what was computed.",
}

/** The same bytes, and their checksum when they have been read. @param name as for `digestOf`. */
export function summing(body: ReadableStream<Uint8Array>, name: string, newHash: NewHash) {
  const { sum } = checkOf(name, newHash) as Check // by the contract
  const transform = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      sum.update(piece)
      controller.enqueue(piece)
    },
  })
  return { stream: body.pipeThrough(transform), digest: (): Uint8Array => sum.digest() }
}
