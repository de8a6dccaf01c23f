// Puts an ICC profile into a file that has none; the pixels stay as they are.
import { deflateSync } from 'node:zlib'
import { pngChunk } from '../png-file.ts'

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0))

/** APP2 segments with so many bytes of the profile at most, behind the first marker; in reverse order if wanted. */
export function jpegWithProfile(file: Uint8Array, icc: Uint8Array, partBytes = 65_000, isReversed = false): Uint8Array {
  const count = Math.ceil(icc.length / partBytes)
  const parts = Array.from({ length: count }, (_, i) => {
    const data = icc.subarray(i * partBytes, (i + 1) * partBytes)
    const size = data.length + 16
    return Buffer.concat([Uint8Array.of(0xff, 0xe2, size >> 8, size & 255), ascii('ICC_PROFILE\0'), Uint8Array.of(i + 1, count), data])
  })
  return new Uint8Array(Buffer.concat([file.subarray(0, 2), ...(isReversed ? parts.toReversed() : parts), file.subarray(2)]))
}

/** Chunks directly behind IHDR. */
export function pngWithChunks(file: Uint8Array, chunks: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const made = Object.entries(chunks).map(([type, data]) => pngChunk(type, data))
  return new Uint8Array(Buffer.concat([file.subarray(0, 33), ...made, file.subarray(33)]))
}

export const iccChunk = (icc: Uint8Array): Uint8Array => new Uint8Array(Buffer.concat([ascii('icc\0\0'), deflateSync(icc)]))

export const pngWithProfile = (file: Uint8Array, icc: Uint8Array): Uint8Array => pngWithChunks(file, { iCCP: iccChunk(icc) })

/** Of a simple file, which becomes an extended one. */
export function webpWithProfile(file: Uint8Array, { width, height }: { width: number; height: number }, icc: Uint8Array): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Uint8Array => {
    const size = new Uint8Array(4)
    new DataView(size.buffer).setUint32(0, data.length, true)
    return new Uint8Array(Buffer.concat([ascii(type), size, data, new Uint8Array(data.length & 1)]))
  }
  const side = (value: number): readonly number[] => [(value - 1) & 255, (value - 1) >> 8, 0]
  const header = chunk('VP8X', Uint8Array.of(0x20, 0, 0, 0, ...side(width), ...side(height)))
  return chunk('RIFF', new Uint8Array(Buffer.concat([ascii('WEBP'), header, chunk('ICCP', icc), file.subarray(12)])))
}
