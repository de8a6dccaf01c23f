import sharp from 'sharp'
import { once, type Bytes } from './pictures.ts'

export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/** Size of the picture when it is upright. */
export const UPRIGHT = { width: 96, height: 64 } as const

/** What its quadrants show when it is upright: red, green over blue, yellow. */
export const QUADRANTS = {
  topLeft: [220, 30, 30],
  topRight: [30, 180, 30],
  bottomLeft: [30, 30, 220],
  bottomRight: [220, 200, 30],
} as const

/** Whether the stored place (right of or under the middle) shows the upright picture's right half, and its bottom half. */
type Turn = (right: boolean, under: boolean) => readonly [right: boolean, bottom: boolean]

/** EXIF 2.32, tag 0x0112: where the stored 0th row and 0th column lie in the upright picture. */
const SHOWN: Record<Orientation, Turn> = {
  1: (right, under) => [right, under], // row: top, column: left
  2: (right, under) => [!right, under], // top, right
  3: (right, under) => [!right, !under], // bottom, right
  4: (right, under) => [right, !under], // bottom, left
  5: (right, under) => [under, right], // left, top
  6: (right, under) => [!under, right], // right, top
  7: (right, under) => [!under, !right], // right, bottom
  8: (right, under) => [under, !right], // left, bottom
}

/** A picture of four plain quadrants, 96 x 64 when it is upright, stored in any of EXIF's eight orientations. */
export function oriented(orientation: Orientation, format: 'jpeg' | 'png' | 'webp' = 'jpeg'): Promise<Bytes> {
  return once(`oriented ${orientation} ${format}`, async () => {
    const [width, height] = orientation < 5 ? [UPRIGHT.width, UPRIGHT.height] : [UPRIGHT.height, UPRIGHT.width]
    const rgb = new Uint8Array(width * height * 3)
    for (let i = 0; i < width * height; i++) {
      const [right, bottom] = SHOWN[orientation](i % width >= width / 2, i >= (width * height) / 2)
      rgb.set(QUADRANTS[`${bottom ? 'bottom' : 'top'}${right ? 'Right' : 'Left'}`], i * 3)
    }
    const stored = sharp(rgb, { raw: { width, height, channels: 3 } }).withMetadata({ orientation })
    return stored.toFormat(format, { quality: 95 }).toBuffer()
  })
}
