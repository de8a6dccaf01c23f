import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { giveBack } from '../parts.ts'
import type { Band } from '../plane-stream.ts'
import { NO_ROWS, type PixelRows } from './pixel-rows.ts'

/** What packs and unpacks pixels, in the WASM core. */
export interface HoldExports {
  pngPack(from: number, to: number, pixels: number, colourType: number): void
  pngExpandRgb(from: number, to: number, pixels: number, key: number): void
}

/** A whole picture outside of the core, for stages that read its rows in any order: three bytes a pixel when it is opaque, four otherwise. */
export interface HeldPicture extends Shape {
  readonly pixelBytes: 3 | 4
  /** All pixels, row by row, once they have been taken. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Writes `count` pixels of row `y` from column `x` on as RGBA to core offset `to`, and nothing else. */
  putPixels(x: number, y: number, count: number, to: number): void
}

const RGB = 2
const NO_KEY = 0xffffffff
const SLACK = 32

/** Memory that a held picture takes. */
export const heldBytes = ({ width, height }: Shape, isOpaque: boolean): number =>
  width * height * (isOpaque ? 3 : 4) + (isOpaque ? width * 7 + 2 * (SLACK + 16) : 0)

export interface Hold {
  readonly picture: HeldPicture
  /**
   * Takes all rows, and then gives the bands of `make`. The picture is in memory from the first row until the reader has the last band or stops: a
   * picture that is read twice is held once at a time, whenever garbage is collected.
   */
  bands(make: () => Iterable<Band>): Generator<Band>
}

/** Holds the rows of a picture. The scratch rows for opaque pixels are of the core's arena. */
export function holdPicture(core: Core<HoldExports>, { width, height, isOpaque, bands: rows }: PixelRows): Hold {
  const pixelBytes = isOpaque ? 3 : 4
  const rowBytes = width * pixelBytes
  const scratch = isOpaque ? core.alloc(rowBytes + SLACK) : 0
  const expanded = isOpaque ? core.alloc(width * 4 + SLACK) : 0
  let bytes = new Uint8Array()
  let taken = 0
  function take({ ptr, stride, rows: count }: Band): void {
    for (let row = 0; row < count; row++, taken++) {
      const from = ptr + row * stride
      if (isOpaque) core.exports.pngPack(from, scratch, width, RGB)
      const at = isOpaque ? scratch : from
      bytes.set(core.bytes().subarray(at, at + rowBytes), taken * rowBytes)
    }
  }
  const picture: HeldPicture = {
    width,
    height,
    pixelBytes,
    get bytes() {
      return bytes
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
  return {
    picture,
    *bands(make) {
      bytes = new Uint8Array(rowBytes * height)
      try {
        for (const band of rows) {
          take(band)
          yield NO_ROWS
        }
        yield* make()
      } finally {
        giveBack(bytes)
      }
    },
  }
}
