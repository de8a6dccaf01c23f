import { interpolationWeights } from '../../definitions/affine.ts'
import { createRaster, type Raster } from '../../raster.ts'
import { allocFloats, type BlurExports, FLOAT_PIXEL_BYTES, putPixels, roundUp4 } from './blur-direct.ts'
import type { Core } from '../core.ts'

/** Taps that the reduced copy is filtered with, about. */
const REDUCED_TAPS = 53
/** Reduced columns and rows that the cubic needs beyond the picture's first and last. */
const BORDER = 2
const SLACK = 64

/**
 * A wide Gaussian: the picture, with its edges repeated as far as the kernel reaches, is averaged over cells of f × f pixels, filtered there
 * with the summed taps, and enlarged by Catmull-Rom. The blurred picture bends so little over a cell (sigma is three of them or more) that the mean
 * error stays far below a level. Rows stream: some fifty reduced rows are held.
 */
export function blurReduced(core: Core<BlurExports>, input: Raster, taps: Float64Array): Raster {
  const cell = Math.ceil(taps.length / REDUCED_TAPS) | 1 // odd, so that every tap lies nearest to one cell
  const weights = reducedTaps(taps, cell)
  const output = createRaster(input)
  const mark = core.mark()
  const rows = createReducedRows(core, input, cell, weights)
  const pixels = core.alloc(input.width * 4 + SLACK)
  const combined = core.alloc(rows.rowBytes)
  const pointers = core.alloc(16)
  const fractions = Array.from({ length: cell }, (_, k) => k / cell)
  const phases = allocFloats(
    core,
    fractions.flatMap((t) => interpolationWeights(t, 'bicubic')),
  )
  for (let y = 0; y < input.height; y++) {
    const at = (y + 0.5) / cell - 0.5
    const down = allocFloats(core, interpolationWeights(at - Math.floor(at), 'bicubic'))
    const around = [-1, 0, 1, 2].map((offset) => rows.at(Math.floor(at) + offset))
    new Uint32Array(core.exports.memory.buffer, pointers, 4).set(around)
    core.exports.filterAcross(pointers, down, 4, combined, rows.columns)
    core.release(down)
    core.exports.enlargeRow(combined + BORDER * FLOAT_PIXEL_BYTES, cell, phases, pixels, input.width)
    output.data.set(core.bytes().subarray(pixels, pixels + input.width * 4), y * input.width * 4)
  }
  core.release(mark)
  return output
}

/**
 * The taps of each cell summed; cell m has those at distances nearest to m · cell. Averaging over cells and this summing widen the blur by a
 * variance of (cell² − 1) / 12 each: both are taken back by half that, in cells, of the taps' second difference.
 */
function reducedTaps(taps: Float64Array, cell: number): Float64Array {
  const half = (taps.length - 1) / 2
  const reach = Math.round(half / cell) + 1
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
  /** Offset of filtered row `j` (row 0 is the picture's first); rows must be asked for in order, the last four stay. */
  at(j: number): number
}

/** The reduced picture, filtered both ways, row by row. */
function createReducedRows(core: Core<BlurExports>, input: Raster, cell: number, taps: Float64Array): ReducedRows {
  const { exports } = core
  const { width, height } = input
  const reach = (taps.length - 1) / 2
  const columns = Math.ceil(width / cell) + 2 * BORDER + 1
  const cells = columns + 2 * reach
  const before = (BORDER + reach) * cell
  const weights = allocFloats(core, taps)
  const rowBytes = roundUp4(columns) * FLOAT_PIXEL_BYTES
  const pixels = core.alloc(width * 4 + SLACK)
  const floats = core.alloc(cells * cell * FLOAT_PIXEL_BYTES + SLACK)
  const sums = core.alloc((roundUp4(columns) + 2 * reach) * FLOAT_PIXEL_BYTES + SLACK)
  const ring = core.alloc(taps.length * rowBytes)
  const done = core.alloc(4 * rowBytes)
  const pointers = core.alloc(taps.length * 4)
  let loaded = -BORDER - reach
  let finished = -BORDER - 1

  /** Averages the rows of cell row `j` into `sums`; beyond the picture they repeat its first or last row. */
  const load = (j: number): void => {
    core.bytes().fill(0, sums, sums + cells * FLOAT_PIXEL_BYTES)
    const [top, bottom] = [j * cell, (j + 1) * cell]
    const [first, last] = [clamp(top, height), clamp(bottom - 1, height)]
    for (let y = first; y <= last; y++) {
      const repeats = Math.min(bottom, y === height - 1 ? bottom : y + 1) - Math.max(top, y === 0 ? top : y)
      putPixels(core, input, 0, y, width, pixels)
      exports.toPremultipliedFloats(pixels, floats + before * FLOAT_PIXEL_BYTES, width)
      exports.extendRow(floats + before * FLOAT_PIXEL_BYTES, width, before, cells * cell - before - width)
      exports.addCells(floats, cell, sums, cells, repeats / (cell * cell))
    }
    exports.filterAlong(sums, slot(j), columns, weights, taps.length)
  }
  const slot = (j: number): number => ring + modulo(j, taps.length) * rowBytes
  const finish = (j: number): void => {
    for (; loaded <= j + reach; loaded++) load(loaded)
    const rows = new Uint32Array(exports.memory.buffer, pointers, taps.length)
    for (let k = 0; k < taps.length; k++) rows[k] = slot(j + k - reach)
    exports.filterAcross(pointers, weights, taps.length, done + modulo(j, 4) * rowBytes, columns)
  }
  return {
    columns,
    rowBytes,
    at(j) {
      for (; finished < j; finished++) finish(finished + 1)
      return done + modulo(j, 4) * rowBytes
    },
  }
}

const clamp = (y: number, height: number): number => Math.min(height - 1, Math.max(0, y))
const modulo = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor
