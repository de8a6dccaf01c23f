// The WebP encoder against Debian's webp (dwebp) and Chromium.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCore } from '../../src/image/engine/core.ts'
import type { Vp8EncoderExports } from '../../src/image/engine/webp/encode/exports.ts'
import { type Planes } from '../image/engine/webp/encode/colours.ts'
import { encodePlanes } from '../image/engine/webp/encode/encode-planes.ts'
import { flat, noise, waves } from '../image/engine/webp/encode/pictures.ts'
import { encodeAs } from '../support/apply-steps.ts'
import { coreModule } from '../support/core-module.ts'
import { openImageContext } from '../support/image-context.ts'
import { maxDifference } from '../support/jpeg-decoding.ts'
import { photo } from '../support/pictures.ts'
import { type Canvas, openCanvas } from './support/chromium.ts'

const module = await coreModule()
const { context } = openImageContext()

let folder: string
let canvas: Canvas
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'emulsion-webp-'))
  canvas = await openCanvas()
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await canvas.close()
})

/** Y, Cb and Cr one after the other, before the loop filter. */
function dwebp(file: Uint8Array): Uint8Array {
  const [source, target] = [join(folder, 'a.webp'), join(folder, 'a.yuv')]
  writeFileSync(source, file)
  execFileSync('dwebp', ['-quiet', '-nofilter', '-yuv', source, '-o', target])
  return new Uint8Array(readFileSync(target))
}

const PICTURES: Readonly<Record<string, Planes>> = {
  'waves, odd sides': waves({ width: 331, height: 217 }, 4, 12),
  'one pixel': flat({ width: 1, height: 1 }, 200),
  'a column': waves({ width: 3, height: 500 }, 5),
  noise: noise({ width: 200, height: 120 }, 6),
  'noise of all or nothing': noise({ width: 97, height: 64 }, 7, 2),
}

describe.each(Object.entries(PICTURES))('%s', (_name, planes) => {
  it.each([1, 25, 50, 75, 90, 100])('at quality %i: dwebp has the planes that the encoder made', (quality) => {
    for (const effort of [1, 50, 100]) {
      const { file, made } = encodePlanes(createCore<Vp8EncoderExports>(module), planes, { quality, effort })
      expect(Buffer.concat([made.y, made.cb, made.cr]).equals(dwebp(file))).toBe(true)
    }
  })
})

it.each([1, 30, 80, 100])('a photograph at quality %i is one picture to libvips and Chromium', async (quality) => {
  const samples = sharp(await photo({ width: 331, height: 217 })).ensureAlpha()
  const { data, info } = await samples.raw().toBuffer({ resolveWithObject: true })
  const raster = { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
  const file = await encodeAs(context, 'webp', raster, { quality })
  const libvips = await sharp(file).ensureAlpha().raw().toBuffer()
  expect(maxDifference(await canvas.show(file, 'image/webp'), libvips)).toBeLessThanOrEqual(1)
})
