import type { Bytes } from '../../../support/pictures.ts'
import { dibHead, packRows, type WrittenBmp } from '../bmp/writer.ts'

export interface WrittenEntry {
  /** What lies in the file: a PNG, or what `iconBitmap` makes. */
  readonly content: Uint8Array
  readonly bitsPerPixel?: number
  /** Instead of the content's own. */
  readonly start?: number
  readonly bytes?: number
}

/** A bitmap as icons have it: twice its height in the header, and a mask of one bit a pixel behind. `isClear`: where the mask is 1. */
export function iconBitmap(picture: WrittenBmp, isClear: (x: number, y: number) => boolean): Bytes {
  const { width, height } = picture
  const mask = Array.from({ length: width * height }, (_, i) => (isClear(i % width, Math.floor(i / width)) ? 1 : 0))
  const head = dibHead({ ...picture, height: 2 * height }, 0)
  return Uint8Array.from([...head, ...packRows(picture), ...packRows({ width, height, bitsPerPixel: 1, words: mask })])
}

export function writeIcon(entries: readonly WrittenEntry[], type: 1 | 2 = 1): Bytes {
  let at = 6 + 16 * entries.length
  const directory = entries.flatMap(({ content, bitsPerPixel = 32, start = at, bytes = content.length }) => {
    const entry = new DataView(new ArrayBuffer(16))
    entry.setUint16(6, bitsPerPixel, true)
    entry.setUint32(8, bytes, true)
    entry.setUint32(12, start, true)
    at += content.length
    return [...new Uint8Array(entry.buffer)]
  })
  return Uint8Array.from([
    0,
    0,
    type,
    0,
    entries.length & 255,
    entries.length >> 8,
    ...directory,
    ...entries.flatMap(({ content }) => [...content]),
  ])
}
