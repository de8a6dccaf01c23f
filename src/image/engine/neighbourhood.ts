import { median as anyMedian } from '../kernels/median.ts'
import type { Raster } from '../raster.ts'
import type { Core } from './core.ts'
import { slideRows } from './row-window.ts'

export interface NeighbourhoodExports {
  median3Row(above: number, row: number, below: number, to: number, pixels: number): void
  enhanceWiden(from: number, to: number, pixels: number): void
  enhanceRow(rows: number, to: number, pixels: number): void
}

/** The median of every n×n neighbourhood, n odd; `kernels/median.ts`. Sizes over 3 run in plain TypeScript: about 2·n steps a sample. */
export function median(core: Core<NeighbourhoodExports>, input: Raster, size: number): Raster {
  if (size !== 3) return anyMedian(input, size)
  const { width } = input
  return slideRows(core, input, {
    radius: 1,
    rowBytes: (width + 2) * 4,
    load(from, to) {
      const memory = core.bytes()
      memory.copyWithin(to + 4, from, from + width * 4)
      memory.copyWithin(to, from, from + 4)
      memory.copyWithin(to + 4 + width * 4, from + (width - 1) * 4, from + width * 4)
    },
    emit: ([above, row, below], to) => core.exports.median3Row(above as number, row as number, below as number, to, width), // three rows for radius 1
  })
}

/** ImageMagick's enhance; `kernels/enhance.ts`, within one level of it. Smaller than 5×5 stays as it is. */
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
