import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createCore } from '../../../../src/image/engine/core.ts'
import type { Engine } from '../../../../src/image/engine/engine.ts'
import { encodePng } from '../../../../src/image/engine/png/encoder.ts'
import type { Raster } from '../../../../src/image/raster.ts'
import { wasmFromDisk } from '../../../support/image-context.ts'
import { photo, translucent } from '../../../support/pictures.ts'
import { drainAtOnce, pictureOf } from '../../../support/rows.ts'
import { random } from './writer.ts'

const module = await wasmFromDisk.core()

function encode(raster: Raster): Promise<Uint8Array> {
  const core = createCore(module) as Engine
  return encodePng(core, pictureOf(core, raster), drainAtOnce, { palette: true })
}

async function decode(file: Uint8Array): Promise<Raster> {
  const { data, info } = await sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
}

/** Decibels of what is seen: of premultiplied colours, and of alpha. */
function psnr(a: Raster, b: Raster): number {
  let sum = 0
  for (let at = 0; at < a.data.length; at += 4) {
    const [x, y] = [a.data[at + 3]!, b.data[at + 3]!]
    for (let i = 0; i < 3; i++) sum += ((a.data[at + i]! * x - b.data[at + i]! * y) / 255) ** 2
    sum += (x - y) ** 2
  }
  return 10 * Math.log10((255 ** 2 * a.data.length) / sum)
}

const isPalette = (file: Uint8Array): boolean => file[25] === 3

describe('a PNG with a palette, when it is asked for', () => {
  it.each([
    ['a photograph', () => photo({ format: 'png' }), 38, 0.5],
    ['a photograph that fades away', () => translucent('png'), 36, 0.5],
  ])('%s is near to itself, in fewer bytes', async (_, make, least, share) => {
    const raster = await decode(await make())
    const file = await encode(raster)
    expect(isPalette(file)).toBe(true)
    expect(psnr(await decode(file), raster)).toBeGreaterThan(least)
    const core = createCore(module) as Engine
    const exact = await encodePng(core, pictureOf(core, raster), drainAtOnce)
    expect(file.length / exact.length).toBeLessThan(share)
  })

  it('is not farther from itself than with libvips’ palette', async () => {
    const raster = await decode(await translucent('png'))
    const { width, height, data } = raster
    const theirs = await sharp(data, { raw: { width, height, channels: 4 } })
      .png({ palette: true, dither: 0.5 })
      .toBuffer()
    expect(psnr(await decode(await encode(raster)), raster)).toBeGreaterThan(psnr(await decode(theirs), raster) - 1)
  })

  it('keeps what is opaque opaque, and what is transparent transparent', async () => {
    const raster = await decode(await photo({ format: 'png', width: 160, height: 90 }))
    raster.data.forEach((_, at) => {
      const x = (at >> 2) % 160
      if (at % 4 === 3) raster.data[at] = x < 50 ? 0 : x < 100 ? 5 * (x - 50) : 255
    })
    const shown = await decode(await encode(raster))
    for (let at = 3; at < shown.data.length; at += 4) {
      if (raster.data[at] === 0 || raster.data[at] === 255) expect(shown.data[at]).toBe(raster.data[at])
    }
  })

  it.each([
    [9, 9, 80],
    [60, 50, 256],
  ])('has every pixel of %i × %i with %i colours', async (width, height, colours) => {
    const upTo = random(colours)
    const words = new Uint32Array(width * height).map(() => ((upTo(colours) * 0x01020304) ^ 0x00ff00ff) >>> 0)
    const raster = { width, height, data: new Uint8ClampedArray(words.buffer) }
    expect(Buffer.compare(Buffer.from((await decode(await encode(raster))).data), Buffer.from(raster.data))).toBe(0)
  })

  it('has every gray of a photograph that is gray', async () => {
    const gray = await sharp(await photo({ format: 'png' }))
      .grayscale()
      .toColourspace('srgb')
      .png()
      .toBuffer()
    const raster = await decode(gray)
    expect(Buffer.compare(Buffer.from((await decode(await encode(raster))).data), Buffer.from(raster.data))).toBe(0)
  })
})
