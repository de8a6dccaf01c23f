import type { Raster } from '../../raster.ts'
import type { Core } from '../core.ts'
import { PNG_CHANNELS, type PngColourType } from './header.ts'
import { findPalette, type PngPalette } from './palette.ts'

export interface PngPackExports {
  pngPack(from: number, to: number, pixels: number, colourType: number): void
}

/** How a raster's pixels are written: exactly, in as few bits as they need. */
export interface PngForm {
  readonly colourType: PngColourType
  readonly bitDepth: number
  /** Of a whole pixel, at least 1; what the filters go by. */
  readonly bytesPerPixel: number
  readonly rowBytes: number
  /** RGB triples and alphas, with colour type 3. */
  readonly palette?: { readonly colours: Uint8Array; readonly alphas: Uint8Array }
  /** Writes row `y` at core offset `to`; 16 bytes behind it are touched. */
  putRow(y: number, to: number): void
}

/** A palette pays when its entries are few against the pixels. */
const PIXELS_PER_COLOUR = 8
/** More levels of gray than these are gray with filters, which smooth pictures like better. */
const MOST_GRAY_ENTRIES = 16

export function chooseForm(core: Core<PngPackExports>, raster: Raster): PngForm {
  const { width, height } = raster
  const isOpaque = holds(raster, (data, at) => data[at + 3] === 255)
  const isGray = holds(raster, (data, at) => data[at] === data[at + 1] && data[at] === data[at + 2])
  const palette = findPalette(raster)
  const pays = palette !== null && palette.colours.length * PIXELS_PER_COLOUR <= width * height
  if (pays && !(isGray && isOpaque && palette.colours.length > MOST_GRAY_ENTRIES)) return indexed(core, raster, palette)
  return direct(core, raster, isGray ? (isOpaque ? 0 : 4) : isOpaque ? 2 : 6)
}

function holds({ data, width, height }: Raster, isSo: (data: Uint8ClampedArray, at: number) => boolean): boolean {
  for (let at = 0, end = width * height * 4; at < end; at += 4) if (!isSo(data, at)) return false
  return true
}

/** Takes a row from the core's arena. */
function direct(core: Core<PngPackExports>, { data, width }: Raster, colourType: PngColourType): PngForm {
  const source = core.alloc(width * 4 + 16)
  return {
    colourType,
    bitDepth: 8,
    bytesPerPixel: PNG_CHANNELS[colourType],
    rowBytes: width * PNG_CHANNELS[colourType],
    putRow(y, to) {
      core.bytes().set(data.subarray(y * width * 4, (y + 1) * width * 4), source)
      core.exports.pngPack(source, to, width, colourType)
    },
  }
}

function indexed(core: Core, { width }: Raster, palette: PngPalette): PngForm {
  const entries = new Uint8Array(palette.colours.buffer)
  const bitDepth = [1, 2, 4].find((depth) => 2 ** depth >= palette.colours.length) ?? 8
  const rowBytes = Math.ceil((width * bitDepth) / 8)
  return {
    colourType: 3,
    bitDepth,
    bytesPerPixel: 1,
    rowBytes,
    palette: {
      colours: entries.filter((_, at) => (at & 3) !== 3),
      alphas: entries.filter((alpha, at) => (at & 3) === 3 && alpha < 255),
    },
    putRow: (y, to) => palette.pack(y * width, width, bitDepth, core.bytes().subarray(to, to + rowBytes)),
  }
}
