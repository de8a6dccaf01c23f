import { describe, expect, it } from 'vitest'
import { createCore } from '../../../src/image/engine/core.ts'
import { deepConverter, deepConverterBytes, type DeepExports } from '../../../src/image/engine/pixels/deep.ts'
import { decodeRaster } from '../../../src/image/execute.ts'
import { wholeImage } from '../../../src/image/geometry.ts'
import { conversionByCurve, conversionOf, type Channels, type Conversion } from '../../../src/image/icc/conversion.ts'
import { convertDeepByGrid, convertDeepColour } from '../../../src/image/icc/deep.ts'
import { bend, lightOfPq } from '../../../src/image/icc/high-range.ts'
import { P3_PRIMARIES, SRGB_PRIMARIES, type Primaries } from '../../../src/image/icc/primaries.ts'
import { codec } from '../../../src/image/plan.ts'
import { sniffFormat } from '../../../src/image/planner.ts'
import { coreModule } from '../../support/core-module.ts'
import { decodedBytes } from '../../support/icc/decoded.ts'
import { iccChunk } from '../../support/icc/embed.ts'
import { gamma, grayProfile, matrixProfile, parametric, tableProfile, tablesTag } from '../../support/icc/profile.ts'
import { openImageContext } from '../../support/image-context.ts'
import { writeApng } from '../engine/png/apng-writer.ts'
import { CHANNELS, chunk, random, writePng } from '../engine/png/writer.ts'
import { writeTiff } from '../engine/tiff/writer.ts'

const PROPHOTO: Primaries = { white: [0.3457, 0.3585], red: [0.7347, 0.2653], green: [0.1596, 0.8404], blue: [0.0366, 0.0001] }
const WIDTH = 8192
/** Grays from black to white, finer than 8 bits by far. */
const RAMP = Array.from({ length: WIDTH }, (_, x) => Math.round((x * 65_535) / (WIDTH - 1)))

const srgb = (light: number): number => 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055)
/** What a sample of 16 bits shows, by a curve to light. */
const shown = (curve: (value: number) => number) => RAMP.map((sample) => srgb(curve(sample / 65_535)))
/** What would be left of it behind 8 bits. */
const banded = (curve: (value: number) => number) => RAMP.map((sample) => srgb(curve(Math.round(sample / 257) / 255)))

const furthest = (a: ArrayLike<number>, b: readonly number[]): number =>
  b.reduce((most, value, i) => Math.max(most, Math.abs(value - (a[i] ?? NaN))), 0)
const channel = (bytes: Uint8Array, i: number): Uint8Array => bytes.filter((_, at) => at % 4 === i)

/** The ramp in all colours, with `alpha` where the kind has it. */
const rampOf = (channels: number, alpha = 65_535): number[] =>
  RAMP.flatMap((sample) => Array.from({ length: channels }, (_, i) => (channels % 2 === 0 && i === channels - 1 ? alpha : sample)))

const png = (colourType: number, chunks: Readonly<Record<string, Uint8Array>>, changes: object = {}): Uint8Array =>
  writePng({
    width: WIDTH,
    height: 1,
    colourType,
    bitDepth: 16,
    samples: rampOf(CHANNELS[colourType] ?? 1),
    before: Object.entries(chunks).map(([type, data]) => chunk(type, data)),
    ...changes,
  })
const tiff = (
  samples: number,
  photometric: number,
  icc: Uint8Array,
  data = rampOf(samples),
  bits = 16,
  fields: readonly [number, 3, number[]][] = [],
) => writeTiff([{ width: WIDTH, height: 1, bits, samples, photometric, data, fields: [[34675, 7, icc], ...fields] }])

const linear = (value: number): number => value
const power18 = (value: number): number => value ** (Math.round(1.8 * 256) / 256)
const LINEAR = { iCCP: iccChunk(matrixProfile(SRGB_PRIMARIES, gamma(1))) }
const gama = (exponent: number): Uint8Array => {
  const value = Math.round(100_000 / exponent)
  return Uint8Array.of(value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255)
}

describe('16 bits are converted before they are rounded to 8', () => {
  it.each<[string, Uint8Array, (value: number) => number]>([
    ['PNG: RGB in linear light', png(2, LINEAR), linear],
    ['PNG: RGB and alpha in linear light', png(6, LINEAR), linear],
    ['PNG: RGB with a transparent colour that is not there', png(2, { ...LINEAR, tRNS: Uint8Array.of(0, 1, 0, 2, 0, 3) }), linear],
    ['PNG: interlaced', png(2, LINEAR, { interlaced: true }), linear],
    ['PNG: gray in linear light', png(0, { iCCP: iccChunk(grayProfile(gamma(1))) }), linear],
    ['PNG: gray and alpha in linear light', png(4, { iCCP: iccChunk(grayProfile(gamma(1))) }), linear],
    ['PNG: ProPhoto', png(2, { iCCP: iccChunk(matrixProfile(PROPHOTO, gamma(1.8))) }), power18],
    ['PNG: gAMA of linear light', png(2, { gAMA: gama(1) }), linear],
    ['PNG: gAMA of 1/3, gray', png(0, { gAMA: gama(3) }), (value) => value ** 3],
    ['PNG: a steep gAMA', png(2, { gAMA: gama(0.5) }), (value) => value ** 0.5],
    ['PNG: PQ by cICP', png(2, { cICP: Uint8Array.of(9, 16, 0, 1) }), (value) => bend(lightOfPq(value)) / 203],
    ['TIFF: RGB in linear light', tiff(3, 2, matrixProfile(SRGB_PRIMARIES, gamma(1))), linear],
    ['TIFF: ProPhoto', tiff(3, 2, matrixProfile(PROPHOTO, gamma(1.8))), power18],
    ['TIFF: gray in linear light', tiff(1, 1, grayProfile(gamma(1))), linear],
    [
      'TIFF: white is zero',
      tiff(
        1,
        0,
        grayProfile(gamma(1)),
        RAMP.map((sample) => 65_535 - sample),
      ),
      linear,
    ],
  ])('%s', async (name, file, curve) => {
    const bytes = await decodedBytes(file)
    const wanted = shown(curve)
    for (const i of [0, 1, 2]) {
      const levels = channel(bytes, i)
      expect([name, i, furthest(levels, wanted) <= 1]).toEqual([name, i, true])
      expect(new Set(levels).size).toBe(new Set(wanted.map(Math.round)).size)
    }
    expect(channel(bytes, 3).every((alpha) => alpha === 255)).toBe(true)
    if (curve !== linear && curve !== power18) return
    expect(new Set(banded(curve).map(Math.round)).size).toBeLessThan(new Set(wanted.map(Math.round)).size)
  })

  it('12 bits of TIFF as well', async () => {
    const data = RAMP.map((sample) => sample >> 4)
    const levels = channel(await decodedBytes(tiff(1, 1, grayProfile(gamma(1)), data, 12)), 0)
    expect(
      furthest(
        levels,
        data.map((value) => srgb(value / 4095)),
      ),
    ).toBeLessThanOrEqual(1)
  })

  it('alpha stays as it is, and colours that are multiplied by it are divided', async () => {
    const half = channel(await decodedBytes(png(6, LINEAR, { samples: rampOf(4, 0x8040) })), 3)
    expect(half.every((alpha) => alpha === 0x80)).toBe(true)
    const associated = RAMP.flatMap((sample) => [...Array.from({ length: 3 }, () => sample >> 1), 0x8000])
    const bytes = await decodedBytes(tiff(4, 2, matrixProfile(SRGB_PRIMARIES, gamma(1)), associated, 16, [[338, 3, [1]]]))
    expect(channel(bytes, 3).every((alpha) => alpha === 0x80)).toBe(true)
    expect(furthest(channel(bytes, 1), shown(linear))).toBeLessThanOrEqual(1)
  })

  it('the transparent colour is compared in 16 bits', async () => {
    const samples = [0x1234, 0x1234, 0x1234, 0x1234, 0x1234, 0x1235]
    const key = { tRNS: Uint8Array.of(0x12, 0x34, 0x12, 0x34, 0x12, 0x34) }
    const file = png(2, { ...LINEAR, ...key }, { width: 2, samples })
    expect([...channel(await decodedBytes(file), 3)]).toEqual([0, 255])
  })

  it('in frames of an animation', async () => {
    const frames = [
      { width: WIDTH, height: 2, samples: [...rampOf(3), ...rampOf(3)] },
      { width: WIDTH, height: 1, y: 1, samples: rampOf(3) },
    ]
    const before = [chunk('iCCP', LINEAR.iCCP)]
    const file = writeApng({ width: WIDTH, height: 2, colourType: 2, bitDepth: 16, before, frames })
    const { context, release } = openImageContext()
    const probe = codec('png').probe(file, 2)
    const { data } = await decodeRaster(context, file, 'png', probe, { ...wholeImage(probe), page: 2 })
    await release(true)
    const wanted = shown(linear)
    expect(furthest(channel(new Uint8Array(data), 2), [...wanted, ...wanted])).toBeLessThanOrEqual(1)
  })

  it('not where the result keeps the colours, nor without a profile', async () => {
    const plain = png(2, {})
    const rounded = RAMP.map((sample) => Math.round(sample / 257))
    expect(furthest(channel(await decodedBytes(plain), 0), rounded)).toBe(0)
    for (const file of [png(2, LINEAR), tiff(3, 2, matrixProfile(SRGB_PRIMARIES, gamma(1)))]) {
      const { context, release } = openImageContext()
      const format = sniffFormat(file)
      const probe = codec(format).probe(file)
      const { data } = await decodeRaster(context, file, format, probe, { ...wholeImage(probe), keepsColours: true })
      await release(true)
      expect(furthest(channel(new Uint8Array(data), 0), rounded)).toBe(0)
    }
  })
})

const lab = { pcs: 'Lab ', points: 9, device: (levels: readonly number[]) => levels.slice(0, 3).map((level) => 0.3 + 0.4 * level) } as const
const CONVERSIONS: readonly (readonly [string, Conversion | null])[] = [
  ['curves and a matrix', conversionOf(matrixProfile(P3_PRIMARIES, parametric(0, [1.7])), 'rgb')],
  ['one curve', conversionByCurve(PROPHOTO, (value) => value ** 1.3, 'rgb')],
  ['gray', conversionOf(grayProfile(gamma(1.2)), 'gray')],
  ...(['RGB ', 'CMYK'] as const).map((colourSpace) => {
    const form = { ...lab, colourSpace }
    const channels: Channels = colourSpace === 'CMYK' ? 'cmyk' : 'rgb'
    return [colourSpace, conversionOf(tableProfile(form, { A2B0: tablesTag(form, 2) }, 2), channels)] as const
  }),
]

describe('the kernel', () => {
  it.each(CONVERSIONS)('for %s gives what the definition gives, within a level, in the memory that is told', async (name, conversion) => {
    if (!conversion) throw new Error('Expected a conversion.')
    const count = 3000
    const next = random(7)
    const samples = Uint16Array.from({ length: 4 * count }, (_, i) => (i < 40 ? ([0, 65_535][(i >> 2) & 1] ?? 0) : next(65_536)))
    const core = createCore<DeepExports>(await coreModule())
    const before = core.mark()
    const convert = deepConverter(core, conversion)
    expect(core.mark() - before).toBeLessThanOrEqual(deepConverterBytes(name === 'CMYK' ? 4 : 3) + 16)
    const [from, to] = [core.alloc(8 * count), core.alloc(4 * count)]
    new Uint16Array(core.exports.memory.buffer, from, 4 * count).set(samples)
    convert(from, to, count)
    const levels = core.bytes().slice(to, to + 4 * count)
    for (let i = 0; i < count; i++) {
      const values = [...samples.subarray(4 * i, 4 * i + 4)].map((sample) => sample / 65_535)
      const [r = 0, g = 0, b = 0, alpha = 0] = values
      const colour =
        conversion.kind === 'grid'
          ? convertDeepByGrid(conversion.grid(), conversion.curves, values)
          : convertDeepColour(conversion, [r, g, b])
      expect(furthest(levels.subarray(4 * i, 4 * i + 3), colour)).toBeLessThanOrEqual(1)
      expect(levels[4 * i + 3]).toBe(name === 'CMYK' ? 255 : Math.round(alpha * 255))
    }
  })
})
