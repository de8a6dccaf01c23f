import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createCore } from '../../../../src/image/engine/core.ts'
import type { Engine } from '../../../../src/image/engine/engine.ts'
import { encodeGif } from '../../../../src/image/engine/gif/encoder.ts'
import type { Raster } from '../../../../src/image/raster.ts'
import { wasmFromDisk } from '../../../support/image-context.ts'
import { photo } from '../../../support/pictures.ts'
import { drainAtOnce, pictureOf, unevenRows } from '../../../support/rows.ts'

const module = await wasmFromDisk.core()
const newCore = (): Engine => createCore(module) as Engine

const encode = (raster: Raster, core = newCore()): Promise<Uint8Array> => encodeGif(core, pictureOf(core, raster), drainAtOnce)

/** By libvips. */
async function decode(file: Uint8Array): Promise<Raster> {
  const { data, info } = await sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
}

/** A picture of so many colours at random, with runs now and then. Colour 0 is transparent black when `isTransparent`. */
function drawn(width: number, height: number, colours: number, seed: number, isTransparent = false): Raster {
  const next = (): number => ((seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 4) >>> 8
  const palette = Array.from({ length: colours }, (_, i) => (isTransparent && i === 0 ? 0 : (next() << 2) | i | 0xff000000))
  const words = new Uint32Array(width * height)
  for (let at = 0; at < words.length;) {
    const run = next() % 3 === 0 ? 1 + (next() % 40) : 1
    words.fill(palette[next() % colours]!, at, at + run)
    at += run
  }
  return { width, height, data: new Uint8ClampedArray(words.buffer) }
}

async function photograph(width: number, height: number): Promise<Raster> {
  const data = await sharp(await photo({ width, height, quality: 95 }))
    .ensureAlpha()
    .raw()
    .toBuffer()
  return { width, height, data: new Uint8ClampedArray(data) }
}

/** Decibels. */
function psnr(a: Raster, b: Raster): number {
  const sum = a.data.reduce((so, level, i) => so + (level - b.data[i]!) ** 2, 0)
  return 10 * Math.log10((255 ** 2 * a.data.length * 0.75) / sum)
}

const same = (a: Raster, b: Raster): boolean => Buffer.compare(Buffer.from(a.data), Buffer.from(b.data)) === 0

describe('a picture of 256 colours or fewer comes back as it was', () => {
  it.each([1, 2, 3, 4, 5, 16, 17, 128, 129, 255, 256])('%i', async (colours) => {
    const raster = drawn(61, 83, colours, colours)
    expect(same(await decode(await encode(raster)), raster)).toBe(true)
  })

  it('at any size from 1 to 70, one of the colours transparent or none', async () => {
    const core = newCore()
    const sides = fc.integer({ min: 1, max: 70 })
    await fc.assert(
      fc.asyncProperty(
        sides,
        sides,
        fc.integer({ min: 1, max: 256 }),
        fc.nat(),
        fc.boolean(),
        async (width, height, colours, seed, clear) => {
          const raster = drawn(width, height, colours, seed, clear)
          expect(same(await decode(await encode(raster, core)), raster)).toBe(true)
        },
      ),
      { numRuns: 150, seed: 15 },
    )
  })

  it('when the codes are cleared many times', async () => {
    const raster = drawn(600, 500, 256, 7)
    expect(same(await decode(await encode(raster)), raster)).toBe(true)
  })

  it.each([
    [65_535, 1],
    [1, 65_535],
  ])('at %i × %i', async (width, height) => {
    const raster = drawn(width, height, 200, 3)
    expect(same(await decode(await encode(raster)), raster)).toBe(true)
  })
})

describe('a photograph', () => {
  it('is nearer to itself than with libvips’ own 256 colours at as many bytes', async () => {
    const raster = await photograph(320, 213)
    const file = await encode(raster)
    const theirs = await sharp(raster.data, { raw: { width: 320, height: 213, channels: 4 } })
      .gif({ dither: 0.5, effort: 7 })
      .toBuffer()
    expect(file.length / theirs.length).toBeLessThan(1.1)
    expect(psnr(await decode(file), raster)).toBeGreaterThan(psnr(await decode(theirs), raster) - 1)
  })

  it('has no bands: what is handed on keeps the mean of smooth shades', async () => {
    const [width, height] = [256, 64]
    const data = Uint8ClampedArray.from({ length: width * height * 4 }, (_, at) => {
      const [x, y] = [(at >> 2) % width, Math.floor(at / 4 / width)]
      return [x, 255 - x, (x >> 1) + y, 255][at & 3]!
    })
    const shown = await decode(await encode({ width, height, data }))
    let worst = 0
    for (let x = 8; x < width - 16; x += 8) {
      let difference = 0
      for (let y = 16; y < 24; y++) {
        for (let column = x; column < x + 8; column++) {
          const at = 4 * (y * width + column) + 1
          difference += shown.data[at]! - data[at]!
        }
      }
      worst = Math.max(worst, Math.abs(difference) / 64)
    }
    expect(worst).toBeLessThan(1.5)
  })

  it('keeps flat areas flat', async () => {
    const raster = await photograph(200, 120)
    const words = new Uint32Array(raster.data.buffer)
    for (let y = 0; y < 60; y++) words.fill(0xff12_3456, y * 200, (y + 1) * 200)
    const shown = new Uint32Array((await decode(await encode(raster))).data.buffer)
    expect(new Set(shown.subarray(0, 55 * 200)).size).toBe(1)
  })

  it('gives equal bytes whatever bands it comes in', async () => {
    const raster = await photograph(90, 61)
    const core = newCore()
    const uneven = {
      ...pictureOf(core, raster),
      read: <T>(work: (rows: ReturnType<typeof unevenRows>) => Promise<T>) => work(unevenRows(core, raster, [5, 0, 1, 16])),
    }
    expect(Buffer.compare(Buffer.from(await encodeGif(core, uneven, drainAtOnce)), Buffer.from(await encode(raster)))).toBe(0)
  })
})

describe('transparency', () => {
  it('is where alpha is less than half, and nowhere else', async () => {
    const raster = await photograph(256, 40)
    raster.data.forEach((_, at) => at % 4 === 3 && (raster.data[at] = (at >> 2) % 256))
    const shown = await decode(await encode(raster))
    const wrong = shown.data.filter((alpha, at) => at % 4 === 3 && alpha !== ((at >> 2) % 256 >= 128 ? 255 : 0))
    expect(wrong.length).toBe(0)
  })

  it.each([
    ['all of a picture', 0],
    ['all but a pixel of it', 1],
  ])('of %s', async (_, opaque) => {
    const data = new Uint8ClampedArray(4 * 35)
    if (opaque) data.set([9, 8, 7, 255], 40)
    const raster = { width: 7, height: 5, data }
    expect(same(await decode(await encode(raster)), raster)).toBe(true)
  })
})

describe('limits', () => {
  it.each([
    [65_536, 1],
    [1, 65_536],
  ])('%i × %i is more than the format can say', async (width, height) => {
    await expect(encode({ width, height, data: new Uint8ClampedArray(4 * width * height) })).rejects.toMatchObject({
      code: 'output_too_large',
      reason: expect.stringContaining('65535'),
    })
  })

  it('gives back all of the core’s memory', async () => {
    const core = newCore()
    const mark = core.mark()
    await encode(await photograph(90, 61), core)
    expect(core.mark()).toBe(mark)
  })
})
