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

/** A gray picture with a secret in its middle: one of two, with the same mean in squares of 16 pixels. */
export const secretPicture = (kind: 'a' | 'b' = 'a'): Uint8Array<ArrayBuffer> =>
  bmp(WIDTH, HEIGHT, (x, y) => {
    const { x: left, y: top, width, height } = SECRET_AREA
    const isSecret = x >= left && x < left + width && y >= top && y < top + height
    return isSecret ? STRIPES[(Math.floor(x / 8) % 2 === 0) === (kind === 'a') ? 0 : 1] : 0x606060 + (x + y) * 0x010101
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

/** A gray that covers the secret, and eight pixels around it. */
export const patch = (): Uint8Array<ArrayBuffer> => bmp(64, 48, () => 0x303030)
export const PATCH_PLACE = { x: 16, y: 8, width: 64, height: 48 }

/** Whether the corner at the bottom right has the logo: half of the width, a square as the logo is. */
export function markedCorner(picture: Pixels): boolean {
  const side = Math.ceil(picture.width / 2)
  const [left, top] = [picture.width - side, Math.max(0, picture.height - side)]
  let [seen, all] = [0, 0]
  for (let y = top; y < picture.height; y++)
    for (let x = left; x < picture.width; x++) {
      const [red = 0, green = 0, blue = 0] = picture.at(x, y)
      all++
      if (red < 100 && Math.abs(green - 160) < 80 && blue > 160) seen++
    }
  return seen > all / 3
}

/** A JPEG with a small picture of itself in its EXIF, and padded to a round size. */
export function withThumbnail(jpeg: Uint8Array, thumbnail: Uint8Array): Uint8Array<ArrayBuffer> {
  const [first, second] = [8, 8 + 2 + 4]
  const at = second + 2 + 2 * 12 + 4
  const tiff = new Uint8Array(at + thumbnail.length)
  const view = new DataView(tiff.buffer)
  tiff.set([0x4d, 0x4d, 0, 42, 0, 0, 0, first])
  view.setUint32(first + 2, second) // no entries, then the directory of the thumbnail
  view.setUint16(second, 2)
  const entry = (index: number, tag: number, value: number): void => {
    const place = second + 2 + index * 12
    view.setUint16(place, tag)
    view.setUint16(place + 2, 4)
    view.setUint32(place + 4, 1)
    view.setUint32(place + 8, value)
  }
  entry(0, 0x0201, at)
  entry(1, 0x0202, thumbnail.length)
  tiff.set(thumbnail, at)
  const exif = segment(0xe1, Uint8Array.of(0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff))
  const size = jpeg.length + exif.length
  const comment = segment(0xfe, new Uint8Array(Math.ceil((size + 4) / 4096) * 4096 - size - 4))
  return Uint8Array.from([...jpeg.subarray(0, 2), ...exif, ...comment, ...jpeg.subarray(2)])
}

const segment = (marker: number, content: Uint8Array): Uint8Array =>
  Uint8Array.of(0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 0xff, ...content)
