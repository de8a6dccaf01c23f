import sharp from 'sharp'
import type { TestProject } from 'vitest/node'
import { writeBmp } from '../../image/engine/bmp/writer.ts'
import { writeIcon } from '../../image/engine/ico/writer.ts'
import { SQUARE, squareColour, SQUARES } from './squares.ts'
import { ultraHdr } from '../../support/ultra-hdr/write.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Pictures by name, base64: made in Node, for the encoders that make them do not run in workerd. */
    readonly pictures: Readonly<Record<string, string>>
    /** How many URLs the test of rules tries, and the first one's seed: `npm run fuzz:rules`. */
    readonly fuzzedUrls: number
    readonly fuzzSeed: number
  }
}

/** Red, green, blue and white quadrants (clockwise from the top left: red, green, white, blue), so that every turn and mirror shows. */
async function quadrants(width: number, height: number) {
  const [w, h] = [Math.floor(width / 2), Math.floor(height / 2)]
  const tile = (background: string) =>
    sharp({ create: { width: w, height: h, channels: 3, background } })
      .png()
      .toBuffer()
  const corners = [
    { input: await tile('#ff0000'), left: 0, top: 0 },
    { input: await tile('#00ff00'), left: w, top: 0 },
    { input: await tile('#0000ff'), left: 0, top: h },
  ]
  return sharp(
    await sharp({ create: { width, height, channels: 3, background: '#ffffff' } })
      .composite(corners)
      .png()
      .toBuffer(),
  )
}

/** Ten by ten squares of squares.ts. */
async function squares(): Promise<Buffer> {
  const pixels = Array.from({ length: SQUARES * SQUARES }, (_, i) => squareColour(i % SQUARES, Math.floor(i / SQUARES))).flat()
  return sharp(Uint8Array.from(pixels), { raw: { width: SQUARES, height: SQUARES, channels: 3 } })
    .resize(SQUARES * SQUARE, SQUARES * SQUARE, { kernel: 'nearest' })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer()
}

async function makePictures(): Promise<Record<string, Buffer>> {
  const upright = await quadrants(64, 48)
  const pictures: Record<string, Buffer> = {
    'photo.jpg': await upright.clone().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(),
    'photo.png': await upright.clone().png().toBuffer(),
    'photo.webp': await upright.clone().webp({ lossless: true }).toBuffer(),
    'half-transparent.png': await sharp({ create: { width: 40, height: 30, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } } })
      .png()
      .toBuffer(),
    'progressive.jpg': await upright.clone().jpeg({ progressive: true }).toBuffer(),
  }
  const opaque = upright.clone().removeAlpha()
  const { data, info } = await opaque.clone().raw().toBuffer({ resolveWithObject: true })
  const words = Array.from({ length: info.width * info.height }, (_, i) => data.readUIntBE(3 * i, 3))
  Object.assign(pictures, {
    'photo.avif': await opaque.clone().avif({ quality: 90, chromaSubsampling: '4:4:4' }).toBuffer(),
    'photo.bmp': Buffer.from(writeBmp({ width: info.width, height: info.height, bitsPerPixel: 24, words })),
    'photo.gif': await opaque.clone().gif().toBuffer(),
    'photo.ico': Buffer.from(writeIcon([{ content: new Uint8Array(await opaque.clone().png().toBuffer()) }])),
    'photo.svg': Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 48"><path d="M0 0h32v24H0z" fill="red"/><path d="M32 0h32v24H32z" fill="#0f0"/>' +
        '<path d="M0 24h32v24H0z" fill="blue"/><path d="M32 24h32v24H32z" fill="#fff"/></svg>',
    ),
    'photo.tiff': await opaque.clone().tiff({ compression: 'lzw' }).toBuffer(),
  })
  pictures['camera.jpg'] = await upright
    .clone()
    .withExif({
      IFD0: { Model: 'Camera 1' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSLongitudeRef: 'W', GPSLongitude: '0/1 7/1 30/1' },
    })
    .jpeg()
    .toBuffer()
  for (let orientation = 1; orientation <= 8; orientation++) {
    const stored = await (
      await quadrants(64, 48)
    )
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation })
      .toBuffer()
    pictures[`orientation-${orientation}.jpg`] = stored
  }
  pictures['squares.jpg'] = await squares()
  pictures['ultra-hdr.jpg'] = Buffer.from(await ultraHdr({ width: 96, height: 64 }))
  pictures['truncated.jpg'] = pictures['photo.jpg']?.subarray(0, 200) ?? Buffer.alloc(0)
  return pictures
}

/** Runs once, in Node, before the tests of workerd. */
export default async function setup(project: TestProject): Promise<void> {
  const pictures = Object.entries(await makePictures()).map(([name, bytes]) => [name, bytes.toString('base64')] as const)
  project.provide('pictures', Object.fromEntries(pictures))
  project.provide('fuzzedUrls', Number(process.env['FUZZED_URLS'] ?? 20))
  project.provide('fuzzSeed', Number(process.env['FUZZ_SEED'] ?? 1))
}
