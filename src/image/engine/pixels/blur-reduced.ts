import { interpolationWeights } from '../../definitions/affine.ts'
import { allocateFloats, type BlurExports, FLOAT_PIXEL_BYTES, roundUp4 } from './blur-direct.ts'
import type { Core } from '../core.ts'
import { emitRows } from '../rows/stages.ts'
import { allocateRows, BAND_ROWS, type PixelRows, rowsBytes } from '../rows/pixel-rows.ts'

/** Taps that the reduced copy is filtered with, about. */
const REDUCED_TAPS = 53
/** Reduced columns and rows that the cubic needs beyond the picture's first and last. */
const BORDER = 2
const SLACK = 64

/** Side of a cell: odd, so that every tap lies nearest to one cell. */
const cellOf = (taps: number): number => Math.ceil(taps / REDUCED_TAPS) | 1
const reachOf = (taps: number, cell: number): number => Math.round((taps - 1) / 2 / cell) + 1
const columnsOf = (width: number, cell: number): number => Math.ceil(width / cell) + 2 * BORDER + 1

/** Core memory that `blurReduced` takes. */
export function blurReducedBytes(width: number, taps: number): number {
  const cell = cellOf(taps)
  const reach = reachOf(taps, cell)
  const columns = columnsOf(width, cell)
  const rowBytes = roundUp4(columns) * FLOAT_PIXEL_BYTES
  const floats = ((columns + 2 * reach) * cell + roundUp4(columns) + 2 * reach) * FLOAT_PIXEL_BYTES
  return floats + (2 * reach + 1 + 5) * rowBytes + cell * 16 + (2 * reach + 1) * 8 + rowsBytes(width, BAND_ROWS) + 8 * SLACK
}

/**
 * A wide Gaussian: the picture, with its edges repeated as far as the kernel reaches, is averaged over cells of f × f pixels, filtered there
 * with the summed taps, and enlarged by Catmull-Rom. The blurred picture bends so little over a cell (sigma is three of them or more) that the mean
 * error stays far below a level. Some fifty reduced rows are held.
 */
export function blurReduced(core: Core<BlurExports>, input: PixelRows, taps: Float64Array): PixelRows {
  const { width, height } = input
  const cell = cellOf(taps.length)
  const reduced = createReducedRows(core, input, cell, reducedTaps(taps, cell))
  const target = allocateRows(core, width, BAND_ROWS)
  const combined = core.alloc(reduced.rowBytes)
  const pointers = core.alloc(16)
  const down = core.alloc(16)
  const fractions = Array.from({ length: cell }, (_, k) => k / cell)
  const phases = allocateFloats(
    core,
    fractions.flatMap((t) => interpolationWeights(t, 'bicubic')),
  )
  const position = (y: number): number => (y + 0.5) / cell - 0.5
  const make = (y: number, to: number): void => {
    const at = position(y)
    const memory = core.exports.memory.buffer
    new Float32Array(memory, down, 4).set(interpolationWeights(at - Math.floor(at), 'bicubic'))
    new Uint32Array(memory, pointers, 4).set([-1, 0, 1, 2].map((offset) => reduced.at(Math.floor(at) + offset)))
    core.exports.filterAcross(pointers, down, 4, combined, reduced.columns)
    core.exports.enlargeRow(combined + BORDER * FLOAT_PIXEL_BYTES, cell, phases, to, width)
  }
  let ready = 0
  function* take(from: number, y: number): Generator<number> {
    for (const finished of reduced.take(from, y)) {
      while (ready < height && Math.floor(position(ready)) + 2 <= finished) ready++
      yield ready
    }
  }
  return { width, height, isOpaque: input.isOpaque, bands: emitRows(input, target, take, make) }
}

/**
 * The taps of each cell summed; cell m has those at distances nearest to m · cell. Averaging over cells and this summing widen the blur by a
 * variance of (cell² − 1) / 12 each: both are taken back by half that, in cells, of the taps' second difference.
 */
function reducedTaps(taps: Float64Array, cell: number): Float64Array {
  const half = (taps.length - 1) / 2
  const reach = reachOf(taps.length, cell)
  const sums = new Float64Array(2 * reach + 1)
  taps.forEach((tap, k) => {
    const at = reach + Math.round((k - half) / cell)
    sums[at] = (sums[at] ?? 0) + tap
  })
  const excess = (cell * cell - 1) / (12 * cell * cell)
  return sums.map((sum, m) => sum - excess * ((sums[m - 1] ?? 0) - 2 * sum + (sums[m + 1] ?? 0)))
}

interface ReducedRows {
  /** Groups of floats a row; group 0 is the cell BORDER before the picture's first. */
  readonly columns: number
  readonly rowBytes: number
  /** Takes row `y` of the picture, in order, and tells the numbers of the reduced rows that are finished by it, one at a time. */
  take(from: number, y: number): Generator<number>
  /** Offset of filtered row `j` (row 0 is the picture's first). The last four that were finished are there. */
  at(j: number): number
}

/** The reduced picture, filtered both ways, row by row. */
function createReducedRows(core: Core<BlurExports>, { width, height }: PixelRows, cell: number, taps: Float64Array): ReducedRows {
  const { exports } = core
  const reach = (taps.length - 1) / 2
  const columns = columnsOf(width, cell)
  const cells = columns + 2 * reach
  const before = (BORDER + reach) * cell
  const weights = allocateFloats(core, taps)
  const rowBytes = roundUp4(columns) * FLOAT_PIXEL_BYTES
  const floats = core.alloc(cells * cell * FLOAT_PIXEL_BYTES + SLACK)
  const sums = core.alloc((roundUp4(columns) + 2 * reach) * FLOAT_PIXEL_BYTES + SLACK)
  const ring = core.alloc(taps.length * rowBytes)
  const done = core.alloc(4 * rowBytes)
  const pointers = core.alloc(taps.length * 4)
  const slot = (j: number): number => ring + modulo(j, taps.length) * rowBytes

  /** Adds the row in `floats` to the sums, as often as it stands in the cell row. */
  const add = (repeats: number): void => exports.addCells(floats, cell, sums, cells, repeats / (cell * cell))
  const clear = (): void => void core.bytes().fill(0, sums, sums + cells * FLOAT_PIXEL_BYTES)
  /** The sums are cell row `j`: the last that reduced row `j - reach` waits for. */
  function* finish(j: number): Generator<number> {
    exports.filterAlong(sums, slot(j), columns, weights, taps.length)
    const finished = j - reach
    if (finished < -BORDER) return
    const rows = new Uint32Array(exports.memory.buffer, pointers, taps.length)
    for (let k = 0; k < taps.length; k++) rows[k] = slot(finished + k - reach)
    exports.filterAcross(pointers, weights, taps.length, done + modulo(finished, 4) * rowBytes, columns)
    yield finished
  }
  /** Cell rows that lie outside: they repeat the picture's first or last row. */
  function* repeat(from: number, to: number): Generator<number> {
    for (let j = from; j < to; j++) {
      clear()
      add(cell)
      yield* finish(j)
    }
  }
  const lastFinished = Math.floor((height - 0.5) / cell - 0.5) + 2
  return {
    columns,
    rowBytes,
    *take(from, y) {
      const row = floats + before * FLOAT_PIXEL_BYTES
      exports.toPremultipliedFloats(from, row, width)
      exports.extendRow(row, width, before, cells * cell - before - width)
      if (y === 0) yield* repeat(-BORDER - reach, 0)
      const j = Math.floor(y / cell)
      const isLast = y === height - 1
      if (y % cell === 0) clear()
      add(isLast ? (j + 1) * cell - y : 1)
      if (isLast || y % cell === cell - 1) yield* finish(j)
      if (isLast) yield* repeat(j + 1, lastFinished + reach + 1)
    },
    at: (j) => done + modulo(j, 4) * rowBytes,
  }
}

const modulo = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor
