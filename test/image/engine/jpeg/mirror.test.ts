import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createCore } from '../../../../src/image/engine/core.ts'
import { decodeJpeg } from '../../../../src/image/engine/jpeg/decode/decoder.ts'
import { createJpegEncoder } from '../../../../src/image/engine/jpeg/encode/encoder.ts'
import { layOutFrame } from '../../../../src/image/engine/jpeg/encode/frame.ts'
import { probeJpeg } from '../../../../src/image/engine/jpeg/header.ts'
import type { ScaledJpegCore } from '../../../../src/image/engine/jpeg/scaled/convert.ts'
import { keepsSubsampling, planScaledDecode } from '../../../../src/image/engine/jpeg/scaled/decode-scale.ts'
import { estimateScaledBytes, readJpegSource } from '../../../../src/image/engine/jpeg/scaled/estimate.ts'
import { heldSink, planeJobs, pump } from '../../../../src/image/engine/jpeg/scaled/planes.ts'
import type { RecodeOptions } from '../../../../src/image/engine/jpeg/scaled/recode.ts'
import type { Geometry } from '../../../../src/image/geometry.ts'
import { coreModule } from '../../../support/core-module.ts'
import { randomComponents, randomNumbers } from '../../../support/jpeg-coefficients.ts'
import { COMMON_SAMPLINGS } from '../../../support/jpeg-samplings.ts'
import { type WrittenScan, writeJpeg } from '../../../support/jpeg-writer.ts'
import { noPace } from '../../../support/rows.ts'
import { jpegToJpeg } from '../../../support/stages.ts'

const module = await coreModule()
const newCore = (): ScaledJpegCore => createCore(module)

const MIRRORED = 2

const LAYOUTS = { gray: [[1, 1]], ...COMMON_SAMPLINGS } as const
type Layout = keyof typeof LAYOUTS

/** A scan of all components, or one of each. */
function scansOf(components: number, isInterleaved: boolean): WrittenScan[] {
  const all = { start: 0, end: 63, high: 0, low: 0 }
  const each = Array.from({ length: components }, (_, i) => i)
  return isInterleaved ? [{ components: each, ...all }] : each.map((i) => ({ components: [i], ...all }))
}

function noise(layout: Layout, width: number, height: number, seed = 1, isInterleaved = true): Uint8Array {
  const sampling = LAYOUTS[layout].map(([h, v]) => ({ h, v }))
  const components = randomComponents(width, height, sampling, randomNumbers(seed))
  return writeJpeg({ width, height, components, scans: scansOf(sampling.length, isInterleaved) })
}

const whole = (width: number, height: number): Geometry => ({
  window: { x: 0, y: 0, width, height },
  width,
  height,
  kernel: 'lanczos3',
})

/** What streaming shortens: all planes are made whole, and then read from right to left. */
async function held(file: Uint8Array, geometry: Geometry, options: RecodeOptions): Promise<Uint8Array> {
  const core = newCore()
  const header = probeJpeg(file)
  const plan = planScaledDecode(header, MIRRORED, geometry)
  const stream = decodeJpeg(core, file, { ...plan, keepsSubsampling: options.subsampling === '4:2:0' && keepsSubsampling(header) })
  const colour = header.colour === 'gray' ? 'gray' : 'ycbcr'
  const jobs = planeJobs(stream.components, plan, MIRRORED, geometry, layOutFrame(geometry, colour, options.subsampling).components)
  const sink = heldSink(core, jobs, createJpegEncoder(core, geometry, { ...options, colour }), MIRRORED)
  await pump(stream, [sink], noPace, 0)
  return sink.finish(noPace)
}

async function expectEqual(file: Uint8Array, geometry: Geometry, options: RecodeOptions): Promise<void> {
  const streamed = await jpegToJpeg(newCore(), file, MIRRORED, geometry, options)
  expect(Buffer.compare(streamed, await held(file, geometry, options))).toBe(0)
}

const OPTIONS = { quality: 90, subsampling: '4:2:0', progressive: false, optimise: true } as const satisfies RecodeOptions

describe('a JPEG that is mirrored from left to right while it streams', () => {
  // Around the edges of MCUs; and higher than all rows that the encoder buffers.
  const sizes = [1, 7, 8, 9, 15, 16, 17, 31, 33].map((width) => [width, 40 - width] as const)

  it.each(Object.keys(LAYOUTS) as Layout[])('has the bytes that it has from whole planes: %s', async (layout) => {
    for (const [width, height] of [...sizes, [45, 311] as const]) {
      const file = noise(layout, width, height)
      for (const subsampling of ['4:2:0', '4:4:4'] as const)
        for (const progressive of [false, true]) await expectEqual(file, whole(width, height), { ...OPTIONS, subsampling, progressive })
    }
  })

  it('has them in any size, cut and scaled', async () => {
    const side = fc.integer({ min: 1, max: 120 })
    const wish = fc.record({
      layout: fc.constantFrom(...(Object.keys(LAYOUTS) as Layout[])),
      shape: fc.tuple(side, side),
      cut: fc.tuple(...Array.from({ length: 4 }, () => fc.double({ min: 0, max: 0.45, noNaN: true }))),
      isScaled: fc.boolean(),
      target: fc.tuple(side, side),
      subsampling: fc.constantFrom('4:2:0' as const, '4:2:2' as const, '4:4:4' as const),
      isInterleaved: fc.boolean(),
      seed: fc.nat(),
    })
    await fc.assert(
      fc.asyncProperty(wish, async ({ layout, shape: [width, height], cut, isScaled, target, subsampling, isInterleaved, seed }) => {
        const [x, y] = [Math.floor(cut[0]! * width), Math.floor(cut[1]! * height)]
        const window = { x, y, width: Math.ceil((1 - cut[2]!) * width) - x, height: Math.ceil((1 - cut[3]!) * height) - y }
        const [toWidth, toHeight] = isScaled ? target : [window.width, window.height]
        const geometry: Geometry = { window, width: toWidth, height: toHeight, kernel: 'lanczos3' }
        await expectEqual(noise(layout, width, height, seed, isInterleaved), geometry, { ...OPTIONS, subsampling })
      }),
      { numRuns: 150, seed: 31 },
    )
  })

  it('takes no more memory than without the mirror, and the estimate says so', async () => {
    const [width, height] = [600, 3000]
    const file = await sharp({ create: { width, height, channels: 3, background: '#4080c0' } })
      .jpeg()
      .toBuffer()
    const geometry = whole(width, height)
    const sizeOf = async (orientation: 1 | 2): Promise<number> => {
      const core = newCore()
      await jpegToJpeg(core, file, orientation, geometry, OPTIONS)
      return core.size()
    }
    const estimate = (orientation: 1 | 2): number => estimateScaledBytes(readJpegSource(file), orientation, geometry, OPTIONS)
    expect(await sizeOf(MIRRORED)).toBe(await sizeOf(1))
    expect(await sizeOf(MIRRORED)).toBeLessThanOrEqual(estimate(MIRRORED))
    expect(estimate(MIRRORED)).toBe(estimate(1))
  })
})
