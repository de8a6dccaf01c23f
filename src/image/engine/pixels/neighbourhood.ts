import { median as anyMedian } from '../../definitions/median.ts'
import { createRaster, type Raster } from '../../raster.ts'
import type { Core } from '../core.ts'
import { slideRows } from './row-window.ts'

export interface NeighbourhoodExports {
  medianRow(rows: number, size: number, to: number, pixels: number): void
  selectiveWiden(from: number, to: number, pixels: number): void
  selectiveRow(above: number, row: number, below: number, from: number, to: number, pixels: number): void
  median3Row(above: number, row: number, below: number, to: number, pixels: number): void
  enhanceWiden(from: number, to: number, pixels: number): void
  enhanceRow(rows: number, to: number, pixels: number): void
}

/** What counts of samples in a byte allow. */
const MOST_VECTOR_SIZE = 15

/** The median of every n×n neighbourhood, n odd; equal to `definitions/median.ts`, which also does the sizes over 15. */
export function median(core: Core<NeighbourhoodExports>, input: Raster, size: number): Raster {
  if (size > MOST_VECTOR_SIZE) return anyMedian(input, size)
  const { width } = input
  const radius = (size - 1) / 2
  const mark = core.mark()
  const pointers = core.alloc(size * 4)
  const output = slideRows(core, input, {
    radius,
    rowBytes: (width + 2 * radius) * 4,
    load(from, to) {
      const memory = core.bytes()
      memory.copyWithin(to + radius * 4, from, from + width * 4)
      for (let i = 0; i < radius; i++) {
        memory.copyWithin(to + i * 4, from, from + 4)
        memory.copyWithin(to + (radius + width + i) * 4, from + (width - 1) * 4, from + width * 4)
      }
    },
    emit(rows, to) {
      const [above, row, below] = rows as [number, number, number] // of three at least when the size is 3
      if (size === 3) return core.exports.median3Row(above, row, below, to, width)
      new Uint32Array(core.exports.memory.buffer, pointers, size).set(rows)
      return core.exports.medianRow(pointers, size, to, width)
    },
  })
  core.release(mark)
  return output
}

/** ImageMagick's enhance; `test/image/definitions/enhance.ts`, within one level of it. Smaller than 5×5 stays as it is. */
export function enhance(core: Core<NeighbourhoodExports>, input: Raster): Raster {
  const { width, height } = input
  if (width < 5 || height < 5) return { width, height, data: input.data.slice() }
  const mark = core.mark()
  const pointers = core.alloc(20)
  const output = slideRows(core, input, {
    radius: 2,
    rowBytes: (width + 4) * 16,
    load: (from, to) => core.exports.enhanceWiden(from, to, width),
    emit(rows, to) {
      new Uint32Array(core.exports.memory.buffer, pointers, 5).set(rows)
      core.exports.enhanceRow(pointers, to, width)
    },
  })
  core.release(mark)
  return output
}

/** GD's selective blur; equal to `test/image/definitions/selective-blur.ts` to the bit. Core memory: four rows, given back. */
export function selectiveBlur(core: Core<NeighbourhoodExports>, input: Raster): Raster {
  const { width, height, data } = input
  const output = createRaster(input)
  const mark = core.mark()
  const rowBytes = (width + 2) * 16
  const pixels = core.alloc(width * 4)
  let [above, row, below] = [core.alloc(rowBytes), core.alloc(rowBytes), core.alloc(rowBytes)]
  const load = (y: number, to: number): void => {
    if (y < height) core.bytes().set(data.subarray(y * width * 4, (y + 1) * width * 4), pixels)
    else core.bytes().fill(0, pixels, pixels + width * 4) // outside counts as black
    core.exports.selectiveWiden(pixels, to, width)
  }
  load(height, above)
  load(0, row)
  for (let y = 0; y < height; y++) {
    load(y + 1, below)
    core.bytes().set(data.subarray(y * width * 4, (y + 1) * width * 4), pixels)
    core.exports.selectiveRow(above, row, below, pixels, pixels, width)
    output.data.set(core.bytes().subarray(pixels, pixels + width * 4), y * width * 4)
    ;[above, row, below] = [row, below, above]
  }
  core.release(mark)
  return output
}
