import type { Core } from '../core.ts'
import { type ColourOrder, createColourCollector } from '../palette.ts'
import type { Band } from '../plane-stream.ts'
import { createQuantiser, type QuantiserExports } from '../quantise/quantiser.ts'
import type { GifColours } from './file.ts'

/** The colours of a frame, and how its rows become indices. */
export interface GifPalette {
  readonly colours: GifColours
  /** Whether every pixel has its colour in it. */
  readonly isExact: boolean
  /** Writes the indices of the row of RGBA at core offset `from`. Rows come top to bottom. */
  readonly mapRow: (from: number, to: number) => void
}

const MOST_COLOURS = 256
/** Rough work on a pixel: to count it, and to find its colour and write it. */
export const NS_TO_COUNT = 20
export const NS_TO_WRITE = 150

/** Chooses the colours of a picture: all of them exactly when there are at most 256, a transparent one among them. */
export function createColourChooser(core: Core<QuantiserExports>, width: number) {
  const few = createColourCollector()
  const quantiser = createQuantiser(core, width)
  let isWished = false
  return {
    /** Takes rows whose pixels are opaque or transparent black. */
    take(band: Band): void {
      for (let row = 0; row < band.rows && few.fits; row++)
        few.add(new Uint32Array(core.exports.memory.buffer, band.ptr + row * band.stride, width))
      quantiser.add(band)
    },
    /** There is a transparent colour in any case. */
    needTransparent(): void {
      few.add(Uint32Array.of(0))
      quantiser.addTransparent()
    },
    /** There is a transparent colour, unless the picture has 256 colours exactly. */
    wishTransparent(): void {
      isWished = true
      quantiser.addTransparent()
    },
    quantiser,
    palette(): GifPalette {
      const exact = few.palette(transparentFirst)
      if (!exact) return { colours: quantiser.palette(), isExact: false, mapRow: quantiser.mapper() }
      const isAdded = isWished && exact.colours[0] !== 0 && exact.colours.length < MOST_COLOURS
      const mapRow = (from: number, to: number): void => {
        const indices = core.bytes().subarray(to, to + width)
        exact.indices(new Uint32Array(core.exports.memory.buffer, from, width), indices)
        if (isAdded) for (let x = 0; x < width; x++) indices[x] = (indices[x] as number) + 1 // inside
      }
      return { colours: isAdded ? Uint32Array.from([0, ...exact.colours]) : exact.colours, isExact: true, mapRow }
    },
  }
}

/** Of the others the order is that in which they were found. */
const transparentFirst: ColourOrder = (colours) => (colours.includes(0) ? [0, ...colours.filter((pixel) => pixel !== 0)] : colours)
