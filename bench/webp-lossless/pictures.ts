import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import type { Raster } from '../../src/image/raster.ts'

export const rasterOf = async (image: Sharp): Promise<Raster> => {
  const { data, info } = await image.toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
}

const svg = (width: number, height: number, body: string): Sharp =>
  sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`))

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

const lines = range(40)
  .map(
    (i) => `<text x="40" y="${40 + i * 24}" font-size="16">${'The quick brown fox jumps over the lazy dog. '.slice(i % 9)}${i * 37}</text>`,
  )
  .join('')
const bars = range(24)
  .map(
    (i) => `<rect x="${40 + i * 38}" y="${560 - ((i * 97) % 500)}" width="28" height="${(i * 97) % 500}" fill="hsl(${i * 15},60%,50%)"/>`,
  )
  .join('')
const circles = range(30)
  .map((i) => `<circle cx="${(i * 131) % 900}" cy="${(i * 71) % 600}" r="${20 + i * 3}" fill="hsl(${i * 37},70%,60%)" fill-opacity="0.6"/>`)
  .join('')

/** What is drawn: flat colours, text, few colours, transparency. */
export const DRAWN: Readonly<Record<string, () => Sharp>> = {
  text: () => svg(900, 1000, `<rect width="900" height="1000" fill="#fff"/>${lines}`),
  chart: () =>
    svg(1000, 600, `<rect width="1000" height="600" fill="#fafafa"/><path d="M30 20V570H980" fill="none" stroke="#333"/>${bars}`),
  circles: () => svg(900, 600, circles),
  icon: () => svg(128, 128, '<rect width="128" height="128" rx="24" fill="#06c"/><circle cx="64" cy="64" r="36" fill="#fff"/>'),
}

/** Pictures drawn here, and each photograph of `directory`, also as one of 16 and of 256 colours. */
export async function* benchPictures(directory: string, width: number): AsyncGenerator<readonly [string, Raster]> {
  for (const [name, draw] of Object.entries(DRAWN)) yield [name, await rasterOf(draw())]
  for (const file of readdirSync(directory).filter((name) => /\.(jpe?g|png|webp)$/i.test(name))) {
    const photograph = await sharp(readFileSync(join(directory, file)))
      .autoOrient()
      .resize({ width, withoutEnlargement: true })
      .png()
      .toBuffer()
    yield [file, await rasterOf(sharp(photograph))]
    for (const colours of [16, 256]) {
      const few = await sharp(photograph).png({ palette: true, colours }).toBuffer()
      yield [`${file}, ${colours} colours`, await rasterOf(sharp(few))]
    }
  }
}
