import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { createCore } from '../../../../../src/image/engine/core.ts'
import { losslessEncodeBytes } from '../../../../../src/image/engine/webp/lossless-encode/encoder.ts'
import { bitstreamShape, webpChunks } from '../../../../../src/image/engine/webp/container.ts'
import type { Raster } from '../../../../../src/image/raster.ts'
import { coreModule } from '../../../../support/core-module.ts'
import { openDecoder, painted, PAINTS, type Paint } from '../pictures.ts'
import { isSame, libwebp, openEncoder, openPeer } from './encode.ts'

let encode: Awaited<ReturnType<typeof openEncoder>>
let decode: Awaited<ReturnType<typeof openDecoder>>
let peer: Awaited<ReturnType<typeof openPeer>>

beforeAll(async () => {
  ;[encode, decode, peer] = await Promise.all([openEncoder(), openDecoder(), openPeer()])
})

/** Three decoders of two houses see the same. */
async function expectExact(raster: Raster, what: string, effort?: number): Promise<Uint8Array> {
  const { file } = await encode(raster, effort)
  expect(isSame(raster, await sharp(file).ensureAlpha().raw().toBuffer()), `sharp: ${what}`).toBe(true)
  expect(isSame(raster, peer(file)), `@jsquash/webp: ${what}`).toBe(true)
  expect(isSame(raster, new Uint8Array(decode(file).data)), `our decoder: ${what}`).toBe(true)
  return file
}

const drawing: Paint = (_random, x, y, channel) =>
  channel === 3 ? 255 : ((x >> 4) * 7 + (y >> 5) * 3) % 5 === 0 ? 200 - channel * 20 : (x - y) % 31 === 0 ? 30 : 250
const photograph: Paint = (random, x, y, channel) =>
  channel === 3 ? 255 : 128 + 80 * Math.sin(x / 31 + channel) + 40 * Math.cos(y / 17) + (random & 7)

describe('every pixel comes back', () => {
  it.each(Object.entries(PAINTS))('%s, in all sizes from 1 to 70', async (name, paint) => {
    for (let side = 1; side <= 70; side++) {
      const other = ((side * 37) % 70) + 1
      const [width, height] = side % 2 === 0 ? [side, other] : [other, side]
      await expectExact(painted(width, height, paint), `${name} ${width}×${height}`)
    }
  })

  it.each([1, 2, 3, 4, 5, 15, 16, 17, 100, 255, 256, 257, 300])('%i colours', async (count) => {
    const colours: Paint = (_random, x, y, channel) => {
      const index = (x * 31 + y * 57) % count
      return channel === 3 ? (index % 3 === 0 ? index : 255) : channel === 2 ? index >> 8 : index * (channel + 1)
    }
    await expectExact(painted(67, 41, colours), `${count} colours`)
    await expectExact(
      painted(67, 41, (random, x, y, channel) => colours(random, (random * 7 + x) >> 4, y >> 2, channel)),
      'in runs',
    )
  })

  it.each([1, 50, 100])('of larger pictures, at effort %i', async (effort) => {
    for (const [width, height] of [
      [700, 500],
      [500, 700],
      [1, 5000],
      [5000, 3],
    ] as const) {
      for (const [name, paint] of [
        ['drawing', drawing] as const,
        ['photograph', photograph] as const,
        ['noise', PAINTS['noise']!] as const,
      ])
        await expectExact(painted(width, height, paint), `${name} ${width}×${height}`, effort)
    }
  })

  it('copies reach as far back as the window, and no farther', async () => {
    const mixed = painted(640, 1500, (random) => random)
    for (const rows of [100, 204, 205, 410, 411, 820]) {
      const twice = { ...mixed, data: mixed.data.slice() }
      twice.data.copyWithin(rows * 640 * 4, 0, 60 * 640 * 4)
      await expectExact(twice, `${rows} rows back`)
    }
  })

  it('colours that nobody sees are kept as well', async () => {
    const hidden = painted(50, 50, (random, x, _y, channel) => (channel === 3 ? (x < 25 ? 0 : 255) : random))
    await expectExact(hidden, 'hidden colours')
  })

  it('parts of a picture that differ have codes of their own', async () => {
    const parts = painted(300, 1800, (random, x, y, channel) =>
      channel === 3 ? 255 : y < 600 ? random & 3 : y < 1200 ? random : photograph(random, x, y, channel),
    )
    const file = await expectExact(parts, 'parts')
    expect(file.length).toBeLessThan((await libwebp(parts)).length * 1.03)
  })

  it.each([
    [16_383, 1],
    [1, 16_383],
    [16_383, 20],
    [20, 16_383],
  ])('%i × %i', async (width, height) => {
    for (const [name, paint] of Object.entries({ drawing, noise: PAINTS['noise']!, photograph }))
      await expectExact(painted(width, height, paint), name)
  })
})

it.each([
  [16_384, 1],
  [1, 16_384],
])('refuses %i × %i with the number', async (width, height) => {
  await expect(encode(painted(width, height, drawing))).rejects.toMatchObject({
    code: 'output_too_large',
    message: expect.stringMatching(/16383.*16384/) as string,
  })
})

it('says whether a pixel is transparent, and pads to an even length', async () => {
  for (const [paint, hasAlpha] of [
    [PAINTS['gradient']!, false],
    [PAINTS['see-through gradient']!, true],
  ] as const) {
    for (let width = 1; width < 12; width++) {
      const { file } = await encode(painted(width, 9, paint))
      const [chunk, ...more] = webpChunks(file, 12, file.length)
      expect(more).toEqual([])
      expect(bitstreamShape(file, chunk!)).toEqual({ width, height: 9, hasAlpha })
      expect(new DataView(file.buffer).getUint32(4, true)).toBe(file.length - 8)
      expect(file.length % 2).toBe(0)
    }
  }
})

it('gives the same bytes each time, whatever the memory held before', async () => {
  for (const paint of Object.values({ photograph, drawing, ...PAINTS })) {
    const raster = painted(333, 222, paint)
    const { file } = await encode(raster)
    for (const dirt of [0x5a, 0xff]) expect((await encode(raster, undefined, dirt)).file).toEqual(file)
  }
})

it('takes the memory that was said', async () => {
  const start = createCore(await coreModule()).size()
  for (const [width, height, effort] of [
    [40, 30, 50],
    [1400, 1000, 50],
    [1400, 1000, 100],
    [16_383, 40, 50],
    [1800, 1700, 50],
  ] as const) {
    for (const paint of [PAINTS['noise']!, drawing]) {
      const { coreBytes } = await encode(painted(width, height, paint), effort)
      const rows = 17 * 4 * (width + 64)
      const said = losslessEncodeBytes({ width, height }, effort)
      expect(coreBytes).toBeLessThanOrEqual(start + rows + said)
      expect(coreBytes).toBeLessThan(effort === 100 ? 24_000_000 : 12_000_000)
    }
  }
})

it('is within a few percent of libwebp, or below', async () => {
  for (const [paint, most] of [
    [drawing, 1.05],
    [photograph, 1.03],
    [PAINTS['256 colours']!, 1.05],
    [PAINTS['16 colours']!, 1.05],
    [PAINTS['noise']!, 1.01],
  ] as const) {
    const raster = painted(400, 300, paint)
    expect((await encode(raster)).file.length).toBeLessThan((await libwebp(raster)).length * most + 40)
  }
})
