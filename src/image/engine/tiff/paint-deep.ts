import type { Core } from '../core.ts'
import type { PaintRow } from '../rows/painted.ts'
import { type Colour, SAMPLES, type TiffPicture } from './picture.ts'
import type { SampleRow } from './samples.ts'

/** Makes sRGB of 8 bits of a row whose pixels have four samples of 16 bits (R, G, B, A, or C, M, Y, K). Offsets in the core. */
type ConvertRow = (from: number, to: number, pixels: number) => void

const MOST = 65_535
/** The samples that make red, green and blue, or four inks. */
const PLACES: Readonly<Record<Colour, readonly number[]>> = {
  'white-is-zero': [0, 0, 0],
  gray: [0, 0, 0],
  rgb: [0, 1, 2],
  palette: [0, 0, 0],
  cmyk: [0, 1, 2, 3],
  lab: [0, 1, 2],
}

/** Memory of the rows on their way. */
export const deepPaintBytes = ({ bits, width }: TiffPicture): number => (bits > 8 ? 12 * width + 128 : 0)

/** Paints rows of more than 8 bits a sample: `convert` makes the colours, before any bit is lost. */
export function paintDeepSamples(core: Core, picture: TiffPicture, rowOf: (y: number) => SampleRow, convert: ConvertRow): PaintRow {
  const { width, bits, samples: step, colour, alpha } = picture
  const deep = core.alloc(8 * width)
  const levels = core.alloc(4 * width)
  const scale = MOST / ((1 << bits) - 1)
  const flip = colour === 'white-is-zero' ? MOST : 0
  const places = PLACES[colour].slice(0, Math.max(3, SAMPLES[colour]))
  return (y, row) => {
    const samples = rowOf(y)
    const to = new Uint16Array(core.exports.memory.buffer, deep, 4 * width)
    for (let x = 0, at = 0; x < width; x++, at += step) {
      const opacity = alpha ? Math.round((samples[at + alpha.at] ?? 0) * scale) : MOST
      to[4 * x + 3] = opacity
      for (const [i, place] of places.entries()) {
        const value = Math.round((samples[at + place] ?? 0) * scale) ^ flip
        to[4 * x + i] = alpha?.isAssociated ? straight(value, opacity) : value
      }
    }
    convert(deep, levels, width)
    row.set(new Uint32Array(core.exports.memory.buffer, levels, width))
  }
}

/** A colour that was multiplied by its alpha, without it. */
const straight = (value: number, alpha: number): number => (alpha === 0 ? 0 : Math.min(MOST, Math.round((value * MOST) / alpha)))
