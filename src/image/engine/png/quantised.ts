import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import type { Band } from '../plane-stream.ts'
import { createQuantiser, type QuantiserExports } from '../quantise/quantiser.ts'
import type { PngForm } from './form.ts'

export interface PngQuantiserExports extends QuantiserExports {
  premultiplyPixels(at: number, bytes: number): void
}

/** Chooses 256 colours with alpha for a picture that has more. */
export interface QuantisedFormChooser {
  /** Takes rows, and changes them. */
  take(band: Band): void
  /** When all rows were taken. Its rows must come top to bottom, and are changed. */
  form(): PngForm
}

/** Colours count by what is seen of them: they are compared premultiplied. What is opaque has entries of its own. */
export function createQuantisedFormChooser(core: Core<PngQuantiserExports>, { width }: Shape): QuantisedFormChooser {
  const quantiser = createQuantiser(core, width)
  return {
    take(band) {
      for (let row = 0; row < band.rows; row++) core.exports.premultiplyPixels(band.ptr + row * band.stride, width * 4)
      quantiser.add(band)
    },
    form() {
      const colours = quantiser.palette()
      const mapRow = quantiser.mapper()
      const entries = Uint8Array.from(new Uint8Array(colours.buffer))
      const alphas = colours.map((pixel) => pixel >>> 24)
      return {
        colourType: 3,
        bitDepth: 8,
        bytesPerPixel: 1,
        rowBytes: width,
        palette: {
          colours: entries.filter((_, at) => (at & 3) !== 3),
          alphas: Uint8Array.from(alphas.subarray(0, 1 + alphas.findLastIndex((alpha) => alpha < 255))),
        },
        putRow(from, to) {
          core.exports.premultiplyPixels(from, width * 4)
          mapRow(from, to)
        },
      }
    },
  }
}
