import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import type { Band } from '../plane-stream.ts'

export interface SsimExports {
  ssimLumaRow(from: number, to: number, pixels: number): void
  ssimPlanes(a: number, b: number, stride: number, width: number, height: number, cells: number): number
}

/** Rough work of comparing a pixel, its luma included. */
export const SSIM_NS_PER_PIXEL = 4
/** The smallest side that has a window. */
const LEAST_SIDE = 8

/** The luma of a picture in the core's memory; what is narrower or lower than a window repeats its last column and row. */
export interface LumaPicture extends Shape {
  readonly ptr: number
  readonly stride: number
  /** Takes the rows from the top on. */
  take(band: Band): void
}

const paddedSide = (side: number): number => Math.max(side, LEAST_SIDE)
/** Samples behind the last one may be read. */
const SLACK = 16

/** Core memory that the planes of two pictures and their comparison take. */
export const ssimBytes = ({ width, height }: Shape): number =>
  2 * (paddedSide(width) * paddedSide(height) + SLACK + 16) + cellsBytes(paddedSide(width)) + 16

const cellsBytes = (width: number): number => 2 * (width >> 2) * 16

export function createLuma(core: Core<SsimExports>, { width, height }: Shape): LumaPicture {
  const stride = paddedSide(width)
  const ptr = core.alloc(stride * paddedSide(height) + SLACK)
  let y = 0
  return {
    width: stride,
    height: paddedSide(height),
    ptr,
    stride,
    take(band) {
      for (let row = 0; row < band.rows; row++, y++) {
        const to = ptr + y * stride
        core.exports.ssimLumaRow(band.ptr + row * band.stride, to, width)
        const memory = core.bytes()
        memory.fill(memory[to + width - 1] ?? 0, to + width, to + stride)
        if (y === height - 1) for (let below = height; below < LEAST_SIDE; below++) memory.copyWithin(ptr + below * stride, to, to + stride)
      }
    },
  }
}

/**
 * How alike two pictures of one size are: the SSIM of src/image/definitions/ssim.ts, 1 for equal ones. With `tile`, in pixels, of each square of that side
 * for itself, and their mean: for pictures that are put together of such squares.
 */
export function ssim(core: Core<SsimExports>, a: LumaPicture, b: LumaPicture, tile?: number): number {
  const { width, height, stride } = a
  const [tileWidth, tileHeight] = [tile ?? width, tile ?? height]
  const mark = core.mark()
  try {
    const cells = core.alloc(cellsBytes(tileWidth))
    let [sum, tiles] = [0, 0]
    for (let y = 0; y + tileHeight <= height; y += tileHeight) {
      for (let x = 0; x + tileWidth <= width; x += tileWidth, tiles++) {
        const at = y * stride + x
        sum += core.exports.ssimPlanes(a.ptr + at, b.ptr + at, stride, tileWidth, tileHeight, cells)
      }
    }
    return sum / tiles
  } finally {
    core.release(mark)
  }
}
