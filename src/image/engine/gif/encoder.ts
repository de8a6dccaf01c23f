import { AppError } from '../../../errors.ts'
import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { joinParts, resultBytes } from '../parts.ts'
import type { Band } from '../plane-stream.ts'
import { quantiserBytes, type QuantiserExports } from '../quantise/quantiser.ts'
import type { Drain, Picture, PixelRows } from '../rows/pixel-rows.ts'
import { createColourChooser, NS_TO_COUNT, NS_TO_WRITE } from './colours.ts'
import { frameHeader, gifHeader, indexBits, STILL, trailer } from './file.ts'
import { createGifLzwWriter, gifLzwBytes, type GifLzwExports } from './lzw-writer.ts'

export type GifEncoderCore = Core<QuantiserExports & GifLzwExports>

const MAX_SIDE = 65_535

/**
 * Encodes a GIF (89a). With at most 256 colours the pixels that come back are exactly the picture's; else 256 are chosen, and what is lost is handed on to the
 * pixels around. Half transparent pixels become opaque, less opaque ones transparent. Equal pictures give equal bytes on every machine. The rows are read
 * twice: to choose the colours, then to be written. Memory is bounded by the histogram, some rows and the file.
 * @throws AppError `output_too_large` for a side of more than 65,535 pixels, which the format cannot say, or a file that is too large.
 */
export async function encodeGif(core: GifEncoderCore, picture: Picture, drain: Drain): Promise<Uint8Array> {
  refuseLargeGif(picture)
  const { width, height } = picture
  const mark = core.mark()
  try {
    const chooser = createColourChooser(core, width)
    await picture.read((rows) => drain(binaryRows(core, rows), (band) => chooser.take(band), NS_TO_COUNT))
    const { colours, mapRow } = chooser.palette()
    const indices = core.alloc(width)
    const writer = createGifLzwWriter(core, width, indexBits(colours))
    const write = ({ ptr, stride, rows: count }: Band): void => {
      for (let row = 0; row < count; row++) {
        mapRow(ptr + row * stride, indices)
        writer.write(indices, width)
      }
    }
    await picture.read((rows) => drain(binaryRows(core, rows), write, NS_TO_WRITE))
    const frame = frameHeader({ x: 0, y: 0, width, height }, STILL, colours, false)
    return joinParts([gifHeader(picture, colours), frame, ...writer.end(), trailer()])
  } finally {
    core.release(mark)
  }
}

/** Upper bound of the bytes that `encodeGif` holds beside the rows: core memory, and the file. */
export const gifEncodeBytes = ({ width, height }: Shape): number =>
  quantiserBytes(width) + width + gifLzwBytes(width) + resultBytes(2 * width * height + 4096)

/** @throws AppError `output_too_large` for a side that the format cannot say. */
export function refuseLargeGif({ width, height }: Shape): void {
  if (Math.max(width, height) <= MAX_SIDE) return
  const reason = `Expected sides of at most ${MAX_SIDE} pixels for GIF, received ${width}×${height}.`
  throw new AppError('output_too_large', { reason })
}

/** The rows of a picture, all of whose pixels are opaque or transparent black. */
export function binaryRows(core: Core<QuantiserExports>, rows: PixelRows): PixelRows {
  if (rows.isOpaque) return rows
  function* bands(): Generator<Band> {
    for (const band of rows.bands) {
      for (let row = 0; row < band.rows; row++) core.exports.binaryAlpha(band.ptr + row * band.stride, rows.width)
      yield band
    }
  }
  return { ...rows, bands: bands() }
}
