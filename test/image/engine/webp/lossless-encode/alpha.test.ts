import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Core, createCore } from '../../../../../src/image/engine/core.ts'
import { ascii } from '../../../../../src/image/engine/bytes.ts'
import { bytes24, chunkBytes, webpChunks } from '../../../../../src/image/engine/webp/container.ts'
import { type AlphaExports, alphaRows } from '../../../../../src/image/engine/webp/lossless/alpha.ts'
import { alphaEncoderBytes, createAlphaEncoder } from '../../../../../src/image/engine/webp/lossless-encode/alpha.ts'
import type { LosslessEncoderExports } from '../../../../../src/image/engine/webp/lossless-encode/exports.ts'
import { coreModule } from '../../../../support/core-module.ts'
import { unevenRows } from '../../../../support/rows.ts'
import { painted, type Paint } from '../pictures.ts'
import { openPeer } from './encode.ts'

let module: WebAssembly.Module
let peer: Awaited<ReturnType<typeof openPeer>>
beforeAll(async () => {
  ;[module, peer] = await Promise.all([coreModule(), openPeer()])
})

const ALPHAS: Readonly<Record<string, Paint>> = {
  opaque: () => 255,
  transparent: () => 0,
  'a mask': (_random, x, y) => ((x - 30) ** 2 + (y - 20) ** 2 < 400 ? 255 : 0),
  'a soft edge': (_random, x) => Math.min(255, x * 9),
  'a slope': (_random, x, y) => x * 2 + y * 3,
  stripes: (_random, x, y) => (x >> 3) * 40 + (y & 1),
  'a few levels': (random, _x, y) => (random & 3) * 80 + (y >> 4),
  noise: (random) => random,
}

interface Encoded {
  readonly payload: Uint8Array
  readonly coreBytes: number
}

function encode(width: number, height: number, paint: Paint): Encoded & { readonly alphas: Uint8Array } {
  const core: Core<LosslessEncoderExports> = createCore(module)
  const raster = painted(width, height, paint)
  const encoder = createAlphaEncoder(core, width, height)
  for (const band of unevenRows(core, raster, [5, 0, 1, 16, 3]).bands) encoder.take(band)
  const mark = core.mark()
  const payload = encoder.finish()
  expect(core.mark()).toBe(mark)
  return { payload, coreBytes: core.size(), alphas: raster.data.filter((_, i) => i % 4 === 3) as unknown as Uint8Array }
}

/** A lossy picture with this alpha. */
async function fileOf(width: number, height: number, payload: Uint8Array): Promise<Uint8Array> {
  const opaque = new Uint8Array(
    await sharp({ create: { width, height, channels: 3, background: '#936' } })
      .webp()
      .toBuffer(),
  )
  const { start, end } = [...webpChunks(opaque, 12, opaque.length)].find(({ kind }) => kind === 'VP8 ')!
  const header = chunkBytes('VP8X', Uint8Array.of(0x10, 0, 0, 0), bytes24(width - 1), bytes24(height - 1))
  return chunkBytes('RIFF', ascii('WEBP'), header, chunkBytes('ALPH', payload), chunkBytes('VP8 ', opaque.subarray(start, end)))
}

function decoded(payload: Uint8Array, width: number, height: number): Uint8Array {
  const core: Core<AlphaExports> = createCore(module)
  const file = chunkBytes('ALPH', payload)
  const plane = new Uint8Array(width * height)
  let y = 0
  for (const { ptr, stride, rows } of alphaRows(core, file, { kind: 'ALPH', start: 8, end: 8 + payload.length }, { width, height }))
    for (let row = 0; row < rows; row++, y++) plane.set(core.bytes().subarray(ptr + row * stride, ptr + row * stride + width), y * width)
  return plane
}

const alphasOf = (rgba: Uint8Array): Uint8Array => rgba.filter((_, i) => i % 4 === 3)
const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0

describe('every alpha comes back', () => {
  it.each(Object.entries(ALPHAS))('%s', async (_name, paint) => {
    for (const [width, height] of [
      [1, 1],
      [1, 9],
      [7, 1],
      [3, 5],
      [61, 47],
      [16, 70],
      [70, 33],
      [500, 300],
    ] as const) {
      const { payload, alphas } = encode(width, height, paint)
      expect(isSame(decoded(payload, width, height), alphas), `our decoder, ${width}×${height}`).toBe(true)
      const file = await fileOf(width, height, payload)
      expect(isSame(alphasOf(peer(file)), alphas), `@jsquash/webp, ${width}×${height}`).toBe(true)
      expect(isSame(alphasOf(await sharp(file).ensureAlpha().raw().toBuffer()), alphas), `sharp, ${width}×${height}`).toBe(true)
      expect(payload.length).toBeLessThanOrEqual(width * height + 1)
    }
  })
})

it('is as small as libwebp makes it', async () => {
  for (const [name, paint] of Object.entries(ALPHAS)) {
    const [width, height] = [400, 300]
    const raster = painted(width, height, (random, x, y, channel) => (channel === 3 ? paint(random, x, y, channel) : 90))
    const theirs = new Uint8Array(
      await sharp(raster.data, { raw: { width, height, channels: 4 } })
        .webp({ quality: 80, alphaQuality: 100, effort: 4 })
        .toBuffer(),
    )
    const chunk = [...webpChunks(theirs, 12, theirs.length)].find(({ kind }) => kind === 'ALPH')
    if (chunk === undefined) continue // opaque
    expect(encode(width, height, paint).payload.length, name).toBeLessThan((chunk.end - chunk.start) * 1.05 + 30)
  }
})

it('stores noise, and a mask takes next to nothing', () => {
  expect(encode(200, 100, ALPHAS['noise']!).payload).toHaveLength(20_001)
  expect(encode(200, 100, ALPHAS['noise']!).payload[0]).toBe(0)
  expect(encode(1000, 800, ALPHAS['a mask']!).payload.length).toBeLessThan(500)
})

it('takes the memory that was said, and lets others have their turn', () => {
  const { coreBytes } = encode(1200, 900, ALPHAS['a slope']!)
  expect(coreBytes).toBeLessThanOrEqual(createCore(module).size() + 16 * 1280 * 4 + alphaEncoderBytes({ width: 1200, height: 900 }))
  const core: Core<LosslessEncoderExports> = createCore(module)
  const encoder = createAlphaEncoder(core, 300, 640)
  for (const band of unevenRows(core, painted(300, 640, ALPHAS['a slope']!), [16]).bands) encoder.take(band)
  expect([...encoder.finishing()].length).toBeGreaterThanOrEqual(640 / 16)
})
