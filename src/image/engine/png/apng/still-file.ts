import { concat } from '../../bytes.ts'
import { chunkAt, chunkEnd, chunkParts, PNG_SIGNATURE } from '../chunks.ts'
import { type PngFrame, SEQUENCE_BYTES } from './frames.ts'

/** What a picture needs beside its header and its data. */
const OF_PIXELS = ['PLTE', 'tRNS']
const SIDES_BYTES = 8

/** A frame of an animation as a still PNG, for decoders that know no animations. */
export function stillPng(file: Uint8Array, { width, height, dataAt, dataType }: PngFrame): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [PNG_SIGNATURE]
  for (let at = PNG_SIGNATURE.length, chunk = chunkAt(file, at); chunk && chunk.type !== 'IDAT'; chunk = chunkAt(file, at)) {
    const { type, start, length } = chunk
    const data = file.slice(start, start + length)
    if (type === 'IHDR') {
      const sides = new DataView(data.buffer, 0, SIDES_BYTES)
      sides.setUint32(0, width)
      sides.setUint32(4, height)
    }
    if (type === 'IHDR' || OF_PIXELS.includes(type)) parts.push(...chunkParts(type, [data]))
    at = chunkEnd(chunk)
  }
  const skipped = dataType === 'fdAT' ? SEQUENCE_BYTES : 0
  for (let at = dataAt, chunk = chunkAt(file, at); chunk?.type === dataType; chunk = chunkAt(file, at)) {
    parts.push(...chunkParts('IDAT', [file.slice(chunk.start + skipped, chunk.start + chunk.length)]))
    at = chunkEnd(chunk)
  }
  return concat([...parts, ...chunkParts('IEND', [])])
}
