import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import type { Band } from '../plane-stream.ts'
import { PNG_CHANNELS, type PngColourType } from './header.ts'
import { createColourCollector, type Palette } from '../palette.ts'

export interface PngPackExports {
  pngPack(from: number, to: number, pixels: number, colourType: number): void
  isOpaque(pixels: number, bytes: number): number
}

/** How a picture's pixels are written: exactly, in as few bits as they need. */
export interface PngForm {
  readonly colourType: PngColourType
  readonly bitDepth: number
  /** Of a whole pixel, at least 1; what the filters go by. */
  readonly bytesPerPixel: number
  readonly rowBytes: number
  /** RGB triples and alphas, with colour type 3. */
  readonly palette?: { readonly colours: Uint8Array<ArrayBuffer>; readonly alphas: Uint8Array<ArrayBuffer> }
  /** Writes the row of RGBA at core offset `from` to `to`; 16 bytes behind it are touched. */
  putRow(from: number, to: number): void
}

/** A palette pays when its entries are few against the pixels. */
const PIXELS_PER_COLOUR = 8
/** More levels of gray than these are gray with filters, which smooth pictures like better. */
const MOST_GRAY_ENTRIES = 16

/** Looks at a picture's rows to choose their form. */
export interface FormChooser {
  /** False when no further row can change the form. */
  readonly isOpen: boolean
  /** Whether the colours so far are 256 at most. */
  readonly fitsPalette: boolean
  take(band: Band): void
  /** Of what was taken; it is decided when all rows were taken, or when it is open no more. */
  form(): PngForm
}

/** `isOpaque`: no pixel can be transparent, so that alphas are not looked at. */
export function createFormChooser(core: Core<PngPackExports>, shape: Shape, isOpaque: boolean): FormChooser {
  const { width, height } = shape
  const colours = createColourCollector()
  let allOpaque = true
  let allGray = true
  return {
    get isOpen() {
      return (allOpaque && !isOpaque) || allGray || colours.fits
    },
    get fitsPalette() {
      return colours.fits
    },
    take({ ptr, stride, rows }) {
      const { buffer } = core.exports.memory
      for (let row = 0; row < rows; row++) {
        const at = ptr + row * stride
        if (allOpaque && !isOpaque) allOpaque = core.exports.isOpaque(at, width * 4) !== 0
        const pixels = new Uint32Array(buffer, at, width)
        if (allGray) allGray = isGray(pixels)
        if (colours.fits) colours.add(pixels)
      }
    },
    form() {
      const palette = colours.palette()
      const pays = palette !== null && palette.colours.length * PIXELS_PER_COLOUR <= width * height
      if (pays && !(allGray && allOpaque && palette.colours.length > MOST_GRAY_ENTRIES)) return indexed(core, shape, palette)
      return direct(core, shape, allGray ? (allOpaque ? 0 : 4) : allOpaque ? 2 : 6)
    },
  }
}

function isGray(pixels: Uint32Array): boolean {
  for (const pixel of pixels) if (((pixel ^ (pixel >>> 8)) & 0xffff) !== 0) return false
  return true
}

const direct = (core: Core<PngPackExports>, { width }: Shape, colourType: PngColourType): PngForm => ({
  colourType,
  bitDepth: 8,
  bytesPerPixel: PNG_CHANNELS[colourType],
  rowBytes: width * PNG_CHANNELS[colourType],
  putRow: (from, to) => core.exports.pngPack(from, to, width, colourType),
})

function indexed(core: Core, { width }: Shape, palette: Palette): PngForm {
  const entries = Uint8Array.from(new Uint8Array(palette.colours.buffer))
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
    putRow: (from, to) =>
      palette.pack(new Uint32Array(core.exports.memory.buffer, from, width), bitDepth, core.bytes().subarray(to, to + rowBytes)),
  }
}
