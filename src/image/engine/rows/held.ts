import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import type { Band } from '../plane-stream.ts'

/** What packs and unpacks pixels, in the WASM core. */
export interface HoldExports {
  pngPack(from: number, to: number, pixels: number, colourType: number): void
  pngExpandRgb(from: number, to: number, pixels: number, key: number): void
}

/** A whole picture outside of the core, for stages that read its rows in any order: three bytes a pixel when it is opaque, four otherwise. */
export interface HeldPicture extends Shape {
  readonly pixelBytes: 3 | 4
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Takes the next rows, from the first on. */
  take(band: Band): void
  /** Writes `count` pixels of row `y` from column `x` on as RGBA to core offset `to`, and nothing else. */
  putPixels(x: number, y: number, count: number, to: number): void
}

const RGB = 2
const NO_KEY = 0xffffffff
const SLACK = 32

/** Memory that a held picture takes. */
export const heldBytes = ({ width, height }: Shape, isOpaque: boolean): number =>
  width * height * (isOpaque ? 3 : 4) + (isOpaque ? width * 7 + 2 * (SLACK + 16) : 0)

/** Room for a picture. The scratch rows for opaque pixels are of the core's arena. */
export function holdPicture(core: Core<HoldExports>, { width, height }: Shape, isOpaque: boolean): HeldPicture {
  const pixelBytes = isOpaque ? 3 : 4
  const rowBytes = width * pixelBytes
  const bytes = new Uint8Array(rowBytes * height)
  const scratch = isOpaque ? core.alloc(rowBytes + SLACK) : 0
  const expanded = isOpaque ? core.alloc(width * 4 + SLACK) : 0
  let taken = 0
  return {
    width,
    height,
    pixelBytes,
    bytes,
    take({ ptr, stride, rows }) {
      for (let row = 0; row < rows; row++, taken++) {
        const from = ptr + row * stride
        if (isOpaque) core.exports.pngPack(from, scratch, width, RGB)
        const at = isOpaque ? scratch : from
        bytes.set(core.bytes().subarray(at, at + rowBytes), taken * rowBytes)
      }
    },
    putPixels(x, y, count, to) {
      const from = y * rowBytes + x * pixelBytes
      const part = bytes.subarray(from, from + count * pixelBytes)
      core.bytes().set(part, isOpaque ? scratch : to)
      if (!isOpaque) return
      // Four pixels at a time: behind the last one is room here, but not at `to`.
      core.exports.pngExpandRgb(scratch, expanded, count, NO_KEY)
      core.bytes().copyWithin(to, expanded, expanded + count * 4)
    },
  }
}
