import { breakable } from '../../../../service/files/content/breakable.ts'
import type { NewHash } from '../../../../service/files/content/new-hash.ts'
import type { FileBody, HashText } from '../../../../service/ports.ts'
import { requestBody } from '../../../request-body.ts'
import { refuse } from '../codes.ts'
import type { S3Request } from '../request.ts'
import { createChunkSignatures } from '../sign/chunk-signatures.ts'
import { type Signed, UNSIGNED_PAYLOAD } from '../sign/verify.ts'
import { decodeChunked } from './aws-chunked.ts'
import { type Check, readChecks, settleChecks } from './checks.ts'

export interface BodyDeps {
  readonly newHash: NewHash
  readonly hash: HashText
}

export interface CheckedBody {
  readonly body: FileBody
  readonly size: number
  /** Headers that repeat the checksums; known when the body has been read. */
  readonly echoes: () => Readonly<Record<string, string>>
}

interface Framing {
  readonly isSigned: boolean
  readonly hasTrailers: boolean
}

/** How a body may be framed, by `X-Amz-Content-Sha256`. */
const CHUNKED: ReadonlyMap<string, Framing> = new Map([
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { isSigned: true, hasTrailers: false }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', { isSigned: true, hasTrailers: true }],
  ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { isSigned: false, hasTrailers: true }],
])

/** Bodies up to this many bytes are read before they are stored: that is quicker than a stream. */
const SMALL_BYTES = 65_536
const NO_TRAILERS: ReadonlyMap<string, string> = new Map()

/**
 * The content of a request. Storage sees its last piece only when everything that the client said of it has turned out to be true, so nothing else is ever stored.
 * @param wanted header of a checksum that is to be known in any case; then the echoes have it.
 * @throws AppError MissingContentLength and those of `readChecks`; the body throws IncompleteBody and what the checks say.
 */
export async function readBody(
  request: S3Request,
  signed: Signed,
  maxBytes: number,
  deps: BodyDeps,
  wanted: string | null = null,
): Promise<CheckedBody> {
  const framing = framingOf(signed.payload)
  const size = sizeOf(request, framing !== null)
  if (size > maxBytes) throw refuse('EntityTooLarge', `Your proposed upload exceeds the maximum allowed size of ${maxBytes} bytes.`)
  const checks = readChecks(request, signed.payload, deps.newHash, wanted)
  if (checks.some(({ trailer }) => trailer !== undefined) && framing?.hasTrailers !== true)
    throw refuse('InvalidRequest', 'x-amz-trailer goes with a body whose x-amz-content-sha256 ends in "-TRAILER".')
  let echoes: Readonly<Record<string, string>> = {}
  const source = requestBody(request.raw)
  if (source && !framing && checks.length === 0 && size > SMALL_BYTES)
    return { body: { stream: breakable(source, size, incomplete), size }, size, echoes: () => echoes }
  const signatures = framing?.isSigned === true ? createChunkSignatures(signed, deps.newHash, deps.hash) : null
  const pieces: AsyncIterable<Uint8Array> = source ?? none()
  const content = framing ? decodeChunked(pieces, { signatures, hasTrailers: framing.hasTrailers }) : whole(pieces)
  const checked = check(content, size, checks, (found) => (echoes = found))
  const body = size <= SMALL_BYTES ? await joined(checked, size) : { stream: streamOf(checked), size }
  return { body, size, echoes: () => echoes }
}

function framingOf(payload: string): Framing | null {
  const framing = CHUNKED.get(payload)
  if (framing) return framing
  if (payload === UNSIGNED_PAYLOAD || /^[0-9a-f]{64}$/.test(payload)) return null
  if (payload.startsWith('STREAMING-')) throw refuse('NotImplemented', 'This way of sending a body is not implemented.')
  throw refuse(
    'InvalidArgument',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
  )
}

/** Bytes of the content as it will be stored. @throws AppError MissingContentLength, and of `X-Amz-Content-Sha256` InvalidArgument. */
export const sizeOfBody = (request: S3Request, { payload }: Pick<Signed, 'payload'>): number => sizeOf(request, framingOf(payload) !== null)

function sizeOf({ headers, raw }: S3Request, isChunked: boolean): number {
  const text = headers.get(isChunked ? 'x-amz-decoded-content-length' : 'content-length') ?? (raw.body === null ? '0' : '')
  if (!/^\d{1,15}$/.test(text)) throw refuse('MissingContentLength', 'You must provide the Content-Length HTTP header.')
  return Number(text)
}

const incomplete = (cause?: unknown): Error =>
  refuse('IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header.', cause)

async function* none(): AsyncGenerator<Uint8Array> {}

async function* whole(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, ReadonlyMap<string, string>> {
  yield* pieces
  return NO_TRAILERS
}

/** Hands the pieces on, and the last one only when all checks hold. */
async function* check(
  content: AsyncGenerator<Uint8Array, ReadonlyMap<string, string>>,
  size: number,
  checks: readonly Check[],
  settled: (echoes: Readonly<Record<string, string>>) => void,
): AsyncGenerator<Uint8Array, void> {
  let last: Uint8Array | undefined
  let left = size
  for (;;) {
    const next = await content.next()
    if (next.done) {
      if (left > 0) throw incomplete()
      settled(settleChecks(checks, next.value))
      if (last) yield last
      return
    }
    const piece = next.value
    left -= piece.length
    if (left < 0) throw refuse('IncompleteBody', 'You provided more bytes than specified by the x-amz-decoded-content-length header.')
    for (const { sum } of checks) sum.update(piece)
    if (last) yield last
    last = piece
  }
}

async function joined(pieces: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size)
  let at = 0
  for await (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

const streamOf = (pieces: AsyncGenerator<Uint8Array, void>): ReadableStream<Uint8Array> =>
  new ReadableStream({
    async pull(controller) {
      const next = await pieces.next()
      if (next.done) controller.close()
      else controller.enqueue(next.value)
    },
    async cancel() {
      await pieces.return()
    },
  })
