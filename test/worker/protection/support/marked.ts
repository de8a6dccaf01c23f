import { writeBmp } from '../../../image/engine/bmp/writer.ts'
import type { Pixels } from '../../support/pixels.ts'

/** What must never be seen: stripes of two colours that nothing else has, as they are in the source. */
const STRIPES = [0xff00ff, 0x00ff00] as const
const LOGO = 0x00a0ff
const [WIDTH, HEIGHT] = [96, 64]
/** Where the stripes are, in pixels of the source. */
export const SECRET_AREA = { x: 24, y: 16, width: 48, height: 32 }

const bmp = (width: number, height: number, colourAt: (x: number, y: number) => number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    writeBmp({
      width,
      height,
      bitsPerPixel: 24,
      words: Array.from({ length: width * height }, (_, i) => colourAt(i % width, Math.floor(i / width))),
    }),
  )

/** A gray picture with a secret in its middle. */
export const secretPicture = (): Uint8Array<ArrayBuffer> =>
  bmp(WIDTH, HEIGHT, (x, y) => {
    const { x: left, y: top, width, height } = SECRET_AREA
    const isSecret = x >= left && x < left + width && y >= top && y < top + height
    return isSecret ? STRIPES[Math.floor(x / 8) % 2 === 0 ? 0 : 1] : 0x606060 + (x + y) * 0x010101
  })

/** One colour. */
export const logo = (): Uint8Array<ArrayBuffer> => bmp(16, 16, () => LOGO)

const shareOf = (picture: Pixels, isIt: (red: number, green: number, blue: number) => boolean): number => {
  let count = 0
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = picture.at(x, y)
      if (alpha > 128 && isIt(red, green, blue)) count++
    }
  return count / (picture.width * picture.height)
}

/** The share of pixels that have a colour of the stripes. */
export const secretShare = (picture: Pixels): number =>
  shareOf(picture, (red, green, blue) => (red > 170 && green < 100 && blue > 170) || (red < 100 && green > 170 && blue < 100))

/** The share of pixels that have the colour of the logo. */
export const logoShare = (picture: Pixels): number =>
  shareOf(picture, (red, green, blue) => red < 60 && Math.abs(green - 160) < 60 && blue > 190)
