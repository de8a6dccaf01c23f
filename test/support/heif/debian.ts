// Debian's package libheif-examples: heif-enc makes HEIC with x265, heif-convert reads it with libde265.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { dataOf, type Item, readItems } from '../../../src/image/engine/bmff/items.ts'
import { propertyBytes } from '../../../src/image/engine/bmff/picture.ts'
import type { Raster } from '../../../src/image/raster.ts'
import type { WrittenItem } from '../../image/codecs/avif-file.ts'

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'emulsion-heif-'))
  try {
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A file of these PNG pictures. The first is the main one. */
export const heifEnc = (pictures: readonly Uint8Array[], options: readonly string[] = []): Uint8Array =>
  inFolder((folder) => {
    const paths = pictures.map((picture, i) => {
      const path = join(folder, `${i}.png`)
      writeFileSync(path, picture)
      return path
    })
    const made = join(folder, 'made.heic')
    execFileSync('heif-enc', [...options, '-o', made, ...paths], { stdio: 'ignore' })
    return new Uint8Array(readFileSync(made))
  })

/** The main picture as heif-convert writes it, upright; by sharp in sRGB with 8 bits. */
export async function heifConvert(file: Uint8Array): Promise<Raster> {
  const png = inFolder((folder) => {
    writeFileSync(join(folder, 'file.heic'), file)
    execFileSync('heif-convert', [join(folder, 'file.heic'), join(folder, 'picture.png')], { stdio: 'ignore' })
    return readFileSync(join(folder, 'picture.png'))
  })
  const { data, info } = await sharp(png).toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
}

function coded(file: Uint8Array, item: Item): WrittenItem {
  const [size, configuration] = [propertyBytes(file, item, 'ispe'), propertyBytes(file, item, 'hvcC')]
  if (!size || !configuration) throw new Error('heif-enc writes pictures with a size and a configuration')
  return { type: 'hvc1', data: dataOf(file, item), properties: [size, configuration] }
}

/** The first coded picture of a file of heif-enc. */
export function codedPicture(file: Uint8Array): WrittenItem {
  const { primary, referencesOf } = readItems(file)
  const item = primary.type === 'hvc1' ? primary : referencesOf(primary.id, 'dimg')[0]
  if (!item) throw new Error('heif-enc writes a picture')
  return coded(file, item)
}
