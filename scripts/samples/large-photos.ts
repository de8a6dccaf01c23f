import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { fileURLToPath, URL } from 'node:url'
import sharp, { type Sharp } from 'sharp'
import { enlarge } from './enlarge.ts'
import { render } from './render.ts'

const FOLDER = fileURLToPath(new URL('../../samples/large/', import.meta.url))

/** Pictures by their megapixels. The largest stays under the service's default limit of 100,000,000 pixels. */
const SIZES = { 2: [1740, 1160], 12: [4260, 2840], 24: [6000, 4000], 50: [8664, 5776], 100: [12_240, 8160] } as const

export type LargeSize = keyof typeof SIZES
export const LARGE_SIZES = [2, 12, 24, 50, 100] as const satisfies readonly LargeSize[]

export function isLargeSize(size: number): size is LargeSize {
  return LARGE_SIZES.some((known) => known === size)
}

type Encoded = { readonly name: string; readonly encode: (picture: Sharp) => Sharp }

function filesOf(size: LargeSize): Encoded[] {
  const files: Encoded[] = [
    { name: `${size}mp.jpg`, encode: (picture) => picture.jpeg({ quality: 85 }) },
    { name: `${size}mp-progressive.jpg`, encode: (picture) => picture.jpeg({ quality: 85, progressive: true }) },
  ]
  if (size !== 2) return files
  return [
    ...files,
    { name: '2mp.png', encode: (picture) => picture.png() },
    { name: '2mp-adaptive.png', encode: (picture) => picture.png({ adaptiveFiltering: true }) },
    { name: '2mp.webp', encode: (picture) => picture.webp({ quality: 80 }) },
  ]
}

/** 2 and 12 megapixels are rendered; the larger ones are that of 12 enlarged, with fresh grain. */
async function pixels(size: LargeSize): Promise<Uint8Array> {
  const [width, height] = SIZES[size]
  if (size <= 12) return (await render('lake', width, height, { threads: availableParallelism() })).rgb
  await makeLargePhotos([12])
  return enlarge(`${FOLDER}12mp.jpg`, width, height, size)
}

/** Makes the large pictures that are not there yet, in samples/large/, and says what it does. */
export async function makeLargePhotos(sizes: readonly LargeSize[]): Promise<void> {
  await mkdir(FOLDER, { recursive: true })
  for (const size of sizes) {
    const missing = filesOf(size).filter(({ name }) => !existsSync(FOLDER + name))
    if (missing.length === 0) continue
    const [width, height] = SIZES[size]
    console.log(`${size} megapixels: making ${width} x ${height} pixels`)
    const picture = sharp(await pixels(size), { raw: { width, height, channels: 3 } })
    for (const { name, encode } of missing) {
      const file = await encode(picture.clone()).toBuffer()
      await writeFile(FOLDER + name, file)
      console.log(`samples/large/${name}: ${((file.length * 8) / (width * height)).toFixed(2)} bits a pixel`)
    }
  }
}
