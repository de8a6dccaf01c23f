import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import sharp from 'sharp'

export const FILM = { width: 480, height: 360 } as const
const PHOTO = resolve(import.meta.dirname, '../../samples/lake.jpg')
const DELAY_MS = 40

/** A GIF of pictures of `FILM`, as sharp writes it. */
async function gifOf(pictures: readonly Uint8Array[]): Promise<Uint8Array> {
  const { width, height } = FILM
  const all = { raw: { width, height: height * pictures.length, channels: 3, pageHeight: height } } as const
  return sharp(Buffer.concat(pictures), all)
    .gif({ delay: pictures.map(() => DELAY_MS), loop: 0, effort: 1 })
    .toBuffer()
}

const window = (left: number, top: number): Promise<Buffer> =>
  sharp(readFileSync(PHOTO))
    .resize({ width: 1200 })
    .extract({ left, top, ...FILM })
    .removeAlpha()
    .raw()
    .toBuffer()

/** Every pixel changes from picture to picture. */
export async function pan(frames: number): Promise<Uint8Array> {
  return gifOf(await Promise.all(Array.from({ length: frames }, (_, i) => window(2 * Math.min(i, 2 * 180 - i), i % 100))))
}

/** A box of 60×60 pixels moves over a photograph that stands still. */
export async function box(frames: number): Promise<Uint8Array> {
  const ground = await window(100, 100)
  const pictures = Array.from({ length: frames }, (_, i) => {
    const picture = Uint8Array.from(ground)
    const [left, top] = [(3 * i) % (FILM.width - 60), (2 * i) % (FILM.height - 60)]
    for (let y = top; y < top + 60; y++) for (let x = left; x < left + 60; x++) picture.set([200, 40, 40], (y * FILM.width + x) * 3)
    return picture
  })
  return gifOf(pictures)
}
