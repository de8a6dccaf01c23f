import sharp from 'sharp'
import { writeApng } from '../engine/png/apng-writer.ts'
import { random, randomSamples } from '../engine/png/writer.ts'
import { writeGif } from '../engine/gif/writer.ts'

export const [WIDTH, HEIGHT, FRAMES] = [23, 17, 7]
const PALETTE = Array.from({ length: 48 }, (_, i) => (i * 89) % 256)

/** Rectangles on the canvas, the first of them all of it. */
function places(seed: number) {
  const upTo = random(seed)
  return Array.from({ length: FRAMES }, (_, i) => {
    const [x, y] = i === 0 ? [0, 0] : [upTo(WIDTH - 3), upTo(HEIGHT - 3)]
    const [width, height] = i === 0 ? [WIDTH, HEIGHT] : [1 + upTo(WIDTH - x), 1 + upTo(HEIGHT - y)]
    return { x, y, width, height, upTo }
  })
}

/** All disposals, interlaced and not, with transparent pixels. */
export const gifFilm = (seed: number): Uint8Array<ArrayBuffer> =>
  writeGif({
    width: WIDTH,
    height: HEIGHT,
    palette: PALETTE,
    frames: places(seed).map(({ upTo, ...place }, i) => ({
      ...place,
      indices: Array.from({ length: place.width * place.height }, () => upTo(16)),
      transparent: 3,
      disposal: i % 4,
      interlaced: i % 3 === 1,
    })),
  })

/** All disposals and ways to blend. */
export const pngFilm = (seed: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(
    writeApng({
      width: WIDTH,
      height: HEIGHT,
      colourType: 6,
      bitDepth: 8,
      interlaced: false,
      frames: places(seed).map(({ upTo, ...place }, i) => ({
        ...place,
        samples: randomSamples(seed + i, 4 * place.width * place.height, 8),
        dispose: upTo(3),
        blend: i % 2,
      })),
    }),
  )

/** Lossless, half transparent, as libwebp writes it. */
export async function webpFilm(seed: number): Promise<Uint8Array<ArrayBuffer>> {
  const next = random(seed)
  const data = Buffer.alloc(WIDTH * HEIGHT * FRAMES * 4)
  for (let frame = 0; frame < FRAMES; frame++) {
    const start = frame * WIDTH * HEIGHT * 4
    if (frame > 0) data.copyWithin(start, start - WIDTH * HEIGHT * 4, start)
    for (let i = 0; i < (frame === 0 ? WIDTH * HEIGHT : 60); i++) {
      const at = start + (frame === 0 ? i : next(WIDTH * HEIGHT)) * 4
      data.set([next(256), next(256), next(256), next(2) === 0 ? 255 : next(256)], at)
    }
  }
  const raw = { width: WIDTH, height: HEIGHT * FRAMES, channels: 4, pageHeight: HEIGHT } as const
  return Uint8Array.from(
    await sharp(data, { raw })
      .webp({ lossless: true, exact: true, loop: 3, delay: Array.from({ length: FRAMES }, (_, i) => 30 + 10 * i) })
      .toBuffer(),
  )
}
