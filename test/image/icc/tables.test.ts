import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createCore } from '../../../src/image/engine/core.ts'
import { type ConvertExports, toSrgb } from '../../../src/image/engine/pixels/to-srgb.ts'
import { putRows, rasterRows } from '../../../src/image/engine/rows/pixel-rows.ts'
import { decodeRaster } from '../../../src/image/execute.ts'
import { wholeImage } from '../../../src/image/geometry.ts'
import { conversionOf } from '../../../src/image/icc/conversion.ts'
import { convertByGrid } from '../../../src/image/icc/grid.ts'
import { toXyz, SRGB_PRIMARIES } from '../../../src/image/icc/primaries.ts'
import { transform, type Triple } from '../../../src/image/icc/matrix.ts'
import { codec } from '../../../src/image/plan.ts'
import { coreModule } from '../../support/core-module.ts'
import { bytesBySharp, decodedBytes, psnr } from '../../support/icc/decoded.ts'
import { jpegWithProfile, pngWithProfile } from '../../support/icc/embed.ts'
import { gamma, parametric, samples, stagesTag, tableProfile, tablesTag, xyz as xyzTag, type Device } from '../../support/icc/profile.ts'
import { openImageContext } from '../../support/image-context.ts'
import { writeJpeg } from '../../support/jpeg-writer.ts'

const SIDE = 64
const COLOURS = Buffer.from(
  Array.from({ length: SIDE * SIDE }, (_, i) => [
    (i * 4) % 256,
    (Math.floor(i / SIDE) * 4 + 1) % 256,
    (i * 7 + (i >> 6) * 13) % 256,
  ]).flat(),
)
const raw = () => sharp(COLOURS, { raw: { width: SIDE, height: SIDE, channels: 3 } })

const D50 = [0.9642, 1, 0.8249] as const

/** A made-up display: mixed primaries of its own, with a power of 2. */
const displayXyz = ([r = 0, g = 0, b = 0]: readonly number[]): Triple => {
  const toPcs = toXyz(SRGB_PRIMARIES)
  if (!toPcs) throw new Error('sRGB spans colours')
  const light: Triple = [0.8 * r * r + 0.2 * g * g, 0.9 * g * g + 0.1 * b * b, 0.9 * b * b + 0.1 * r * r]
  return transform(toPcs, light)
}

/** Inks that take light from white, each a band and a little of the others. */
const inksXyz = ([c = 0, m = 0, y = 0, k = 0]: readonly number[]): Triple => {
  const toPcs = toXyz(SRGB_PRIMARIES)
  if (!toPcs) throw new Error('sRGB spans colours')
  const left = (share: number): number => (1 - 0.9 * share) * (1 - 0.95 * k)
  return transform(toPcs, [left(c) * (1 - 0.1 * m), left(m) * (1 - 0.2 * c) * (1 - 0.05 * y), left(y) * (1 - 0.3 * m)])
}

/** Lab as version 4 encodes it. */
function labOf([x, y, z]: Triple): readonly number[] {
  const f = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29)
  const [fx, fy, fz] = [f(x / D50[0]), f(y / D50[1]), f(z / D50[2])]
  return [(116 * fy - 16) / 100, (500 * (fx - fy) + 128) / 255, (200 * (fy - fz) + 128) / 255]
}

const xyzCode = (xyz: Triple): readonly number[] => xyz.map((value) => (value * 32768) / 65535)

const LAB_DISPLAY: Device = (levels) => labOf(displayXyz(levels))
const IDENTITY = samples([])
const UNCHANGED = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
const rgb = { colourSpace: 'RGB ' } as const
const cmyk = { colourSpace: 'CMYK', pcs: 'Lab ', device: (levels: readonly number[]) => labOf(inksXyz(levels)) } as const
const lab = { ...rgb, pcs: 'Lab ', device: LAB_DISPLAY } as const
const xyz = { ...rgb, pcs: 'XYZ ', device: (levels: readonly number[]) => xyzCode(displayXyz(levels)) } as const
/** Values beyond black and white are what stages are for: a cube behind the table, as JPEG XL's profile of XYB has it. */
const cubed = { ...rgb, pcs: 'XYZ ', device: (levels: readonly number[]) => levels } as const
const MIXED = [0.3, 0.1, 0.08, 0.15, 0.25, 0.1, 0.02, 0.1, 0.3, 0.005, 0.004, 0.003]

const RGB_PROFILES: Readonly<Record<string, Uint8Array>> = {
  'mft1 to Lab': tableProfile(lab, { A2B0: tablesTag({ ...lab, points: 16 }, 1) }, 2),
  'mft2 to Lab': tableProfile(lab, { A2B0: tablesTag({ ...lab, points: 17 }, 2) }, 2),
  'mft2 to XYZ': tableProfile(xyz, { A2B0: tablesTag({ ...xyz, points: 20 }, 2) }, 2),
  'mft2 of version 4': tableProfile(lab, { A2B0: tablesTag({ ...lab, points: 9 }, 2) }, 4),
  'mAB to Lab': tableProfile(
    lab,
    { A2B0: stagesTag({ ...lab, points: 17 }, { a: IDENTITY, m: IDENTITY, matrix: UNCHANGED, b: IDENTITY }) },
    4,
  ),
  'mAB to XYZ, by a matrix': tableProfile(
    cubed,
    { A2B0: stagesTag({ ...cubed, points: 2 }, { a: gamma(1), m: parametric(0, [3]), matrix: MIXED, b: IDENTITY }) },
    4,
  ),
}

describe('a profile of tables for three channels', () => {
  it.each(Object.entries(RGB_PROFILES))('%s gives what lcms gives', async (name, icc) => {
    const plain = new Uint8Array(await raw().png().toBuffer())
    const file = pngWithProfile(plain, icc)
    const converted = await decodedBytes(file)
    expect(psnr(converted, await bytesBySharp(file))).toBeGreaterThan(name.endsWith('XYZ') ? 42 : 48)
    expect(psnr(converted, await decodedBytes(plain))).toBeLessThan(30)
  })

  it('leaves alpha as it is', async () => {
    const alpha = Buffer.from(Array.from({ length: SIDE * SIDE }, (_, i) => (i * 3) % 256))
    const plain = raw().joinChannel(alpha, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    const converted = await decodedBytes(
      pngWithProfile(new Uint8Array(await plain.png().toBuffer()), RGB_PROFILES['mft2 to Lab'] ?? new Uint8Array()),
    )
    expect(converted.filter((_, i) => i % 4 === 3)).toEqual(new Uint8Array(alpha))
  })

  it('counts before curves and a matrix', async () => {
    const { rXYZ, gXYZ, bXYZ } = { rXYZ: xyzTag([0.4, 0.2, 0.1]), gXYZ: xyzTag([0.3, 0.6, 0.1]), bXYZ: xyzTag([0.2, 0.1, 0.5]) }
    const curves = { rTRC: gamma(1), gTRC: gamma(1), bTRC: gamma(1) }
    const plain = new Uint8Array(await raw().png().toBuffer())
    const table = tablesTag({ ...lab, points: 17 }, 2)
    const both = pngWithProfile(plain, tableProfile(lab, { rXYZ, gXYZ, bXYZ, ...curves, A2B0: table }, 2))
    expect(await decodedBytes(both)).toEqual(await decodedBytes(pngWithProfile(plain, tableProfile(lab, { A2B0: table }, 2))))
    const cut = pngWithProfile(
      plain,
      tableProfile({ ...rgb, pcs: 'XYZ ' }, { rXYZ, gXYZ, bXYZ, ...curves, A2B0: table.subarray(0, 900) }, 2),
    )
    const matrix = pngWithProfile(plain, tableProfile({ ...rgb, pcs: 'XYZ ' }, { rXYZ, gXYZ, bXYZ, ...curves }, 2))
    expect(await decodedBytes(cut)).toEqual(await decodedBytes(matrix))
  })

  // ICC.1:2022 §6.3.4.3
  it("of version 4 has its reference medium's black as black", async () => {
    const black: Device = () => labOf([0.00336, 0.0034731, 0.00287])
    const plain = new Uint8Array(await raw().png().toBuffer())
    const reds = async (version: 2 | 4): Promise<number> => {
      const icc = tableProfile(lab, { A2B0: tablesTag({ ...lab, device: black, points: 2 }, 2) }, version)
      return Math.max(...(await decodedBytes(pngWithProfile(plain, icc))).filter((_, i) => i % 4 === 0))
    }
    expect([await reds(4), await reds(2)]).toEqual([0, 11])
  })
})

const CMYK_PROFILES: Readonly<Record<string, Uint8Array>> = {
  mft1: tableProfile(cmyk, { A2B0: tablesTag({ ...cmyk, points: 9 }, 1) }, 2),
  mft2: tableProfile(cmyk, { A2B0: tablesTag({ ...cmyk, points: 9 }, 2) }, 2),
  'mft2 of many points': tableProfile(cmyk, { A2B0: tablesTag({ ...cmyk, points: 19 }, 2) }, 2),
  mAB: tableProfile(cmyk, { A2B0: stagesTag({ ...cmyk, points: 11 }, { a: IDENTITY, m: IDENTITY, matrix: UNCHANGED, b: IDENTITY }) }, 4),
}

describe('a profile of tables for four inks', () => {
  const photo = async (): Promise<Uint8Array> =>
    new Uint8Array(await raw().blur(1).toColourspace('cmyk').jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer())
  it.each(Object.entries(CMYK_PROFILES))('%s gives what lcms gives', async (_, icc) => {
    const plain = await photo()
    const file = jpegWithProfile(plain, icc)
    const converted = await decodedBytes(file)
    expect(psnr(converted, await bytesBySharp(file))).toBeGreaterThan(40)
    expect(psnr(converted, await decodedBytes(plain))).toBeLessThan(30)
    expect(converted.every((level, i) => i % 4 !== 3 || level === 255)).toBe(true)
  })
})

describe('inks', () => {
  const icc = CMYK_PROFILES['mft2'] ?? new Uint8Array()
  const adobe = (transform: number) => [0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, transform]
  /** One colour, as stored: inverted, or as YCbCr of the inks and K inverted. */
  const flat = (values: readonly number[], transform: number): Uint8Array =>
    writeJpeg({
      width: 8,
      height: 8,
      components: values.map((value) => ({
        h: 1,
        v: 1,
        blocks: [Int16Array.from({ length: 64 }, (_, k) => (k === 0 ? (value - 128) * 8 : 0))],
      })),
      scans: [{ components: [0, 1, 2, 3], start: 0, end: 63, high: 0, low: 0 }],
      segments: [adobe(transform)],
    })

  it('of YCCK are those of CMYK', async () => {
    const [inks, inYcc] = [flat([165, 165, 165, 225], 0), flat([90, 128, 128, 225], 2)]
    const converted = await decodedBytes(jpegWithProfile(inks, icc))
    expect(converted.subarray(0, 3)).not.toEqual((await decodedBytes(inks)).subarray(0, 3))
    expect(await decodedBytes(jpegWithProfile(inYcc, icc))).toEqual(converted)
    expect(psnr(converted, await bytesBySharp(jpegWithProfile(inks, icc)))).toBeGreaterThan(40)
  })

  it('become colours behind the scaling', async () => {
    const plain = await raw().resize(512, 512, { kernel: 'cubic' }).blur(4).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer()
    const file = jpegWithProfile(new Uint8Array(plain), icc)
    const { context, release } = openImageContext()
    const probe = codec('jpeg').probe(file)
    const { data } = await decodeRaster(context, file, 'jpeg', probe, { ...wholeImage(probe), width: 100, height: 100 })
    await release(true)
    const wanted = await sharp(file).toColourspace('srgb').resize(100, 100).ensureAlpha().raw().toBuffer()
    expect(psnr(new Uint8Array(data), new Uint8Array(wanted))).toBeGreaterThan(40)
  })
})

/** Levels from a seed. */
function noise(length: number): Uint8Array {
  let state = 7
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) >> 16)
}

describe('the kernels', () => {
  it.each([
    ['three', 'rgb', RGB_PROFILES['mft1 to Lab']],
    ['four', 'cmyk', CMYK_PROFILES['mAB']],
  ] as const)('for %s inputs give what the definition gives, within a level', async (_, channels, icc) => {
    const conversion = conversionOf(icc ?? new Uint8Array(), channels)
    if (conversion?.kind !== 'grid') throw new Error('Expected a grid.')
    const grid = conversion.grid()
    const core = createCore<ConvertExports>(await coreModule())
    const pixels = noise(4096)
    const expected = pixels.slice()
    for (let at = 0; at < pixels.length; at += 4) {
      expected.set(convertByGrid(grid, [...pixels.subarray(at, at + 4)]), at)
      if (channels === 'cmyk') expected[at + 3] = 255
    }
    const rows = toSrgb(core, rasterRows(core, { width: 32, height: 32, data: new Uint8ClampedArray(pixels) }), conversion)
    const raster = { width: 32, height: 32, data: new Uint8ClampedArray(4096) }
    let y = 0
    for (const band of rows.bands) {
      putRows(core, band, raster, y)
      y += band.rows
    }
    expect(Math.max(...raster.data.map((level, i) => Math.abs(level - (expected[i] ?? 0))))).toBeLessThanOrEqual(1)
  })
})

describe('counts as none', () => {
  const tag = tablesTag({ ...lab, points: 5 }, 2)
  const changed = (at: number, ...values: readonly number[]): Uint8Array => {
    const copy = tag.slice()
    copy.set(values, at)
    return copy
  }
  const stages = stagesTag({ ...lab, points: 5 }, { a: IDENTITY, m: IDENTITY, matrix: UNCHANGED, b: IDENTITY })
  const changedStages = (at: number, value: number): Uint8Array => {
    const copy = stages.slice()
    new DataView(copy.buffer).setUint32(at, value)
    return copy
  }
  it.each<[string, Uint8Array]>([
    ['a table of an unknown type', changed(0, 109, 102, 116, 51)],
    ['a table for two channels', changed(8, 2)],
    ['a table that gives four values', changed(9, 4)],
    ['a table of one point', changed(10, 1)],
    ['a table of no point', changed(10, 0)],
    ['a table of more points than it has', changed(10, 6)],
    ['a table of 255 points', changed(10, 255)],
    ['curves of one entry', changed(48, 0, 1)],
    ['curves of 65,535 entries', changed(50, 255, 255)],
    ['a table that is cut', tag.subarray(0, tag.length - 1)],
    ['a tag of eight bytes', tag.subarray(0, 8)],
    ['curves beyond the end', changedStages(12, 0xfffffff0)],
    ['a matrix beyond the end', changedStages(16, stages.length - 47)],
    ['a table beyond the end', changedStages(24, stages.length - 4)],
  ])('%s', async (_, data) => {
    const icc = tableProfile(lab, { A2B0: data }, 4)
    const plain = new Uint8Array(await raw().png().toBuffer())
    expect(conversionOf(icc, 'rgb')).toBeNull()
    expect(await decodedBytes(pngWithProfile(plain, icc))).toEqual(await decodedBytes(plain))
  })

  it("inks' profile in a picture of three channels, and the other way round", async () => {
    const [inks, colours] = [CMYK_PROFILES['mft1'] ?? new Uint8Array(), RGB_PROFILES['mft1 to Lab'] ?? new Uint8Array()]
    const plain = new Uint8Array(await raw().jpeg().toBuffer())
    const printed = new Uint8Array(await raw().toColourspace('cmyk').jpeg().toBuffer())
    expect(await decodedBytes(jpegWithProfile(plain, inks))).toEqual(await decodedBytes(plain))
    expect(await decodedBytes(jpegWithProfile(printed, colours))).toEqual(await decodedBytes(printed))
  })
})
