import type { Core } from '../core.ts'
import type { PixelRows } from '../rows/pixel-rows.ts'
import { slideRows, slideRowsBytes } from '../rows/stages.ts'

export interface NeighbourhoodExports {
  medianRow(rows: number, size: number, to: number, pixels: number): void
  selectiveWiden(from: number, to: number, pixels: number): void
  selectiveRow(above: number, row: number, below: number, from: number, to: number, pixels: number): void
  median3Row(above: number, row: number, below: number, to: number, pixels: number): void
  enhanceWiden(from: number, to: number, pixels: number): void
  enhanceRow(rows: number, to: number, pixels: number): void
}

/** The largest side of the square that the core's median takes: its counts of samples are bytes. */
export const MOST_MEDIAN_SIZE = 15

const medianWindow = (width: number, size: number) => ({ radius: (size - 1) / 2, rowBytes: (width + size - 1) * 4 })

/** Core memory that `median` takes. */
export const medianBytes = (width: number, size: number): number => slideRowsBytes(width, medianWindow(width, size)) + size * 4 + 16

/** The median of every n×n neighbourhood, n odd, 3 to 15; equal to `test/image/definitions/median.ts`. */
export function median(core: Core<NeighbourhoodExports>, input: PixelRows, size: number): PixelRows {
  const { width } = input
  const window = medianWindow(width, size)
  const { radius } = window
  const pointers = core.alloc(size * 4)
  return slideRows(core, input, {
    ...window,
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
}

const enhanceWindow = (width: number) => ({ radius: 2, rowBytes: (width + 4) * 16 })

/** Core memory that `enhance` takes. */
export const enhanceBytes = (width: number): number => slideRowsBytes(width, enhanceWindow(width)) + 32

/** ImageMagick's enhance; `test/image/definitions/enhance.ts`, within one level of it. Smaller than 5×5 stays as it is. */
export function enhance(core: Core<NeighbourhoodExports>, input: PixelRows): PixelRows {
  const { width, height } = input
  if (width < 5 || height < 5) return input
  const pointers = core.alloc(20)
  return slideRows(core, input, {
    ...enhanceWindow(width),
    load: (from, to) => core.exports.enhanceWiden(from, to, width),
    emit(rows, to) {
      new Uint32Array(core.exports.memory.buffer, pointers, 5).set(rows)
      core.exports.enhanceRow(pointers, to, width)
    },
  })
}

/** A row in floats, and the row as it came behind it. */
const selectiveWindow = (width: number) => ({ radius: 1, rowBytes: (width + 2) * 16 + width * 4 })

/** Core memory that `selectiveBlur` takes. */
export const selectiveBlurBytes = (width: number): number => slideRowsBytes(width, selectiveWindow(width))

/** GD's selective blur; equal to `test/image/definitions/selective-blur.ts` to the bit. */
export function selectiveBlur(core: Core<NeighbourhoodExports>, input: PixelRows): PixelRows {
  const { width } = input
  const pixels = (width + 2) * 16
  return slideRows(core, input, {
    ...selectiveWindow(width),
    outside: 'black',
    load(from, to) {
      core.exports.selectiveWiden(from, to, width)
      core.bytes().copyWithin(to + pixels, from, from + width * 4)
    },
    emit: (rows, to) => {
      const [above, row, below] = rows as [number, number, number] // three rows for radius 1
      core.exports.selectiveRow(above, row, below, row + pixels, to, width)
    },
  })
}
