import { refuse } from '../codes.ts'

/** What a decoder asks of whoever knows the signatures. */
export interface ChunkSignatures {
  /** Bytes of the chunk that is being read. */
  update(bytes: Uint8Array): void
  /** The chunk is over. @throws AppError SignatureDoesNotMatch. */
  endChunk(signature: string): Promise<void>
  /** @param lines what is signed of the trailers. @throws AppError SignatureDoesNotMatch. */
  endTrailers(lines: string, signature: string): Promise<void>
}

export interface ChunkedBody {
  /** `null`: the chunks are not signed. */
  readonly signatures: ChunkSignatures | null
  /** Whether trailers come after the last chunk. */
  readonly hasTrailers: boolean
}

/** Of a chunk's head, and of a trailer. */
const MAX_LINE = 1024
const MAX_TRAILERS = 10
const HEAD = /^([0-9a-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/i
const SIGNATURE = 'x-amz-trailer-signature'

/**
 * The content of an `aws-chunked` body: `hex-length[;chunk-signature=…]`, the bytes, and after the chunk of length 0 the trailers, in lines that end in CRLF
 * ("Transferring payload in multiple chunks" of the S3 API Reference). Pieces are handed on as they come; the trailers are the generator's result.
 * @throws AppError InvalidRequest for other framing, IncompleteBody, SignatureDoesNotMatch.
 */
export async function* decodeChunked(
  source: AsyncIterable<Uint8Array>,
  { signatures, hasTrailers }: ChunkedBody,
): AsyncGenerator<Uint8Array, ReadonlyMap<string, string>> {
  const input = createInput(source)
  for (let size = -1; size !== 0;) {
    const [whole, digits = '', signature] = HEAD.exec(await input.line()) ?? []
    if (whole === undefined || (signature === undefined) !== (signatures === null))
      throw refuse('InvalidRequest', 'A chunk has no valid head.')
    size = parseInt(digits, 16)
    for (let left = size; left > 0;) {
      const piece = await input.some(left)
      signatures?.update(piece)
      left -= piece.length
      yield piece
    }
    await signatures?.endChunk(signature ?? '')
    if (size > 0 && (await input.line()) !== '') throw refuse('InvalidRequest', 'A chunk does not end where its length says.')
  }
  const trailers = new Map<string, string>()
  for (let line = await input.lastLine(); line !== ''; line = await input.lastLine()) {
    const [, name = '', value = ''] = /^([\w-]+):(.*)$/.exec(line) ?? []
    if (name === '' || !hasTrailers || trailers.size === MAX_TRAILERS) throw refuse('InvalidRequest', 'A trailer is not valid.')
    trailers.set(name.toLowerCase(), value.trim())
  }
  await input.end()
  if (signatures && hasTrailers) {
    const lines = [...trailers].filter(([name]) => name !== SIGNATURE).map(([name, value]) => `${name}:${value}\n`)
    await signatures.endTrailers(lines.join(''), trailers.get(SIGNATURE) ?? '')
  }
  return trailers
}

/** Reads lines and runs of bytes. It holds one piece of the source, and a line at most. */
function createInput(source: AsyncIterable<Uint8Array>) {
  const reader = source[Symbol.asyncIterator]()
  let held: Uint8Array = new Uint8Array()

  async function refill(): Promise<boolean> {
    while (held.length === 0) {
      const next = await reader.next()
      if (next.done) return false
      held = next.value
    }
    return true
  }

  /** `null`: the source ended before it. */
  async function readLine(): Promise<string | null> {
    let line = ''
    while (await refill()) {
      const end = held.indexOf(10)
      line += String.fromCharCode(...held.subarray(0, end < 0 ? MAX_LINE : Math.min(end, MAX_LINE)))
      if (line.length >= MAX_LINE) throw refuse('InvalidRequest', 'A line between the chunks is too long.')
      held = end < 0 ? new Uint8Array() : held.subarray(end + 1)
      if (end < 0) continue
      return line
    }
    return line === '' ? null : Promise.reject(broken())
  }

  return {
    /** A line without its end. */
    async line(): Promise<string> {
      const line = await readLine()
      if (line === null) throw broken()
      if (!line.endsWith('\r')) throw refuse('InvalidRequest', 'A line between the chunks does not end in CRLF.')
      return line.slice(0, -1)
    },
    /** The same, where the source may end in the place of an empty line. */
    lastLine: async (): Promise<string> => (await readLine())?.replace(/\r$/, '') ?? '',
    /** At least one byte, and at most so many. */
    async some(most: number): Promise<Uint8Array> {
      if (!(await refill())) throw broken()
      const piece = held.subarray(0, most)
      held = held.subarray(most)
      return piece
    },
    async end(): Promise<void> {
      if (await refill()) throw refuse('InvalidRequest', 'There are bytes behind the last chunk.')
    },
  }
}

const broken = (): Error => refuse('IncompleteBody', 'The request body terminated unexpectedly')
