import type { Shape } from '../../../raster.ts'
import type { Core } from '../../core.ts'
import type { Band } from '../../plane-stream.ts'
import type { LosslessExports } from './exports.ts'
import { createImageReader, imageReaderBytes } from './image.ts'
import { readTransforms, rowBytes, transformRowsBytes } from './transforms.ts'

/** The rows of a picture, asked for in order: each is written somewhere as words A, R, G, B; 60 bytes behind them may be read. @throws AppError `invalid_image`. */
export type LosslessRow = (y: number) => number

/** Upper bound of the core's memory that `openLossless` takes. */
export const losslessBytes = (shape: Shape, dataBytes: number): number =>
  imageReaderBytes(shape, dataBytes) + transformRowsBytes(shape.width)

/**
 * Opens a VP8L bitstream behind its header (RFC 9649 §3.5): reads transforms and prefix codes, with rests in between. Memory is bounded by rows, a ring of 4 MiB and
 * 8 MiB of tables, all of the core's arena; the caller releases it.
 * @throws AppError `invalid_image`; `too_many_pixels` when the tables take more.
 */
export function openLossless(core: Core<LosslessExports>, data: Uint8Array, shape: Shape): Generator<Band, LosslessRow> {
  const reader = createImageReader(core, data, shape)
  const work = core.alloc(rowBytes(shape.width))
  return opened()

  function* opened(): Generator<Band, LosslessRow> {
    const { codedWidth, undo } = yield* readTransforms(core, reader, shape, work)
    const image = yield* reader.main({ width: codedWidth, height: shape.height })
    return (y) => {
      image.take(y, work)
      return undo.reduce((from, step) => step(y, from, work), work)
    }
  }
}
