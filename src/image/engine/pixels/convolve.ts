import type { Kernel3 } from '../../definitions/convolve.ts'
import type { Core } from '../core.ts'
import type { PixelRows } from '../rows/pixel-rows.ts'
import { slideRows, slideRowsBytes } from '../rows/stages.ts'

export interface ConvolveExports {
  widenRow(from: number, to: number, pixels: number): void
  convolveRow(above: number, row: number, below: number, kernel: number, to: number, pixels: number): void
}

const windowOf = (width: number) => ({ radius: 1, rowBytes: (width + 2) * 16 })

/** Core memory that `convolve` takes. */
export const convolveBytes = (width: number): number => slideRowsBytes(width, windowOf(width)) + 64

/** 3×3 convolution with GD's arithmetic; equal to its definition in `test/image/definitions/convolve.ts` to the bit. */
export function convolve(core: Core<ConvolveExports>, input: PixelRows, { weights, divisor, offset }: Kernel3): PixelRows {
  const { width } = input
  const kernel = core.alloc(44)
  new Float32Array(core.exports.memory.buffer, kernel, 11).set([...weights, divisor, offset])
  return slideRows(core, input, {
    ...windowOf(width),
    load: (from, to) => core.exports.widenRow(from, to, width),
    emit: ([above, row, below], to) => core.exports.convolveRow(above as number, row as number, below as number, kernel, to, width), // three rows for radius 1
  })
}
