import { allocateRows, BAND_ROWS, type PixelRows, rowsBytes } from '../rows/pixel-rows.ts'
import type { Core } from '../core.ts'
import { lagging } from '../rows/stages.ts'

export interface BlurExports {
  toPremultipliedFloats(from: number, to: number, pixels: number): void
  fromPremultipliedFloats(from: number, to: number, pixels: number): void
  extendRow(row: number, pixels: number, before: number, behind: number): void
  filterAlong(from: number, to: number, pixels: number, taps: number, count: number): void
  filterAcross(rows: number, taps: number, count: number, to: number, pixels: number): void
  addCells(from: number, cell: number, sums: number, cells: number, weight: number): void
  enlargeRow(from: number, cell: number, phases: number, to: number, pixels: number): void
  sharpenRow(pixelsAt: number, blurred: number, to: number, pixels: number, parameters: number): void
}

/** Writes `count` pixels at `to` from blurred floats at `from` and the unblurred pixels at `pixels`. */
export type RowFinish = (from: number, pixels: number, to: number, count: number) => void

export const FLOAT_PIXEL_BYTES = 16
const SLACK = 64

export const roundUp4 = (count: number): number => (count + 3) & ~3

/** Core memory that `blurDirectly` takes. */
export const blurDirectlyBytes = (width: number, taps: number): number =>
  taps * (roundUp4(width) * (FLOAT_PIXEL_BYTES + 4) + 8) +
  (2 * roundUp4(width) + taps) * FLOAT_PIXEL_BYTES +
  rowsBytes(width, BAND_ROWS) +
  4 * SLACK

/** Separable filter with `taps` (an odd number) along rows and columns, edges repeated; `finish` turns each blurred row into pixels. */
export function blurDirectly(core: Core<BlurExports>, input: PixelRows, taps: Float64Array, finish: RowFinish): PixelRows {
  const { exports } = core
  const { width, height } = input
  const count = taps.length
  const half = (count - 1) / 2
  const weights = allocateFloats(core, taps)
  const slotBytes = roundUp4(width) * FLOAT_PIXEL_BYTES
  const floats = core.alloc((roundUp4(width) + 2 * half) * FLOAT_PIXEL_BYTES + SLACK)
  const ring = core.alloc(count * slotBytes)
  /** The rows as they came, for as long as they are in the ring. */
  const pixelBytes = roundUp4(width) * 4
  const pixels = core.alloc(count * pixelBytes + SLACK)
  const pointers = core.alloc(count * 4)
  const sum = core.alloc(slotBytes)
  const target = allocateRows(core, width, BAND_ROWS)
  const take = (from: number, y: number): void => {
    const slot = y % count
    core.bytes().copyWithin(pixels + slot * pixelBytes, from, from + width * 4)
    const row = floats + half * FLOAT_PIXEL_BYTES
    exports.toPremultipliedFloats(from, row, width)
    exports.extendRow(row, width, half, half)
    exports.filterAlong(floats, ring + slot * slotBytes, width, weights, count)
  }
  const make = (y: number, to: number): void => {
    const rows = new Uint32Array(exports.memory.buffer, pointers, count)
    for (let k = 0; k < count; k++) rows[k] = ring + (Math.min(height - 1, Math.max(0, y + k - half)) % count) * slotBytes
    exports.filterAcross(pointers, weights, count, sum, width)
    finish(sum, pixels + (y % count) * pixelBytes, to, width)
  }
  return { width, height, isOpaque: input.isOpaque, bands: lagging(input, half, target, take, make) }
}

export function allocateFloats(core: Core, values: ArrayLike<number>): number {
  const at = core.alloc(values.length * 4)
  new Float32Array(core.exports.memory.buffer, at, values.length).set(values)
  return at
}
