import { AppError } from '../../../errors.ts'
import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { type ColourOrder, createColourCollector } from '../palette.ts'
import { joinParts, resultBytes } from '../parts.ts'
import type { Band } from '../plane-stream.ts'
import { createQuantiser, mapperBytes, QUANTISER_BYTES, type QuantiserExports } from '../quantise/quantiser.ts'
import type { Drain, Picture, PixelRows } from '../rows/pixel-rows.ts'
import { frameHeader, gifHeader, indexBits, STILL, trailer, type GifColours } from './file.ts'
import { createGifLzwWriter, gifLzwBytes, type GifLzwExports } from './lzw-writer.ts'

export type GifEncoderCore = Core<QuantiserExports & GifLzwExports>

const MAX_SIDE = 65_535
/** Rough work on a pixel: to count it, and to find its colour and write it. */
const NS_TO_COUNT = 20
const NS_TO_WRITE = 150

/**
 * Encodes a GIF (89a). With at most 256 colours the pixels that come back are exactly the picture's; else 256 are chosen, and what is lost is handed on to the
 * pixels around. Half transparent pixels become opaque, less opaque ones transparent. Equal pictures give equal bytes on every machine. The rows are read
 * twice: to choose the colours, then to be written. Memory is bounded by the histogram, some rows and the file.
 * @throws AppError `output_too_large` for a side of more than 65,535 pixels, which the format cannot say, or a file that is too large.
 */
export async function encodeGif(core: GifEncoderCore, picture: Picture, drain: Drain): Promise<Uint8Array> {
  refuseLargeSides(picture)
  const { width, height } = picture
  const mark = core.mark()
  try {
    const chooser = createColourChooser(core, width)
    await picture.read((rows) => drain(rows, (band) => chooser.take(rows, band), NS_TO_COUNT))
    const { colours, mapRow } = chooser.choice()
    const indices = core.alloc(width)
    const writer = createGifLzwWriter(core, width, indexBits(colours))
    await picture.read((rows) =>
      drain(
        rows,
        (band) =>
          eachRow(core, rows, band, (row) => {
            mapRow(row, indices)
            writer.write(indices, width)
          }),
        NS_TO_WRITE,
      ),
    )
    const frame = frameHeader({ x: 0, y: 0, width, height }, STILL, colours, false)
    return joinParts([gifHeader(picture, colours), frame, ...writer.end(), trailer()])
  } finally {
    core.release(mark)
  }
}

/** Upper bound of the bytes that `encodeGif` holds beside the rows: core memory, and the file. */
export const gifEncodeBytes = ({ width, height }: Shape): number =>
  QUANTISER_BYTES + mapperBytes(width) + width + gifLzwBytes(width) + resultBytes(2 * width * height + 4096)

function refuseLargeSides({ width, height }: Shape): void {
  if (Math.max(width, height) <= MAX_SIDE) return
  const reason = `Expected sides of at most ${MAX_SIDE} pixels for GIF, received ${width}×${height}.`
  throw new AppError('output_too_large', { reason })
}

interface Choice {
  readonly colours: GifColours
  /** Writes the indices of the row of RGBA at core offset `from`. Rows come top to bottom. */
  readonly mapRow: (from: number, to: number) => void
}

/** Looks at all rows of a picture. */
function createColourChooser(core: GifEncoderCore, width: number) {
  const few = createColourCollector()
  const quantiser = createQuantiser(core, width)
  return {
    take(rows: PixelRows, band: Band): void {
      eachRow(core, rows, band, (row) => {
        if (few.fits) few.add(new Uint32Array(core.exports.memory.buffer, row, width))
      })
      quantiser.add(band)
    },
    choice(): Choice {
      const exact = few.palette(transparentFirst)
      if (!exact) return { colours: quantiser.palette(), mapRow: quantiser.mapper() }
      const toIndices = (from: number, to: number): void =>
        exact.indices(new Uint32Array(core.exports.memory.buffer, from, width), core.bytes().subarray(to, to + width))
      return { colours: exact.colours, mapRow: toIndices }
    },
  }
}

/** Of the others the order is that in which they were found. */
const transparentFirst: ColourOrder = (colours) => (colours.includes(0) ? [0, ...colours.filter((pixel) => pixel !== 0)] : colours)

/** Gives each row of a band, all of whose pixels are opaque or transparent black. */
function eachRow(core: GifEncoderCore, { width, isOpaque }: PixelRows, { ptr, stride, rows }: Band, see: (row: number) => void): void {
  for (let row = 0; row < rows; row++) {
    const at = ptr + row * stride
    if (!isOpaque) core.exports.binaryAlpha(at, width)
    see(at)
  }
}
