import type { Shape } from '../../../raster.ts'
import type { Core } from '../../core.ts'
import type { Band } from '../../plane-stream.ts'
import type { LosslessExports } from './exports.ts'
import { type ImageReader, tilesOf } from './image.ts'
import { damagedPixels } from './input.ts'

/** Undoes a transform on row `y` at `from` and says where the result lies: a row of the transform's own, or `to`, which may be `from`. */
type Undo = (y: number, from: number, to: number) => number

/** The transforms of a picture. */
export interface Transforms {
  /** Of the pixels as they are coded: several may be in one. */
  readonly codedWidth: number
  /** In the order in which they are undone. */
  readonly undo: readonly Undo[]
}

const [PREDICTOR, CROSS_COLOUR, SUBTRACT_GREEN] = [0, 1, 2]
const MODE_MASK = 15
const COLOURS = 256
/** Rows of modes are written by sixteen. */
const MODES_SLACK = 16
/** Bytes that may be touched behind a row, and the pixel that stands for the one behind the row above. */
const ROW_SLACK = 64

/** Bytes of a row of `width` pixels while it is transformed. */
export const rowBytes = (width: number): number => width * 4 + ROW_SLACK

/** Memory that the rows of transforms take at most: two of the predictor, one with colours, one to work on. */
export const transformRowsBytes = (width: number): number => 4 * (rowBytes(width) + 16)

/** Reads what comes in front of the pixels (RFC 9649 §4). `work` is a row to use. @throws AppError `invalid_image`. */
export function* readTransforms(
  core: Core<LosslessExports>,
  reader: ImageReader,
  { width, height }: Shape,
  work: number,
): Generator<Band, Transforms> {
  const { exports } = core
  const { input } = reader
  const undo: Undo[] = []
  const seen = new Set<number>()
  let codedWidth = width
  while (input.bits(1) === 1) {
    const kind = input.bits(2)
    if (seen.has(kind)) throw damagedPixels()
    seen.add(kind)
    if (kind === PREDICTOR) undo.unshift(yield* predictor(codedWidth))
    else if (kind === CROSS_COLOUR) undo.unshift(yield* crossColour(codedWidth))
    else if (kind === SUBTRACT_GREEN) undo.unshift(subtractGreen(codedWidth))
    else {
      const colours = input.bits(8) + 1
      const bits = colours > 16 ? 0 : colours > 4 ? 1 : colours > 2 ? 2 : 3
      undo.unshift(yield* colourIndexing(codedWidth, colours, bits))
      codedWidth = tilesOf(codedWidth, bits)
    }
  }
  return { codedWidth, undo }

  function* predictor(rowWidth: number): Generator<Band, Undo> {
    const bits = input.bits(3) + 2
    const shape = { width: tilesOf(rowWidth, bits), height: tilesOf(height, bits) }
    let [above, own] = [core.alloc(rowBytes(rowWidth)), core.alloc(rowBytes(rowWidth))]
    const modes = reader.keep(shape.width * shape.height + MODES_SLACK)
    yield* reader.small(shape, (image, y) => {
      image.take(y, work)
      exports.vp8lGreens(work, modes + y * shape.width, shape.width, MODE_MASK)
    })
    return (y, from) => {
      ;[above, own] = [own, above]
      if (y === 0) exports.vp8lPredictFirst(from, own, rowWidth)
      else exports.vp8lPredict(from, above, own, rowWidth, modes + (y >> bits) * shape.width, bits)
      return own
    }
  }

  function* crossColour(rowWidth: number): Generator<Band, Undo> {
    const bits = input.bits(3) + 2
    const shape = { width: tilesOf(rowWidth, bits), height: tilesOf(height, bits) }
    const codes = reader.keep(shape.width * shape.height * 4)
    yield* reader.small(shape, (image, y) => image.take(y, codes + y * shape.width * 4))
    return (y, from, to) => {
      exports.vp8lCrossColour(from, to, rowWidth, codes + (y >> bits) * shape.width * 4, bits)
      return to
    }
  }

  function subtractGreen(rowWidth: number): Undo {
    return (_y, from, to) => {
      exports.vp8lAddGreen(from, to, rowWidth)
      return to
    }
  }

  function* colourIndexing(rowWidth: number, colours: number, bits: number): Generator<Band, Undo> {
    const own = core.alloc(rowBytes(rowWidth))
    const table = reader.keep(COLOURS * 4)
    core.bytes().fill(0, table, table + COLOURS * 4)
    yield* reader.small({ width: colours, height: 1 }, (image, y) => image.take(y, table))
    // "each final color is obtained by adding the previous color component values"
    const bytes = core.bytes().subarray(table, table + colours * 4)
    for (let at = 4; at < bytes.length; at++) bytes[at] = (bytes[at] as number) + (bytes[at - 4] as number)
    return (_y, from) => {
      exports.vp8lIndexed(from, own, rowWidth, bits, table)
      return own
    }
  }
}
