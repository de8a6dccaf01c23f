import type { Kernel3 } from '../../definitions/convolve.ts'
import type { Raster } from '../../raster.ts'
import type { Core } from '../core.ts'
import { slideRows } from './row-window.ts'

export interface ConvolveExports {
  widenRow(from: number, to: number, pixels: number): void
  convolveRow(above: number, row: number, below: number, kernel: number, to: number, pixels: number): void
}

/** 3×3 convolution with GD's arithmetic; equal to its definition in `test/image/definitions/convolve.ts` to the bit. */
export function convolve(core: Core<ConvolveExports>, input: Raster, { weights, divisor, offset }: Kernel3): Raster {
  const { exports } = core
  const mark = core.mark()
  const kernel = core.alloc(44)
  new Float32Array(core.exports.memory.buffer, kernel, 11).set([...weights, divisor, offset])
  const output = slideRows(core, input, {
    radius: 1,
    rowBytes: (input.width + 2) * 16,
    load: (from, to) => exports.widenRow(from, to, input.width),
    emit: ([above, row, below], to) => exports.convolveRow(above as number, row as number, below as number, kernel, to, input.width), // three rows for radius 1
  })
  core.release(mark)
  return output
}
