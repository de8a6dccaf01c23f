import { existsSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { fileURLToPath, URL } from 'node:url'
import sharp, { type Sharp } from 'sharp'
import { enlarge } from './enlarge.ts'
import { render } from './render.ts'

const FOLDER = fileURLToPath(new URL('../../samples/large/', import.meta.url))
const SMALL = fileURLToPath(new URL('../../samples/lake.jpg', import.meta.url))

/**
 * Pictures by their megapixels, and the bits that a sample of the PNG file keeps, so that it stays under the service's 50 MB. The largest
 * stays under the default limits of 100,000,000 pixels and of 12,000 a side, with room for a margin.
 */
const SIZES = {
  2: { width: 1740, height: 1160, pngBits: 8 },
  12: { width: 4260, height: 2840, pngBits: 8 },
  24: { width: 6000, height: 4000, pngBits: 7 },
  50: { width: 8664, height: 5776, pngBits: 6 },
  100: { width: 11_900, height: 8300, pngBits: 5 },
} as const

export type LargeSize = keyof typeof SIZES
export const LARGE_SIZES = [2, 12, 24, 50, 100] as const satisfies readonly LargeSize[]

export function isLargeSize(size: number): size is LargeSize {
  return LARGE_SIZES.some((known) => known === size)
}

interface LargePhoto {
  /** Of the file in samples/large/. */
  readonly name: string
  readonly size: LargeSize
  /** Makes the picture's samples, RGB. */
  readonly pixels: (size: LargeSize) => Promise<Uint8Array>
  readonly encode: (picture: Sharp) => Sharp
}

const lossless = (picture: Sharp): Sharp => picture.webp({ lossless: true, effort: 1 })

const PHOTOS: readonly LargePhoto[] = LARGE_SIZES.flatMap((size): LargePhoto[] => {
  const jpegs: LargePhoto[] = [
    { name: `${size}mp.jpg`, size, pixels: grainy, encode: (picture) => picture.jpeg({ quality: 85 }) },
    { name: `${size}mp-progressive.jpg`, size, pixels: grainy, encode: (picture) => picture.jpeg({ quality: 85, progressive: true }) },
  ]
  if (size === 12)
    jpegs.push(
      { name: '12mp-p3.jpg', size, pixels: grainy, encode: (picture) => picture.withIccProfile('p3').jpeg({ quality: 85 }) },
      { name: '12mp.webp', size, pixels: grainy, encode: (picture) => picture.webp({ quality: 80 }) },
      { name: '12mp-lossless.webp', size, pixels: grainy, encode: lossless },
    )
  if (size === 100) jpegs.push({ name: '100mp-lossless.webp', size, pixels: clean, encode: lossless })
  if (size !== 2) return [...jpegs, { name: `${size}mp.png`, size, pixels: clean, encode: (picture) => picture.png() }]
  return [
    ...jpegs,
    { name: '2mp.png', size, pixels: grainy, encode: (picture) => picture.png() },
    { name: '2mp-adaptive.png', size, pixels: grainy, encode: (picture) => picture.png({ adaptiveFiltering: true }) },
    { name: '2mp.webp', size, pixels: grainy, encode: (picture) => picture.webp({ quality: 80 }) },
  ]
})

/** The names of all pictures of these sizes. */
export const largePhotosOf = (sizes: readonly LargeSize[]): readonly string[] =>
  PHOTOS.filter(({ size }) => sizes.includes(size)).map(({ name }) => name)

/** The path of a large picture, which `makeLargePhotos` makes. */
export const largePhoto = (name: string): string => FOLDER + name

/** A picture with film grain: 2 and 12 megapixels are rendered; the larger ones are that of 12 enlarged, with fresh grain. */
async function grainy(size: LargeSize): Promise<Uint8Array> {
  const { width, height } = SIZES[size]
  if (size <= 12) return (await render('lake', width, height, { threads: availableParallelism(), progress: sayPercent })).rgb
  await makeLargePhotos(['12mp.jpg'])
  return enlarge(largePhoto('12mp.jpg'), width, height, size)
}

const sayPercent = (done: number): void => console.error(`  ${Math.round(done * 100)} %`)

/** The small picture enlarged, without grain and with few bits a sample, so that PNG packs it. */
async function clean(size: LargeSize): Promise<Uint8Array> {
  const { width, height, pngBits } = SIZES[size]
  const rgb = await sharp(SMALL).resize(width, height, { kernel: 'cubic', fit: 'fill' }).removeAlpha().raw().toBuffer()
  const kept = 256 - (1 << (8 - pngBits))
  for (let i = 0; i < rgb.length; i++) rgb[i] = (rgb[i] as number) & kept // i is inside
  return rgb
}

/**
 * Makes those of the named large pictures that are not there yet, in samples/large/, and says on standard error what it does.
 * @throws Error when a name is not known.
 */
export async function makeLargePhotos(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !PHOTOS.some((photo) => photo.name === name))
  if (unknown !== undefined) throw new Error(`${unknown} is none of the large samples: ${PHOTOS.map(({ name }) => name).join(', ')}.`)
  const missing = PHOTOS.filter(({ name }) => names.includes(name) && !existsSync(largePhoto(name)))
  await mkdir(FOLDER, { recursive: true })
  for (const size of LARGE_SIZES) {
    for (const pixels of [grainy, clean]) {
      const photos = missing.filter((photo) => photo.size === size && photo.pixels === pixels)
      if (photos.length > 0) await makePhotos(photos, size, pixels)
    }
  }
}

async function makePhotos(photos: readonly LargePhoto[], size: LargeSize, pixels: LargePhoto['pixels']): Promise<void> {
  const { width, height } = SIZES[size]
  console.error(`${size} megapixels: making ${width} x ${height} pixels`)
  const picture = sharp(await pixels(size), { raw: { width, height, channels: 3 } })
  for (const { name, encode } of photos) {
    const file = await encode(picture.clone()).toBuffer()
    // Renamed when it is whole: a run that is ended leaves no broken picture behind.
    await writeFile(`${largePhoto(name)}.part`, file)
    await rename(`${largePhoto(name)}.part`, largePhoto(name))
    console.error(`samples/large/${name}: ${((file.length * 8) / (width * height)).toFixed(2)} bits a pixel`)
  }
}
