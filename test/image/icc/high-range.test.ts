import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { bend, lightOfHlg, lightOfPq, pqOfLight } from '../../../src/image/icc/high-range.ts'
import { decodedBytes } from '../../support/icc/decoded.ts'
import { pngWithChunks } from '../../support/icc/embed.ts'

const [PQ, HLG] = [16, 18]
const srgb = (light: number): number => 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055)

describe('PQ', () => {
  // ITU-R BT.2408-7 table 1 and SMPTE ST 2084: levels in percent, light in candela a square metre.
  it.each([
    [0, 0],
    [0.5081, 100],
    [0.5807, 203],
    [0.7518, 1000],
    [0.9026, 4000],
    [1, 10_000],
  ])('%f is %f', (level, light) => {
    expect(lightOfPq(level)).toBeCloseTo(light, light > 2000 ? -2 : light > 500 ? -1 : 0)
    expect(pqOfLight(light)).toBeCloseTo(level, 3)
  })
})

describe('HLG', () => {
  // ITU-R BT.2408-7 table 1: the white of paper is 75 percent, on a display of 1,000.
  it.each([
    [0, 0],
    [0.38, 26],
    [0.75, 203],
    [1, 1000],
  ])('%f is %f', (level, light) => {
    expect(Math.abs(lightOfHlg(level) - light)).toBeLessThanOrEqual(0.015 * light)
  })
})

describe('the curve', () => {
  it('leaves the dark parts alone, brings 1,000 to 203, and never turns back', () => {
    for (const light of [0.01, 1, 10, 50, 80]) expect(bend(light)).toBe(light)
    expect(bend(1000)).toBeCloseTo(203, 5)
    expect(bend(5000)).toBeCloseTo(203, 5)
    let [before, slope] = [0, 1]
    for (let light = 1; light <= 1000; light++) {
      const now = bend(light)
      const steps = now - before
      expect(steps).toBeGreaterThanOrEqual(-1e-9)
      // No corner where it begins to bend.
      if (light > 2) expect(Math.abs(steps - slope)).toBeLessThan(0.02)
      ;[before, slope] = [now, steps]
    }
  })
})

describe('a PNG whose cICP names it', () => {
  const SIDE = 16
  const levels = Array.from({ length: SIDE * SIDE * 3 }, (_, i) => (i * 7 + (i >> 4)) % 256)
  const shownWith = async (primaries: number, transfer: number, values: readonly number[]): Promise<Uint8Array> => {
    const png = await sharp(Buffer.from(values), { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .png()
      .toBuffer()
    return decodedBytes(pngWithChunks(new Uint8Array(png), { cICP: Uint8Array.of(primaries, transfer, 0, 1) }))
  }
  it.each([
    [PQ, lightOfPq],
    [HLG, lightOfHlg],
  ])('with sRGB’s primaries: transfer %i by its curve, channel by channel', async (transfer, lightOf) => {
    const shown = await shownWith(1, transfer, levels)
    for (let i = 0; i < SIDE * SIDE; i++)
      for (let c = 0; c < 3; c++) {
        const wanted = srgb(bend(lightOf((levels[i * 3 + c] ?? 0) / 255)) / 203)
        expect(Math.abs((shown[i * 4 + c] ?? 0) - wanted)).toBeLessThanOrEqual(1.5)
      }
  })
  it.each([PQ, HLG])('with wide primaries: transfer %i leaves grays gray, and shows white as white', async (transfer) => {
    const grays = Array.from({ length: SIDE * SIDE * 3 }, (_, i) => Math.floor(i / 3))
    const shown = await shownWith(9, transfer, grays)
    for (let i = 0; i < 256; i++) {
      const [red = 0, green = 0, blue = 0] = shown.subarray(i * 4, i * 4 + 3)
      expect(Math.max(Math.abs(red - green), Math.abs(blue - green))).toBeLessThanOrEqual(1)
    }
    expect([...shown.subarray(255 * 4, 255 * 4 + 3)]).toEqual([255, 255, 255])
    expect([...shown.subarray(0, 3)]).toEqual([0, 0, 0])
  })
})
