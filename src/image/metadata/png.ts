import { AppError } from '../../errors.ts'
import type { Core } from '../engine/core.ts'
import { behindData, chunkAt, chunkEnd, chunkParts, isIntact, type PngChunk } from '../engine/png/chunks.ts'
import { inflateWhole } from '../engine/png/icc.ts'
import type { InflateExports } from '../engine/png/inflater.ts'
import { ascii, bigEndian, concat, startsWith } from '../engine/bytes.ts'
import type { Carried } from './carried.ts'

const IHDR_END = 33
/** Chunks that are looked at before the search is given up: a bound on work. */
const MOST_CHUNKS = 10_000
/** A block of zlib that is stored as it is (RFC 1951 §3.2.4). */
const STORED_BYTES = 65_535
const XMP = ascii('XML:com.adobe.xmp\0')
const MOST_TEXT_BYTES = 65_536

/** The chunk eXIf. */
export function exifOfPng(file: Uint8Array): Uint8Array | null {
  for (const chunk of chunksOf(file)) if (chunk.type === 'eXIf') return dataOf(file, chunk)
  return null
}

/** The text whose keyword is XMP's: iTXt by the book, zTXt or tEXt as some writers have it. */
export function xmpOfPng(core: Core<InflateExports>, file: Uint8Array): Uint8Array | null {
  for (const chunk of chunksOf(file)) {
    const data = dataOf(file, chunk)
    if (/^(iTXt|zTXt|tEXt)$/.test(chunk.type) && startsWith(data, XMP)) return textOf(core, chunk.type, data.subarray(XMP.length))
  }
  return null
}

const dataOf = (file: Uint8Array, { start, length }: PngChunk): Uint8Array => file.subarray(start, start + length)

/** PNG §11.3.3.2 to 4, behind the keyword. `null` when it is damaged or too long. */
function textOf(core: Core<InflateExports>, type: string, data: Uint8Array): Uint8Array | null {
  if (type === 'tEXt') return data
  if (type === 'zTXt') return data[0] === 0 ? inflated(core, data.subarray(1)) : null
  // Whether it is compressed, how, a language, the keyword in it, the text.
  const language = data.indexOf(0, 2)
  const keyword = language < 0 ? -1 : data.indexOf(0, language + 1)
  if (keyword < 0) return null
  const text = data.subarray(keyword + 1)
  return data[0] === 0 ? text : data[1] === 0 ? inflated(core, text) : null
}

function inflated(core: Core<InflateExports>, data: Uint8Array): Uint8Array | null {
  const mark = core.mark()
  try {
    const whole = inflateWhole(core, data, MOST_TEXT_BYTES)
    return whole.length <= MOST_TEXT_BYTES ? whole : null
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  } finally {
    core.release(mark)
  }
}

function* chunksOf(file: Uint8Array): Generator<PngChunk> {
  let at = 8
  for (let count = 0; count < MOST_CHUNKS; count++) {
    const chunk = chunkAt(file, at)
    if (!chunk || chunk.type === 'IEND') return
    if (chunk.type === 'IDAT') {
      at = behindData(file, at)
      continue
    }
    if (chunk.type !== 'IHDR' && isIntact(file, chunk)) yield chunk
    at = chunkEnd(chunk)
  }
}

/** Puts metadata behind the header of a PNG. */
export function embedInPng(file: Uint8Array, { icc, exif, xmp }: Carried): Uint8Array {
  const chunks = [
    ...(icc ? [chunk('iCCP', concat([ascii('ICC profile\0\0'), ...stored(icc)]))] : []),
    ...(exif ? [chunk('eXIf', exif)] : []),
    ...(xmp ? [chunk('iTXt', concat([XMP, new Uint8Array(4), xmp]))] : []),
  ]
  return concat([file.subarray(0, IHDR_END), ...chunks, file.subarray(IHDR_END)])
}

const chunk = (type: string, data: Uint8Array): Uint8Array => concat(chunkParts(type, [data]))

/** zlib's form of bytes that are not compressed (RFC 1950, RFC 1951 §3.2.4). */
function stored(data: Uint8Array): readonly Uint8Array[] {
  const blocks = Array.from({ length: Math.ceil(data.length / STORED_BYTES) }, (_, i) => {
    const part = data.subarray(i * STORED_BYTES, (i + 1) * STORED_BYTES)
    const isLast = (i + 1) * STORED_BYTES >= data.length
    const size = [part.length & 255, part.length >> 8]
    return [Uint8Array.of(isLast ? 1 : 0, ...size, ...size.map((byte) => byte ^ 255)), part]
  })
  return [Uint8Array.of(0x78, 0x01), ...blocks.flat(), bigEndian(adler32(data))]
}

function adler32(data: Uint8Array): number {
  let [a, b] = [1, 0]
  for (const byte of data) {
    a = (a + byte) % 65521
    b = (b + a) % 65521
  }
  return ((b << 16) | a) >>> 0
}
