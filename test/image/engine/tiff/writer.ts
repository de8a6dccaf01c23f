import { deflateSync } from 'node:zlib'
import type { Bytes } from '../../../support/pictures.ts'

export type WrittenCoding = 'none' | 'packbits' | 'lzw' | 'deflate'

export interface WrittenPage {
  readonly width: number
  readonly height: number
  readonly bits: number
  /** Samples a pixel. */
  readonly samples: number
  readonly photometric: number
  /** Pixel by pixel, row by row. */
  readonly data: ArrayLike<number>
  readonly coding?: WrittenCoding
  readonly isPlanar?: boolean
  readonly hasPredictor?: boolean
  readonly isReversed?: boolean
  /** Strips of so many rows, or tiles. */
  readonly rowsPerStrip?: number
  readonly tile?: { readonly width: number; readonly height: number }
  /** More fields: tag, type, values. They win over ours. */
  readonly fields?: readonly WrittenField[]
  /** Of blocks that are coded already, in the place of `data`. */
  readonly blocks?: readonly ArrayLike<number>[]
}

export type WrittenField = readonly [tag: number, type: 1 | 2 | 3 | 4 | 7 | 16, values: ArrayLike<number>]

const CODES = { none: 1, lzw: 5, deflate: 8, packbits: 32773 } as const
const SIZES = { 1: 1, 2: 1, 3: 2, 4: 4, 7: 1, 16: 8 } as const

/** TIFF or BigTIFF by its specification: nothing is checked, so that files may be wrong. */
export function writeTiff(pages: readonly WrittenPage[], isLittleEndian = true, isBig = false): Bytes {
  const word = isBig ? 8 : 4
  const number = (value: number, size: number): number[] => {
    const low = Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) & 255)
    return isLittleEndian ? low : low.toReversed()
  }
  const order = isLittleEndian ? [0x49, 0x49] : [0x4d, 0x4d]
  const bytes: number[] = isBig
    ? [...order, ...number(43, 2), ...number(8, 2), 0, 0, ...number(0, 8)]
    : [...order, ...number(42, 2), ...number(0, 4)]
  const append = (part: ArrayLike<number>): number => {
    const at = bytes.length
    for (let i = 0; i < part.length; i++) bytes.push(part[i]!)
    return at
  }
  let link = bytes.length - word
  for (const page of pages) {
    const plain = page.blocks ?? blocksOf(page, isLittleEndian)
    const blocks = plain.map((block) => encode(page.coding ?? 'none', page.isReversed ? Array.from(block, reverse) : Array.from(block)))
    const offsets = blocks.map(append)
    const [offsetTag, countTag] = page.tile ? [324, 325] : [273, 279]
    const shape: WrittenField[] = page.tile
      ? [
          [322, 3, [page.tile.width]],
          [323, 3, [page.tile.height]],
        ]
      : [[278, 4, [page.rowsPerStrip ?? page.height]]]
    const own: WrittenField[] = [
      [256, 4, [page.width]],
      [257, 4, [page.height]],
      [258, 3, Array.from({ length: page.samples }, () => page.bits)],
      [259, 3, [CODES[page.coding ?? 'none']]],
      [262, 3, [page.photometric]],
      [266, 3, [page.isReversed ? 2 : 1]],
      [277, 3, [page.samples]],
      [284, 3, [page.isPlanar ? 2 : 1]],
      [317, 3, [page.hasPredictor ? 2 : 1]],
      ...shape,
      [offsetTag, isBig ? 16 : 4, offsets],
      [countTag, isBig ? 16 : 4, blocks.map(({ length }) => length)],
    ]
    const given = new Set((page.fields ?? []).map(([tag]) => tag))
    const fields = [...own.filter(([tag]) => !given.has(tag)), ...(page.fields ?? [])].toSorted(([a], [b]) => a - b)
    const entries = fields.map(([tag, type, values]) => {
      const data = Array.from({ length: values.length }, (_, i) => number(values[i]!, SIZES[type])).flat()
      const inside = data.length <= word ? [...data, ...number(0, 8)].slice(0, word) : number(append(data), word)
      return [...number(tag, 2), ...number(type, 2), ...number(values.length, word), ...inside]
    })
    const at = append([...number(entries.length, isBig ? 8 : 2), ...entries.flat(), ...number(0, word)])
    number(at, word).forEach((byte, i) => void (bytes[link + i] = byte))
    link = bytes.length - word
  }
  return Uint8Array.from(bytes)
}

/** The bytes of strips or tiles, differenced where wished. */
function blocksOf(
  { width, height, bits, samples, data, isPlanar, hasPredictor, rowsPerStrip = height, tile }: WrittenPage,
  isLittleEndian: boolean,
): number[][] {
  const block = tile ?? { width, height: rowsPerStrip }
  const planes = isPlanar ? Array.from({ length: samples }, (_, i) => [i]) : [Array.from({ length: samples }, (_, i) => i)]
  const blocks: number[][] = []
  for (const plane of planes)
    for (let top = 0; top < height; top += block.height)
      for (let left = 0; left < width; left += block.width) {
        const rows = tile ? block.height : Math.min(block.height, height - top)
        const written: number[] = []
        for (let y = top; y < top + rows; y++) {
          const row: number[] = []
          for (let x = left; x < left + block.width; x++)
            for (const sample of plane) row.push(x < width && y < height ? data[(y * width + x) * samples + sample]! : 0)
          const stored = hasPredictor ? row.map((value, i) => (value - (row[i - plane.length] ?? 0)) & (2 ** bits - 1)) : row
          written.push(...pack(stored, bits, isLittleEndian))
        }
        blocks.push(written)
      }
  return blocks
}

function pack(row: readonly number[], bits: number, isLittleEndian: boolean): number[] {
  if (bits === 16) return row.flatMap((value) => (isLittleEndian ? [value & 255, value >> 8] : [value >> 8, value & 255]))
  const text = row.map((value) => value.toString(2).padStart(bits, '0')).join('')
  return Array.from({ length: Math.ceil(text.length / 8) }, (_, i) => Number.parseInt(text.slice(8 * i, 8 * i + 8).padEnd(8, '0'), 2))
}

const reverse = (byte: number): number => Number.parseInt(byte.toString(2).padStart(8, '0').split('').toReversed().join(''), 2)

function encode(coding: WrittenCoding, data: readonly number[]): number[] {
  switch (coding) {
    case 'deflate':
      return [...deflateSync(Uint8Array.from(data))]
    case 'packbits':
      return packBits(data)
    case 'lzw':
      return lzw(data)
    case 'none':
      return [...data]
  }
}

function packBits(data: readonly number[]): number[] {
  const packed: number[] = []
  for (let at = 0; at < data.length;) {
    let run = 1
    while (run < 128 && data[at + run] === data[at]) run++
    if (run > 1) {
      packed.push(257 - run, data[at]!)
      at += run
      continue
    }
    let literal = 1
    while (literal < 128 && at + literal < data.length && data[at + literal] !== data[at + literal + 1]) literal++
    packed.push(literal - 1, ...data.slice(at, at + literal))
    at += literal
  }
  return packed
}

function lzw(data: readonly number[]): number[] {
  const bytes: number[] = []
  let [bits, count, width, next] = [0, 0, 9, 258]
  const table = new Map<string, number>()
  const put = (code: number): void => {
    bits = (bits << width) | code
    count += width
    while (count >= 8) {
      count -= 8
      bytes.push((bits >> count) & 255)
      bits &= (1 << count) - 1
    }
  }
  put(256)
  let [word, wordCode] = ['', -1]
  for (const value of data) {
    const longer = `${word},${value}`
    const known = wordCode < 0 ? value : table.get(longer)
    if (known !== undefined) {
      ;[word, wordCode] = [longer, known]
      continue
    }
    put(wordCode)
    table.set(longer, next++)
    if (next === 1 << width) width++
    if (next === 4094) {
      put(256)
      table.clear()
      ;[width, next] = [9, 258]
    }
    ;[word, wordCode] = [`,${value}`, value]
  }
  if (wordCode >= 0) put(wordCode)
  next++
  if (next === 1 << width) width++
  put(257)
  if (count > 0) bytes.push((bits << (8 - count)) & 255)
  return bytes
}
