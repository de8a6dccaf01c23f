import type { Bytes } from '../../../support/pictures.ts'

export interface WrittenFrame {
  readonly x?: number
  readonly y?: number
  readonly width: number
  readonly height: number
  /** Colour indices, row by row, top to bottom. */
  readonly indices: ArrayLike<number>
  /** R, G, B a colour, a power of two of them; the global table when absent. */
  readonly palette?: ArrayLike<number>
  readonly transparent?: number
  /** 0 to 7, as in the file. */
  readonly disposal?: number
  readonly interlaced?: boolean
  readonly codeSize?: number
}

export interface WrittenGif {
  readonly width: number
  readonly height: number
  readonly palette?: ArrayLike<number>
  readonly frames: readonly WrittenFrame[]
  readonly trailer?: boolean
  readonly version?: '87a' | '89a'
}

const uint16 = (value: number): number[] => [value & 0xff, value >> 8]
const tableFlags = (palette: ArrayLike<number> | undefined): number => (palette ? 0x80 | (Math.log2(palette.length / 3) - 1) : 0)

/** GIF by its specification: nothing is checked, so that files may be wrong. */
export function writeGif({ width, height, palette, frames, trailer = true, version = '89a' }: WrittenGif): Bytes {
  const bytes = [
    ...Buffer.from(`GIF${version}`),
    ...uint16(width),
    ...uint16(height),
    tableFlags(palette),
    0,
    0,
    ...Array.from(palette ?? []),
  ]
  for (const frame of frames) bytes.push(...writeFrame(frame, palette))
  return Uint8Array.from(trailer ? [...bytes, 0x3b] : bytes)
}

function writeFrame(frame: WrittenFrame, global: ArrayLike<number> | undefined): number[] {
  const { x = 0, y = 0, width, height, palette, transparent, disposal = 0, interlaced = false } = frame
  const control = [0x21, 0xf9, 4, (disposal << 2) | (transparent === undefined ? 0 : 1), 10, 0, transparent ?? 0, 0]
  const flags = tableFlags(palette) | (interlaced ? 0x40 : 0)
  const descriptor = [0x2c, ...uint16(x), ...uint16(y), ...uint16(width), ...uint16(height), flags, ...Array.from(palette ?? [])]
  const colours = (palette ?? global ?? { length: 12 }).length / 3
  const codeSize = frame.codeSize ?? Math.max(2, Math.log2(colours))
  const ordered = interlaced ? interlace(frame.indices, width, height) : Array.from(frame.indices)
  return [...(transparent === undefined && disposal === 0 ? [] : control), ...descriptor, codeSize, ...subBlocks(lzw(ordered, codeSize)), 0]
}

/** Rows in the order of the four passes. */
function interlace(indices: ArrayLike<number>, width: number, height: number): number[] {
  const rows = [0, 4, 2, 1].flatMap((start, pass) => {
    const step = [8, 8, 4, 2][pass]!
    return Array.from({ length: Math.max(0, Math.ceil((height - start) / step)) }, (_, i) => start + i * step)
  })
  return rows.flatMap((row) => Array.from({ length: width }, (_, x) => indices[row * width + x]!))
}

export function subBlocks(data: readonly number[]): number[] {
  const blocks: number[] = []
  for (let at = 0; at < data.length; at += 255) blocks.push(Math.min(255, data.length - at), ...data.slice(at, at + 255))
  return blocks
}

/** Codes of growing width, lowest bit first. Clears when the table is full, unless the file shall go on with it. */
export function lzw(indices: readonly number[], codeSize: number, clearsWhenFull = true): number[] {
  const clear = 1 << codeSize
  const bytes: number[] = []
  let [bits, count, width, next] = [0, 0, codeSize + 1, clear + 2]
  const table = new Map<string, number>()
  const put = (code: number): void => {
    bits |= code << count
    for (count += width; count >= 8; count -= 8, bits >>>= 8) bytes.push(bits & 0xff)
  }
  put(clear)
  let word = ''
  let wordCode = -1
  for (const index of indices) {
    const longer = `${word},${index}`
    const known = wordCode < 0 ? index : table.get(longer)
    if (known !== undefined) {
      ;[word, wordCode] = [longer, known]
      continue
    }
    put(wordCode)
    if (next < 4096) {
      table.set(longer, next)
      if (next === 1 << width) width++
      next++
    } else if (clearsWhenFull) {
      put(clear)
      table.clear()
      ;[width, next] = [codeSize + 1, clear + 2]
    }
    ;[word, wordCode] = [`,${index}`, index]
  }
  if (wordCode >= 0) put(wordCode)
  // The reader grows its table one code later than we do.
  if (next === 1 << width && width < 12) width++
  put(clear + 1)
  if (count > 0) bytes.push(bits & 0xff)
  return bytes
}
