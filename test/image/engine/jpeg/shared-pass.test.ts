import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { createCore } from '../../../../src/image/engine/core.ts'
import { readJpegSource } from '../../../../src/image/engine/jpeg/scaled/estimate.ts'
import { estimatePassBytes, jpegPass } from '../../../../src/image/engine/jpeg/scaled/shared-pass.ts'
import type { ScaledJpegCore } from '../../../../src/image/engine/jpeg/scaled/convert.ts'
import type { Geometry } from '../../../../src/image/geometry.ts'
import { coreModule } from '../../../support/core-module.ts'
import { jpegToRaster, jpegToRasters } from '../../../support/stages.ts'

let module: WebAssembly.Module
let file: Uint8Array
beforeAll(async () => {
  module = await coreModule()
  const noise = Buffer.from(Array.from({ length: 900 * 600 * 3 }, (_, i) => (i * 2_654_435_761) >>> 24))
  file = new Uint8Array(
    await sharp(noise, { raw: { width: 900, height: 600, channels: 3 } })
      .jpeg({ progressive: true })
      .toBuffer(),
  )
})

const core = (): ScaledJpegCore => createCore(module) as unknown as ScaledJpegCore // the module has all of the engine's exports
const scaled = (width: number, window = { x: 0, y: 0, width: 900, height: 600 }): Geometry => ({
  window,
  width,
  height: Math.round((width * window.height) / window.width),
  kernel: 'lanczos3',
})

describe('one pass', () => {
  const GEOMETRIES = [scaled(40), scaled(70), scaled(99), scaled(20)]

  it.each([1, 2, 3, 6] as const)('gives each geometry the pixels that it has alone, turned by orientation %i', async (orientation) => {
    const turned =
      orientation === 6
        ? GEOMETRIES.map(({ width, height, ...rest }) => ({
            ...rest,
            window: { x: 0, y: 0, width: 600, height: 900 },
            width: height,
            height: width,
          }))
        : GEOMETRIES
    const rasters = await jpegToRasters(core(), file, orientation, turned)
    expect(rasters.map(({ data }) => Buffer.from(data).toString('base64'))).toEqual(
      turned.map((geometry) => Buffer.from(jpegToRaster(core(), file, orientation, geometry).data).toString('base64')),
    )
  })

  it('gives cuts that are not scaled the pixels that they have alone, mirrored too', async () => {
    const cut: Geometry = { window: { x: 10, y: 5, width: 300, height: 200 }, width: 300, height: 200, kernel: 'lanczos3' }
    for (const orientation of [1, 2] as const) {
      const rasters = await jpegToRasters(core(), file, orientation, [cut, cut])
      const alone = jpegToRaster(core(), file, orientation, cut)
      for (const { data } of rasters) expect(Buffer.from(data).equals(Buffer.from(alone.data)), String(orientation)).toBe(true)
    }
  })

  it('holds no more than its estimate', async () => {
    const engine = core()
    const before = engine.size()
    const rasters = await jpegToRasters(engine, file, 1, GEOMETRIES)
    const held = engine.size() - before + rasters.reduce((sum, { data }) => sum + data.length, 0)
    expect(estimatePassBytes(readJpegSource(file), 1, GEOMETRIES)).toBeGreaterThanOrEqual(held)
  })

  it('is another one for another scale or another part', () => {
    const { header } = readJpegSource(file)
    const pass = (geometry: Geometry): string => jpegPass(header, 1, geometry)
    expect(pass(scaled(99))).toBe(pass(scaled(40)))
    expect(pass(scaled(110))).not.toBe(pass(scaled(40)))
    expect(pass(scaled(40, { x: 10, y: 0, width: 800, height: 600 }))).not.toBe(pass(scaled(40)))
  })
})
