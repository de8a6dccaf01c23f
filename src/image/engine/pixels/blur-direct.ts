import { createRaster, type Raster } from '../../raster.ts'
import type { Core } from '../core.ts'

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

/** Bytes that the ring of filtered rows may take: wider pictures go through in columns. */
const RING_BYTES = 4 * 1024 * 1024
export const FLOAT_PIXEL_BYTES = 16
const SLACK = 64

export const roundUp4 = (count: number): number => (count + 3) & ~3

/** Separable filter with `taps` (an odd number) along rows and columns, edges repeated; `finish` turns each blurred row into pixels. */
export function blurDirectly(core: Core<BlurExports>, input: Raster, taps: Float64Array, finish: RowFinish): Raster {
  const output = createRaster(input)
  const columns = Math.min(input.width, Math.max(64, Math.floor(RING_BYTES / (FLOAT_PIXEL_BYTES * taps.length))))
  for (let left = 0; left < input.width; left += columns)
    blurColumns(core, input, output, taps, finish, left, Math.min(columns, input.width - left))
  return output
}

/** The columns [left, left + width) from top to bottom. */
function blurColumns(
  core: Core<BlurExports>,
  input: Raster,
  output: Raster,
  taps: Float64Array,
  finish: RowFinish,
  left: number,
  width: number,
): void {
  const { exports } = core
  const half = (taps.length - 1) / 2
  const mark = core.mark()
  const weights = allocFloats(core, taps)
  const slotBytes = roundUp4(width) * FLOAT_PIXEL_BYTES
  const pixels = core.alloc((width + 2 * half) * 4 + SLACK)
  const floats = core.alloc((roundUp4(width) + 2 * half) * FLOAT_PIXEL_BYTES + SLACK)
  const ring = core.alloc(taps.length * slotBytes)
  const rows = core.alloc(taps.length * 4)
  const sum = core.alloc(slotBytes)

  const first = Math.max(0, left - half)
  const last = Math.min(input.width, left + width + half)
  const before = Math.max(0, half - left)
  const load = (y: number): void => {
    putPixels(core, input, first, y, last - first, pixels)
    const row = floats + before * FLOAT_PIXEL_BYTES
    exports.toPremultipliedFloats(pixels, row, last - first)
    exports.extendRow(row, last - first, before, Math.max(0, left + width + half - input.width))
    exports.filterAlong(floats, ring + (y % taps.length) * slotBytes, width, weights, taps.length)
  }
  let loaded = 0
  for (let y = 0; y < input.height; y++) {
    for (; loaded < Math.min(input.height, y + half + 1); loaded++) load(loaded)
    const pointers = new Uint32Array(exports.memory.buffer, rows, taps.length)
    for (let k = 0; k < taps.length; k++)
      pointers[k] = ring + (Math.min(input.height - 1, Math.max(0, y + k - half)) % taps.length) * slotBytes
    exports.filterAcross(rows, weights, taps.length, sum, width)
    putPixels(core, input, left, y, width, pixels)
    finish(sum, pixels, pixels, width)
    output.data.set(core.bytes().subarray(pixels, pixels + width * 4), (y * input.width + left) * 4)
  }
  core.release(mark)
}

/** Copies `count` pixels of row `y` from column `x` on to core offset `to`. */
export function putPixels(core: Core, { data, width }: Raster, x: number, y: number, count: number, to: number): void {
  const from = (y * width + x) * 4
  core.bytes().set(data.subarray(from, from + count * 4), to)
}

export function allocFloats(core: Core, values: ArrayLike<number>): number {
  const at = core.alloc(values.length * 4)
  new Float32Array(core.exports.memory.buffer, at, values.length).set(values)
  return at
}
