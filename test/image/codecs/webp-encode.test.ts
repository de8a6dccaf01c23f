import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { webp } from '../../../src/image/codecs/webp.ts'
import { webpFileBytes } from '../../../src/image/codecs/webp/encoder.ts'
import { createCore } from '../../../src/image/engine/core.ts'
import { rasterRows } from '../../../src/image/engine/rows/pixel-rows.ts'
import type { Vp8EncoderExports } from '../../../src/image/engine/webp/encode/exports.ts'
import { createVp8RowEncoder } from '../../../src/image/engine/webp/encode/rows.ts'
import { planExecution } from '../../../src/image/planner.ts'
import type { Raster } from '../../../src/image/raster.ts'
import { encodeAs } from '../../support/apply-steps.ts'
import { coreModule } from '../../support/core-module.ts'
import { openImageContext } from '../../support/image-context.ts'
import { photo } from '../../support/pictures.ts'
import { unevenRows } from '../../support/rows.ts'

const { context } = openImageContext()
const module = await coreModule()

async function photograph(width: number, height: number): Promise<Raster> {
  const data = await sharp(await photo({ width, height }))
    .ensureAlpha()
    .raw()
    .toBuffer()
  return { width, height, data: new Uint8ClampedArray(data) }
}

/** The core's own file, from rows in bands of these sizes. */
function own(raster: Raster, quality: number, sizes?: readonly number[]): Uint8Array {
  const core = createCore<Vp8EncoderExports>(module)
  const rows = sizes ? unevenRows(core, raster, sizes) : rasterRows(core, raster)
  const encoder = createVp8RowEncoder(core, { ...rows, isOpaque: true }, { quality })
  for (const band of rows.bands) {
    core.alloc(16) // as other stages do
    encoder.take(band)
  }
  return encoder.finish()
}

describe('an opaque picture', () => {
  it('is encoded by the core, whatever its rows are said to be', async () => {
    const raster = await photograph(150, 101)
    const file = own(raster, 80)
    expect(await encodeAs(context, 'webp', raster, { quality: 80 })).toEqual(file)
  })

  it.each([[[1]], [[5, 0, 1, 16, 3, 2]], [[16, 0]], [[7]]])('has the same file from bands of %j rows', async (sizes) => {
    for (const [width, height] of [
      [150, 101],
      [33, 17],
      [1, 1],
    ] as const) {
      const raster = await photograph(width, height)
      expect(own(raster, 70, sizes)).toEqual(own(raster, 70))
    }
  })

  it('is near what libvips shows of it, in colours too', async () => {
    const raster = await photograph(320, 213)
    const shown = await sharp(own(raster, 95)).ensureAlpha().raw().toBuffer()
    const squares = [0, 1, 2].map((channel) => {
      let sum = 0
      for (let i = channel; i < shown.length; i += 4) sum += ((shown[i] ?? 0) - (raster.data[i] ?? 0)) ** 2
      return sum / (shown.length / 4)
    })
    for (const square of squares) expect(10 * Math.log10(255 ** 2 / square)).toBeGreaterThan(36)
    // Means of a channel do not drift.
    for (const channel of [0, 1, 2]) {
      let drift = 0
      for (let i = channel; i < shown.length; i += 4) drift += (shown[i] ?? 0) - (raster.data[i] ?? 0)
      expect(Math.abs(drift / (shown.length / 4))).toBeLessThan(0.5)
    }
  })

  it.each([80, 100])('of noise of all or nothing takes no more bytes at quality %i than promised', (quality) => {
    let state = 1
    const data = Uint8ClampedArray.from({ length: 400 * 300 * 4 }, (_, i) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
      return i % 4 === 3 || state < 0 ? 255 : 0
    })
    const shape = { width: 400, height: 300 }
    expect(own({ ...shape, data }, quality).length).toBeLessThanOrEqual(webpFileBytes(shape, { quality }, true))
  })

  it('of 12 megapixels fits into 24 MB from a JPEG, one of 100 into 80 MB', async () => {
    const file = await sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#369' } })
      .jpeg()
      .toBuffer()
    const limits = { maxSteps: 8, maxPixels: 2e8, maxSide: 20_000, memoryBytes: 24_000_000 }
    const plan = { steps: [], output: { format: 'webp', quality: 80 } } as const
    expect(() => planExecution(plan, file, limits)).not.toThrow()
    expect(webp.encodeBytes({ width: 10_000, height: 10_000 }, { quality: 80 }, true)).toBeLessThan(80_000_000)
  })
})

type Colour = readonly [red: number, green: number, blue: number, alpha: number]

const TRANSPARENT: Readonly<Record<string, (x: number, y: number) => Colour>> = {
  'a disc on black that nobody sees': (x, y) => (Math.hypot(x - 100, y - 75) < 60 ? [220, x & 255, y & 255, 255] : [0, 0, 0, 0]),
  'a disc on noise that nobody sees': (x, y) =>
    Math.hypot(x - 100, y - 75) < 60 ? [220, x & 255, y & 255, 255] : [(x * 7919 * (y + 3)) & 255, x * y, 9, 0],
  'a soft edge': (x, y) => [200, 30, 90, Math.max(0, Math.min(255, (70 - Math.hypot(x - 100, y - 75)) * 12))],
  'all levels': (x, y) => [128 + 90 * Math.sin(x / 20), 128 + 90 * Math.cos(y / 15), 90, 128 + 127 * Math.sin((x + y) / 30)],
  letters: (x, y) => (((x >> 3) ^ (y >> 4)) % 3 === 0 ? [20, 20, 200, 255] : [0, 0, 0, 0]),
}

function drawn(width: number, height: number, colourAt: (x: number, y: number) => Colour): Raster {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < width * height; i++) data.set(colourAt(i % width, Math.floor(i / width)), i * 4)
  return { width, height, data }
}

/** On white, in decibels; and whether alpha came back. */
async function compare({ data }: Raster, file: Uint8Array): Promise<{ readonly psnr: number; readonly isSameAlpha: boolean }> {
  const shown = await sharp(file).ensureAlpha().raw().toBuffer()
  let [squares, isSameAlpha] = [0, true]
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3] ?? 0
    isSameAlpha &&= shown[i + 3] === alpha
    for (let c = i; c < i + 3; c++) squares += (((shown[c] ?? 0) - (data[c] ?? 0)) * (alpha / 255)) ** 2
  }
  return { psnr: 10 * Math.log10(255 ** 2 / Math.max(1e-9, squares / (data.length * 0.75))), isSameAlpha }
}

describe('a picture with alpha', () => {
  it.each(Object.entries(TRANSPARENT))('is smaller than libwebp makes it, and no worse on white: %s', async (_name, colourAt) => {
    const raster = drawn(201, 150, colourAt)
    const { width, height, data } = raster
    for (const quality of [60, 85]) {
      const file = await encodeAs(context, 'webp', raster, { quality })
      const peer = await sharp(data, { raw: { width, height, channels: 4 } })
        .webp({ quality })
        .toBuffer()
      const [ours, theirs] = [await compare(raster, file), await compare(raster, peer)]
      expect(ours.isSameAlpha).toBe(true)
      expect(ours.psnr).toBeGreaterThan(Math.min(theirs.psnr - 0.3, 50))
      expect(file.length).toBeLessThan(peer.length)
    }
  })

  it('keeps alpha exactly at every size, and its edges are not tinted', async () => {
    for (let side = 1; side <= 40; side++) {
      const raster = drawn(side, ((side * 17) % 40) + 1, (x, y) => ((x * 3 + y * 5) % 7 < 3 ? [230, 20, 20, 255] : [0, 0, 0, 0]))
      const { psnr, isSameAlpha } = await compare(raster, await encodeAs(context, 'webp', raster, { quality: 90 }))
      expect(isSameAlpha, `${side}`).toBe(true)
      expect(psnr, `${side}`).toBeGreaterThan(34)
    }
  })

  it('of one colour takes what its alpha takes, whatever nobody sees', async () => {
    const at = (hidden: Colour) => drawn(300, 200, (x, y) => (Math.hypot(x - 150, y - 100) < 80 ? [10, 200, 90, 255] : hidden))
    const sizes = await Promise.all(
      [
        [10, 200, 90, 0],
        [0, 0, 0, 0],
        [255, 0, 255, 0],
      ].map(async (hidden) => (await encodeAs(context, 'webp', at(hidden as never), { quality: 80 })).length),
    )
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(250)
  })
})
