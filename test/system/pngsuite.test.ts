// Reads ../shared/corpus, which is not part of the repository: a project of its own, run where the corpus is present. It fails without it.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { type Core, createCore } from '../../src/image/engine/core.ts'
import { decodePngRaster, type PngDecoderExports } from '../../src/image/engine/png/decoder.ts'
import { probePng } from '../../src/image/engine/png/header.ts'
import { coreModule } from '../support/core-module.ts'

interface Entry {
  readonly path: string
  readonly format: string
  readonly depth?: string
  readonly decodable: 'yes' | 'partial' | 'no'
}

const corpus = resolve(import.meta.dirname, '../../../shared/corpus')
const manifest = JSON.parse(readFileSync(resolve(corpus, 'manifest.json'), 'utf8')) as { files: readonly Entry[] }
const files = manifest.files.filter(({ format }) => format === 'png')
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(resolve(corpus, path)))

let core: Core<PngDecoderExports>
beforeAll(async () => {
  core = createCore(await coreModule())
})

async function oracle(file: Uint8Array): Promise<Buffer> {
  const image = sharp(file, { failOn: 'none', ignoreIcc: true }).ensureAlpha()
  if (probePng(file).bitDepth < 16) return image.toColourspace('srgb').raw().toBuffer()
  const wide = await image.toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer()
  return Buffer.from(new Uint16Array(wide.buffer, wide.byteOffset, wide.length / 2).map((value) => Math.round(value / 257)))
}

describe('every PNG of the corpus that libvips decodes without a warning', () => {
  test.each(files.filter(({ decodable }) => decodable === 'yes').map(({ path }) => path))('%s: equal pixels', async (path) => {
    const { data } = decodePngRaster(core, read(path))
    expect(Buffer.from(data.buffer).equals(await oracle(read(path)))).toBe(true)
  })
})

describe('every other PNG of the corpus', () => {
  test.each(files.filter(({ decodable }) => decodable !== 'yes').map(({ path, decodable }) => [path, decodable]))(
    '%s: an error, or a picture (%s)',
    (path) => {
      for (const isPartial of [false, true]) {
        try {
          decodePngRaster(core, read(path), { isPartial })
        } catch (error) {
          expect(error).toBeInstanceOf(AppError)
        }
      }
    },
  )
})
