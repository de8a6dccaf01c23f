import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Raster } from '../../src/image/raster.ts'

/** The names of the photographs of a folder. */
export const photographsIn = (folder: string): readonly string[] => readdirSync(folder).filter((name) => /\.(jpe?g|png)$/i.test(name))

/** A photograph, upright, opaque, in sRGB, at most so wide. */
export async function loadPhotograph(folder: string, name: string, width: number): Promise<Raster> {
  const { data, info } = await sharp(readFileSync(join(folder, name)))
    .autoOrient()
    .resize({ width, withoutEnlargement: true })
    .toColourspace('srgb')
    .removeAlpha()
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
}
