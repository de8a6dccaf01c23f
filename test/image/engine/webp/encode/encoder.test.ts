import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createCore } from '../../../../../src/image/engine/core.ts'
import { createVp8Encoder, estimateVp8Bytes, type Vp8EncodeOptions } from '../../../../../src/image/engine/webp/encode/encoder.ts'
import type { Vp8EncoderExports } from '../../../../../src/image/engine/webp/encode/exports.ts'
import { coreModule } from '../../../../support/core-module.ts'
import { type Planes, shownByLibwebp } from './colours.ts'
import { encodePlanes } from './encode-planes.ts'
import { flat, noise, waves } from './pictures.ts'

const module = await coreModule()
const newCore = () => createCore<Vp8EncoderExports>(module)
const encode = (planes: Planes, options: Vp8EncodeOptions, core = newCore()) => encodePlanes(core, planes, options)

async function decoded(file: Uint8Array): Promise<Uint8ClampedArray> {
  const { data } = await sharp(file, { failOn: 'warning' }).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return new Uint8ClampedArray(data)
}

/** How many samples are not the same. */
function differences(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  expect(a.length).toBe(b.length)
  let count = 0
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) count++
  return count
}

async function expectShown(planes: Planes, options: Vp8EncodeOptions): Promise<void> {
  const { file, made } = encode(planes, { ...options, unfiltered: true })
  expect(differences(await decoded(file), shownByLibwebp(made).data)).toBe(0)
}

/** Peak signal-to-noise ratio of luma. */
function lumaPsnr(a: Planes, b: Planes): number {
  const error = a.y.reduce((sum, sample, i) => sum + (sample - (b.y[i] as number)) ** 2, 0) / a.y.length
  return 10 * Math.log10(255 ** 2 / Math.max(error, 1e-9))
}

const shape = fc.record({ width: fc.integer({ min: 1, max: 70 }), height: fc.integer({ min: 1, max: 70 }) })
const options = fc.record({ quality: fc.integer({ min: 1, max: 100 }), effort: fc.integer({ min: 1, max: 100 }) })
const picture = fc.oneof(
  fc.record({ shape, seed: fc.nat(999) }).map((given) => waves(given.shape, given.seed)),
  fc
    .record({ shape, seed: fc.nat(999), levels: fc.integer({ min: 2, max: 256 }) })
    .map((given) => noise(given.shape, given.seed, given.levels)),
  fc.record({ shape, level: fc.integer({ min: 0, max: 255 }) }).map((given) => flat(given.shape, given.level)),
)

describe('libwebp shows exactly what the encoder has made', () => {
  it('of pictures of any size, kind, quality and effort', async () => {
    await fc.assert(
      fc.asyncProperty(picture, options, (planes, wish) => expectShown(planes, wish)),
      { numRuns: 150 },
    )
  })

  it.each([1, 30, 60, 90, 100])('at quality %i, of noise of all or nothing, whose levels are as large as they can be', async (quality) => {
    await expectShown(noise({ width: 160, height: 96 }, quality, 2), { quality })
  })

  it('of steps between black and white, whose DCs need the largest tokens', async () => {
    const size = { width: 128, height: 128 }
    const white = flat(size, 255)
    const steps = { ...white, y: white.y.map((_, i) => ((((i % 128) >> 4) + (i >> 11)) % 2 === 0 ? 0 : 255)) }
    for (const effort of [1, 50, 100]) await expectShown(steps, { quality: 100, effort })
  })
})

describe('quality', () => {
  const grown = [5, 20, 40, 60, 75, 85, 95, 100]

  it.each([1, 50, 100])('more of it makes more bytes and less error at effort %i', (effort) => {
    const planes = waves({ width: 320, height: 208 }, 3, 24)
    const results = grown.map((quality) => encode(planes, { quality, effort }))
    const sizes = results.map(({ file }) => file.length)
    const ratios = results.map(({ made }) => lumaPsnr(planes, made))
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
    expect(ratios).toEqual(ratios.toSorted((a, b) => a - b))
    expect(ratios[0]).toBeLessThan(30)
    expect(ratios.at(-1)).toBeGreaterThan(44)
  })

  it('a flat picture takes next to nothing and keeps its level', () => {
    for (const level of [0, 16, 77, 128, 235, 255]) {
      const { file, made } = encode(flat({ width: 512, height: 512 }, level), { quality: 80 })
      expect(file.length).toBeLessThan(700)
      expect(made.y.every((sample) => Math.abs(sample - level) <= 2)).toBe(true)
    }
  })
})

it('a larger picture, whose tokens do not wait for its end, is shown as it was made', async () => {
  const planes = noise({ width: 1800, height: 1600 }, 5)
  const core = newCore()
  const { file, made } = encode(planes, { quality: 100, effort: 1, unfiltered: true }, core)
  expect(file.length).toBeGreaterThan(2_500_000)
  expect(differences(await decoded(file), shownByLibwebp(made).data)).toBe(0)
  expect(core.size()).toBeLessThan(2_000_000)
})

it('gives others a turn between the rows that it writes at the end', () => {
  const encoder = createVp8Encoder(newCore(), { width: 64, height: 320 }, { quality: 80 })
  for (let row = 0; row < encoder.mcuRows; row++) encoder.encodeRow()
  expect([...encoder.finishing()].length).toBeGreaterThanOrEqual(encoder.mcuRows)
})

it('takes no more of the core than estimated, at once', () => {
  for (const width of [1, 100, 4000, 16383]) {
    const core = newCore()
    const before = core.size()
    createVp8Encoder(core, { width, height: 16 }, { quality: 80 })
    expect(core.size() - before).toBeLessThanOrEqual(estimateVp8Bytes({ width, height: 16 }) + 65_536)
  }
})

it('refuses sides that the format has no room for', () => {
  expect(() => createVp8Encoder(newCore(), { width: 16384, height: 1 }, { quality: 80 })).toThrow(
    expect.objectContaining({ code: 'output_too_large' }),
  )
  const { file } = encode(flat({ width: 16383, height: 2 }, 100), { quality: 50 })
  expect(file.length).toBeGreaterThan(100)
})

it('equal pictures have equal files, whatever was encoded before in the same core', () => {
  const core = newCore()
  const planes = waves({ width: 97, height: 61 }, 8)
  const wish = { quality: 70 }
  const first = encode(planes, wish).file
  encode(noise({ width: 333, height: 200 }, 1), { quality: 90 }, core)
  expect(encode(planes, wish, core).file).toEqual(first)
})
