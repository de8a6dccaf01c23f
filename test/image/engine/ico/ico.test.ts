import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { wholeImage } from '../../../../src/image/geometry.ts'
import { codec } from '../../../../src/image/plan.ts'
import { planExecution } from '../../../../src/image/planner.ts'
import { decodeRaster } from '../../../../src/image/execute.ts'
import { flipped } from '../../../support/broken-pictures.ts'
import { openImageContext } from '../../../support/image-context.ts'
import { SRGB_PRIMARIES } from '../../../../src/image/icc/primaries.ts'
import { decodedBytes } from '../../../support/icc/decoded.ts'
import { iccChunk } from '../../../support/icc/embed.ts'
import { gamma, matrixProfile } from '../../../support/icc/profile.ts'
import { chunk, writePng } from '../png/writer.ts'
import { iconBitmap, writeIcon } from './writer.ts'

async function decode(file: Uint8Array, page?: number) {
  const { context, release } = openImageContext()
  const { source, probe } = planExecution({ steps: [], output: { format: 'source', quality: 80 }, page }, file, {
    maxSteps: 1,
    maxPixels: 1e6,
    maxSide: 5000,
  })
  expect(source).toBe('ico')
  const raster = await decodeRaster(context, file, 'ico', probe, { ...wholeImage(probe), page })
  await release(true)
  return { ...raster, probe, warnings: [...context.warnings] }
}

/** RGBA of every pixel as text. */
async function pixels(file: Uint8Array, page?: number): Promise<string[]> {
  const { data, width, height } = await decode(file, page)
  return Array.from({ length: width * height }, (_, i) => Buffer.from(data.subarray(4 * i, 4 * i + 4)).toString('hex'))
}

const PALETTE = [
  [255, 0, 0],
  [0, 255, 0],
]
const chequered = (x: number, y: number): boolean => (x + y) % 2 === 1
const bitmap = (width: number, height: number, bitsPerPixel = 8) =>
  iconBitmap({ width, height, bitsPerPixel, palette: PALETTE, words: new Uint8Array(width * height).fill(1) }, chequered)
const png = async (side: number, background: string) =>
  new Uint8Array(
    await sharp({ create: { width: side, height: side, channels: 4, background } })
      .png()
      .toBuffer(),
  )

describe('an icon', () => {
  it.each([1, 4, 8])('of a bitmap of %i bits is transparent where its mask is 1', async (bits) => {
    expect(await pixels(writeIcon([{ content: bitmap(3, 2, bits) }]))).toEqual([
      '00ff00ff',
      '00000000',
      '00ff00ff',
      '00000000',
      '00ff00ff',
      '00000000',
    ])
  })

  it('of 32 bits goes by its alpha, and by its mask where that is 0 everywhere', async () => {
    const words = [0x80102030, 0x00405060, 0xff708090, 0xffa0b0c0]
    const shape = { width: 2, height: 2, bitsPerPixel: 32 }
    expect(await pixels(writeIcon([{ content: iconBitmap({ ...shape, words }, chequered) }]))).toEqual([
      '10203080',
      '40506000',
      '708090ff',
      'a0b0c0ff',
    ])
    const without = words.map((word) => word & 0xffffff)
    expect(await pixels(writeIcon([{ content: iconBitmap({ ...shape, words: without }, chequered) }]))).toEqual([
      '102030ff',
      '00000000',
      '00000000',
      'a0b0c0ff',
    ])
  })

  it('shows its largest picture, and the others by page', async () => {
    const file = writeIcon([{ content: bitmap(4, 4) }, { content: await png(9, '#0000ff80') }, { content: bitmap(6, 6) }])
    expect(await decode(file)).toMatchObject({ width: 9, height: 9, probe: { frames: 3, hasAlpha: true, isFlat: true } })
    expect((await pixels(file))[0]).toBe('0000ff80')
    expect(await decode(file, 2)).toMatchObject({ width: 6, height: 6 })
    expect(await decode(file, 3)).toMatchObject({ width: 4, height: 4 })
    await expect(decode(file, 4)).rejects.toMatchObject({ code: 'invalid_parameter' })
  })

  it('of two equal sizes shows the one of more bits; a cursor is read too', async () => {
    const file = writeIcon([
      { content: bitmap(4, 4), bitsPerPixel: 8 },
      { content: await png(4, '#ff00ff'), bitsPerPixel: 32 },
    ])
    expect((await pixels(file))[0]).toBe('ff00ffff')
    expect((await pixels(writeIcon([{ content: bitmap(2, 1) }], 2)))[0]).toBe('00ff00ff')
  })

  it('passes over a damaged picture', async () => {
    const broken = (await png(20, '#fff')).fill(0, 24, 40)
    expect(await decode(writeIcon([{ content: broken }, { content: bitmap(4, 4) }]))).toMatchObject({ width: 4, height: 4 })
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['cut short', writeIcon([{ content: bitmap(4, 4) }]).subarray(0, 20), /Icon: there is no picture in it/],
    ['whose picture lies beyond the end', writeIcon([{ content: bitmap(4, 4), start: 60_000 }]), /Icon: there is no picture in it/],
    ['of a bitmap without pixels', writeIcon([{ content: bitmap(4, 4).subarray(0, 48) }]), /BMP: there are no pixels/],
  ])('%s is refused', async (_, file, reason) => {
    await expect(decode(file)).rejects.toMatchObject({ code: 'invalid_image', reason: expect.stringMatching(reason) })
  })

  it.each([8, 16] as const)('with a PNG of %i bits is shown in the colours that its chunks tell', async (bitDepth) => {
    const ramp = Array.from({ length: 64 }, (_, x) => Math.round((x * (2 ** bitDepth - 1)) / 63))
    const samples = ramp.flatMap((value) => [value, value, value])
    const chunks: readonly (readonly [string, Uint8Array])[] = [
      ['gAMA', Uint8Array.of(0, 1, 0x86, 0xa0)],
      ['iCCP', iccChunk(matrixProfile(SRGB_PRIMARIES, gamma(1)))],
    ]
    for (const [type, data] of chunks) {
      const content = writePng({ width: 64, height: 1, colourType: 2, bitDepth, samples, before: [chunk(type, data)] })
      const { data: shown } = await decode(writeIcon([{ content }]))
      const wanted = await decodedBytes(content)
      expect(shown).toEqual(new Uint8ClampedArray(wanted))
      expect(shown[4 * 32]).toBeGreaterThan(180)
    }
  })

  it('of any kind gives a picture of its size, or is refused', async () => {
    const files = [
      writeIcon([{ content: bitmap(7, 5) }, { content: bitmap(9, 9, 1) }]),
      writeIcon([{ content: await png(9, '#12345678') }]),
    ]
    for (let seed = 1; seed <= 400; seed++) {
      const file = flipped(files[seed % 2]!, 1 + (seed % 5), seed, 6)
      try {
        const probe = codec('ico').probe(file)
        if (probe.width * probe.height > 1_000_000) continue
        expect((await decode(file)).data.length).toBe(probe.width * probe.height * 4)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        expect([415, 422]).toContain(error.fault.status)
      }
    }
  })
})
