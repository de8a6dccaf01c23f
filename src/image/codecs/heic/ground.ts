// Finds blocks that a decoder has left out. libde265 ends a slice where its data says so; a wrong bit may say it too early, and then the other blocks show
// what the memory held before. So it is given a known ground before: middle gray, which is gray in each matrix and range. A picture that has blocks of it is
// decoded once more on another ground, and must be the same.
import type { Shape } from '../../raster.ts'

/** RGBA, row by row. */
interface RowsOf extends Shape {
  row(y: number): Uint8Array
}

/** The first is half of the full range, the second a quarter. */
export type Ground = 1 | 2

/** Two bytes of a ground: a sample, or two of 8 bits. */
export const groundOf = (bits: number, ground: Ground): number => (bits === 8 ? 0x101 : 1) << (bits - ground)

const MIDDLE = 128
/** A narrow range is stretched, and the last filter may add to it. */
const AWAY = 10
/** The smallest coding tree block; what the filters at its edges reach; what is left between. */
const [BLOCK, REACH, INSIDE] = [16, 4, 8]

function isGround(picture: RowsOf, left: number, top: number, right: number, bottom: number): boolean {
  const words = (y: number): Uint32Array => {
    const row = picture.row(y)
    return new Uint32Array(row.buffer, row.byteOffset, picture.width)
  }
  const first = words(top)[left] as number // inside
  const [red, green, blue] = [first & 255, (first >>> 8) & 255, (first >>> 16) & 255]
  if (Math.abs(red - MIDDLE) > AWAY || Math.abs(green - red) > 2 || Math.abs(blue - red) > 2) return false
  for (let y = top; y < bottom; y++) for (let x = left, row = words(y); x < right; x++) if (row[x] !== first) return false
  return true
}

/** Whether a block is of the first ground all over. The last one of a picture may show less than a block. */
export function hasGround(picture: RowsOf): boolean {
  const { width, height } = picture
  for (let y = REACH; y + INSIDE <= height; y += BLOCK)
    for (let x = REACH; x + INSIDE <= width; x += BLOCK) if (isGround(picture, x, y, x + INSIDE, y + INSIDE)) return true
  return isGround(picture, Math.max(0, width - REACH), Math.max(0, height - REACH), width, height)
}

/** Equal for equal pictures, and hardly ever for others. */
export function digestOf(picture: RowsOf): number {
  let digest = 0
  for (let y = 0; y < picture.height; y++) {
    const row = picture.row(y)
    for (const word of new Uint32Array(row.buffer, row.byteOffset, picture.width)) digest = Math.imul(digest ^ word, 0x01000193)
  }
  return digest
}
