import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { jpeg } from '../../../src/image/codecs/jpeg.ts'
import type { Raster } from '../../../src/image/raster.ts'
import { encodeAs } from '../../support/apply-steps.ts'
import { countInstances } from '../../support/count-memory.ts'
import { openImageContext } from '../../support/image-context.ts'
import { photo } from '../../support/pictures.ts'

const { context } = openImageContext()

async function rasterOf(file: Uint8Array): Promise<Raster> {
  const { data, info } = await sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
}

describe('the kinds of JPEG', () => {
  it.each([
    ['sequential', 0xc9],
    ['progressive', 0xca],
  ])('%s arithmetic coding is refused by the header', async (_name, marker) => {
    const file = (await photo()).slice()
    file[file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xc0) + 1] = marker
    expect(() => jpeg.probe(file)).toThrow(
      expect.objectContaining({ code: 'unsupported_format', reason: expect.stringContaining('arithmetic') }),
    )
  })
})

describe('effort', () => {
  const instances = countInstances()
  it('makes smaller files of the same picture', async () => {
    const raster = await rasterOf(await photo({ width: 640, height: 427, format: 'png' }))
    const sizes: number[] = []
    for (const effort of [1, 30, 65, 100]) {
      const file = await encodeAs(context, 'jpeg', raster, { quality: 80, effort })
      const shown = await rasterOf(file)
      const squares = shown.data.reduce((sum, sample, i) => sum + (sample - (raster.data[i] ?? 0)) ** 2, 0)
      expect(10 * Math.log10((255 * 255 * shown.data.length) / squares)).toBeGreaterThan(32)
      sizes.push(file.length)
    }
    const [fast = 0, ...others] = sizes
    expect(others.every((size) => size < fast)).toBe(true)
    expect(others[1]).toBeLessThan(others[0] ?? 0)
  })

  it('takes the memory that it said, on noise, and leaves large pictures to the lean encoder', async () => {
    const data = new Uint8ClampedArray(1000 * 800 * 4).map((_, i) => (i % 4 === 3 ? 255 : Math.imul(i, 2_654_435_761) >>> 24))
    for (const height of [500, 800]) {
      instances.reset()
      const raster = { width: 1000, height, data: data.subarray(0, 1000 * height * 4) }
      const wish = { quality: 95, effort: 100 }
      await encodeAs(context, 'jpeg', raster, wish)
      const grown = instances.bytes()
      expect(grown).toBeLessThanOrEqual(jpeg.encodeBytes(raster, wish))
      // The lean one is the instance that the context had.
      expect(instances.memories.size).toBe(height === 500 ? 1 : 0)
    }
  })
})
