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
  const encoder = createVp8RowEncoder(core, rows, { quality })
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
