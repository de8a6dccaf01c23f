import type { Core } from '../core.ts'
import { damagedPng } from './chunks.ts'
import { PNG_CHANNELS, type PngHeader, transparentColour } from './header.ts'

export interface PngRowExports {
  pngUnfilter(filter: number, from: number, above: number, to: number, bytes: number, bpp: number): number
  pngExpandIndexed(from: number, to: number, pixels: number, depth: number, table: number): void
  pngExpandRgb(from: number, to: number, pixels: number, key: number): void
  pngExpandGrayAlpha(from: number, to: number, pixels: number): void
  pngNarrow(from: number, to: number, samples: number): void
  pngExpandKeyed16(from: number, to: number, pixels: number, channels: number, red: number, green: number, blue: number): void
  pngDeepen(from: number, to: number, pixels: number, channels: number, isKeyed: number, red: number, green: number, blue: number): void
}

/** Makes sRGB of 8 bits of a row whose pixels have four samples of 16 bits (R, G, B, A). Offsets in the core. */
export type ConvertDeepRow = (from: number, to: number, pixels: number) => void

/** Room that the row functions of the core may touch behind a row. */
export const ROW_SLACK = 64
const NO_KEY = 0xffffffff

/** Bytes of a row of `width` pixels without its filter byte (PNG §7.2). */
export const pngRowBytes = ({ colourType, bitDepth }: Pick<PngHeader, 'colourType' | 'bitDepth'>, width: number): number =>
  Math.ceil((width * bitDepth * PNG_CHANNELS[colourType]) / 8)

export interface PngRowReader {
  /** Begins a picture or an Adam7 pass of `width` pixels a row: the row above its first is zero. */
  start(width: number): void
  /** Turns the filtered row at `from` (filter byte first) into RGBA at `to`. @throws AppError `invalid_image`. */
  read(from: number, to: number): void
}

/**
 * Turns filtered rows into straight-alpha RGBA. Samples of 16 bits are rounded, or made into levels of 8 by `convert`. Its memory (three rows at most, and with
 * `convert` 8 bytes a pixel) is of the core's arena; the caller releases it.
 */
export function createPngRowReader(core: Core<PngRowExports>, header: PngHeader, convert?: ConvertDeepRow): PngRowReader {
  const capacity = pngRowBytes(header, header.width) + ROW_SLACK
  const bitsPerPixel = header.bitDepth * PNG_CHANNELS[header.colourType]
  const bytesPerPixel = Math.max(1, bitsPerPixel >> 3)
  let plain = core.alloc(capacity)
  let above = core.alloc(capacity)
  const expand = convert && header.bitDepth === 16 ? createDeepExpander(core, header, convert) : createExpander(core, header)
  let [width, bytes] = [0, 0]
  return {
    start(pixels) {
      width = pixels
      bytes = pngRowBytes(header, pixels)
      core.bytes().fill(0, above, above + capacity)
    },
    read(from, to) {
      const filter = core.bytes()[from] ?? 0
      if (core.exports.pngUnfilter(filter, from + 1, above, plain, bytes, bytesPerPixel) === 0) throw damagedPng(`row filter ${filter}`)
      expand(plain, to, width)
      ;[plain, above] = [above, plain]
    },
  }
}

type Expander = (from: number, to: number, pixels: number) => void

function createDeepExpander(core: Core<PngRowExports>, header: PngHeader, convert: ConvertDeepRow): Expander {
  const { exports } = core
  const key = transparentColour(header)
  const channels = PNG_CHANNELS[header.colourType]
  const deep = core.alloc(8 * header.width)
  return (from, to, pixels) => {
    exports.pngDeepen(from, deep, pixels, channels, key ? 1 : 0, ...(key ?? ([0, 0, 0] as const)))
    convert(deep, to, pixels)
  }
}

function createExpander(core: Core<PngRowExports>, header: PngHeader): Expander {
  const { exports } = core
  const { colourType, bitDepth } = header
  const key = transparentColour(header)
  if (bitDepth === 16) {
    if (key !== null) return (from, to, pixels) => exports.pngExpandKeyed16(from, to, pixels, PNG_CHANNELS[colourType], ...key)
    const narrow = createExpander(core, { ...header, bitDepth: 8 })
    const samples = PNG_CHANNELS[colourType]
    const narrowed = core.alloc(header.width * samples + ROW_SLACK) // not in place: the next row's filter refers to all 16 bits
    return (from, to, pixels) => {
      exports.pngNarrow(from, narrowed, pixels * samples)
      narrow(narrowed, to, pixels)
    }
  }
  if (colourType === 2) {
    const packed = key === null ? NO_KEY : key[0] | (key[1] << 8) | (key[2] << 16)
    return (from, to, pixels) => exports.pngExpandRgb(from, to, pixels, packed)
  }
  if (colourType === 4) return (from, to, pixels) => exports.pngExpandGrayAlpha(from, to, pixels)
  if (colourType === 6) return (from, to, pixels) => void core.bytes().copyWithin(to, from, from + pixels * 4)
  const table = core.alloc(1024)
  core.bytes().set(colourType === 3 ? paletteTable(header) : grayTable(header), table)
  return (from, to, pixels) => exports.pngExpandIndexed(from, to, pixels, bitDepth, table)
}

/** RGBA of every index. Beyond the palette's end it is opaque black, as libpng shows it. */
function paletteTable({ palette, transparency }: PngHeader): Uint8Array {
  return Uint8Array.from({ length: 1024 }, (_, at) => {
    const [index, channel] = [at >> 2, at & 3]
    return channel === 3 ? (transparency[index] ?? 255) : (palette[index * 3 + channel] ?? 0)
  })
}

/** RGBA of every gray sample: v · 255 / (2^depth − 1), exact for all depths up to 8. */
function grayTable(header: PngHeader): Uint8Array {
  const scale = 255 / (2 ** header.bitDepth - 1)
  const transparent = transparentColour(header)?.[0]
  return Uint8Array.from({ length: 1024 }, (_, at) => {
    const sample = at >> 2
    return (at & 3) === 3 ? (sample === transparent ? 0 : 255) : sample * scale
  })
}
