import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import createDecoder from '@jsquash/webp/codec/dec/webp_dec.js'
import sharp, { type WebpOptions } from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Raster } from '../../../../src/image/raster.ts'
import { openDecoder, painted, PAINTS } from './pictures.ts'

let decode: Awaited<ReturnType<typeof openDecoder>>

beforeAll(async () => {
  decode = await openDecoder()
})

const SETTINGS: readonly WebpOptions[] = [
  { lossless: true, effort: 0 },
  { lossless: true },
  { lossless: true, effort: 6, exact: true },
  { nearLossless: true, quality: 40 },
]

const write = ({ width, height, data }: Raster, options: WebpOptions): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels: 4 } })
    .webp(options)
    .toBuffer()

const isSame = (raster: Raster, expected: Uint8Array): boolean => Buffer.compare(Buffer.from(raster.data), expected) === 0

describe('every picture decodes as in sharp', () => {
  it.each(Object.entries(PAINTS))('%s', async (_name, paint) => {
    for (let side = 1; side <= 70; side++) {
      for (const [i, [width, height]] of [[side, ((side * 37) % 70) + 1] as const, [((side * 29) % 70) + 1, side] as const].entries()) {
        const options = SETTINGS[(side + 2 * i) % SETTINGS.length] ?? {}
        const file = await write(painted(width, height, paint), options)
        const what = `${width}×${height} ${JSON.stringify(options)}`
        expect(isSame(decode(file), await sharp(file).ensureAlpha().raw().toBuffer()), what).toBe(true)
      }
    }
  })

  it('of several megapixels, with references farther back than its rows, and with many groups of codes', async () => {
    const mixed = painted(2100, 1400, (random, x, y, channel) => (channel === 3 ? 255 : (x >> 5) % 3 === 0 ? random >> (y >> 8) : x + y))
    const twice = { ...mixed, data: mixed.data.slice() }
    twice.data.copyWithin(2100 * 480 * 4, 0, 2100 * 400 * 4)
    for (const raster of [mixed, twice]) {
      const file = await write(raster, { lossless: true, effort: 3 })
      expect(isSame(decode(file), await sharp(file).ensureAlpha().raw().toBuffer())).toBe(true)
    }
  })
})

it('and as in @jsquash/webp', async () => {
  const wasm = await readFile(createRequire(import.meta.url).resolve('@jsquash/webp/codec/dec/webp_dec.wasm'))
  const peer = await createDecoder({ noInitialRun: true, wasmBinary: wasm } as never)
  for (const [name, paint] of Object.entries(PAINTS)) {
    const file = await write(painted(61, 47, paint), { lossless: true, exact: true })
    expect(isSame(decode(file), new Uint8Array(peer.decode(file as never)?.data.buffer ?? [])), name).toBe(true)
  }
})

// `openDecoder` holds every file of these tests to the memory that was said for it.
it('takes no more memory for a larger picture', async () => {
  for (const [width, height] of [
    [1400, 1000],
    [3000, 2000],
  ] as const) {
    const file = await write(painted(width, height, PAINTS['noise'] ?? (() => 0)), { lossless: true, effort: 1 })
    expect(decode(file).coreBytes).toBeLessThan(6_000_000)
  }
})
