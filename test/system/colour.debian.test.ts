// Needs Debian's liblcms2-utils: `npm run test:debian`. Its transicc computes each colour by itself, in floating point and without a prepared table.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { conversionOf, convertColour } from '../../src/image/icc/conversion.ts'
import { convertDeepColour } from '../../src/image/icc/deep.ts'
import { convertByGrid } from '../../src/image/icc/grid.ts'
import { BT2020_PRIMARIES, P3_PRIMARIES, SRGB_PRIMARIES, type Primaries } from '../../src/image/icc/primaries.ts'
import { gamma, matrixProfile, parametric, SRGB_CURVE, tableProfile, tablesTag } from '../support/icc/profile.ts'

const folder = mkdtempSync(join(tmpdir(), 'emulsion-colour-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Colours as lcms has them, without compensation of black, which its perceptual intent adds for its own sRGB: `scale` is what a full channel is called (255, or 100 per cent of ink). */
function lcms(icc: Uint8Array, colours: readonly (readonly number[])[], scale: number): readonly (readonly number[])[] {
  const file = join(folder, 'profile.icc')
  writeFileSync(file, icc)
  const input = colours.map((colour) => colour.map((level) => (level * scale) / 255).join(' ')).join('\n')
  const output = execFileSync('transicc', [`-i${file}`, '-o*sRGB', '-t1', '-c0', '-s', '-n', '-v0'], {
    input: `${input}\n`,
    encoding: 'utf8',
  })
  return output
    .split('\n')
    .filter((line) => /^\s*[\d.-]+ /.test(line))
    .map((line) => line.trim().split(/\s+/).map(Number))
}

/** Levels from a seed. */
function colours(count: number, channels: number): readonly (readonly number[])[] {
  let state = 5
  const next = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) >> 23
  return Array.from({ length: count }, () => Array.from({ length: channels }, next))
}

const ADOBE_RGB: Primaries = { ...SRGB_PRIMARIES, green: [0.21, 0.71] }
const PROPHOTO: Primaries = { white: [0.3457, 0.3585], red: [0.7347, 0.2653], green: [0.1596, 0.8404], blue: [0.0366, 0.0001] }

describe('curves and a matrix, against lcms without optimisation', () => {
  it.each<[string, Uint8Array]>([
    ['Display P3', matrixProfile(P3_PRIMARIES, SRGB_CURVE)],
    ['Adobe RGB', matrixProfile(ADOBE_RGB, gamma(2.19921875))],
    ['ProPhoto', matrixProfile(PROPHOTO, parametric(3, [1.8, 1, 0, 1 / 16, 1 / 32]))],
    ['Rec. 2020', matrixProfile(BT2020_PRIMARIES, parametric(4, [1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081, 0, 0]))],
  ])('%s is within a level', (_, icc) => {
    const conversion = conversionOf(icc, 'rgb')
    if (conversion?.kind !== 'rgb') throw new Error('Expected curves and a matrix.')
    const given = colours(1000, 3)
    const wanted = lcms(icc, given, 255)
    expect(wanted).toHaveLength(given.length)
    const furthest = given.map((colour, i) => {
      const [r = 0, g = 0, b = 0] = colour
      return Math.max(...convertColour(conversion.shares, [r, g, b]).map((level, k) => Math.abs(level - (wanted[i]?.[k] ?? NaN))))
    })
    expect(Math.max(...furthest)).toBeLessThanOrEqual(1)
    const deep = colours(1000, 3).map((colour, i) => colour.map((level) => (level + (i % 256) / 257) / 255.997))
    const theirs = lcms(
      icc,
      deep.map((colour) => colour.map((value) => value * 255)),
      255,
    )
    expect(theirs).toHaveLength(deep.length)
    const far = deep.map(([r = 0, g = 0, b = 0], i) =>
      Math.max(...convertDeepColour(conversion, [r, g, b]).map((level, k) => Math.abs(level - (theirs[i]?.[k] ?? NaN)))),
    )
    expect(Math.max(...far)).toBeLessThanOrEqual(1)
  })
})

const smooth = (levels: readonly number[]): readonly number[] => {
  const [a = 0, b = 0, c = 0, k = 0] = levels
  const light = (1 - 0.7 * a) * (1 - 0.15 * b) * (1 - 0.9 * k)
  return [light, 0.5 + 0.2 * (b - a) * (1 - k), 0.5 + 0.25 * (c - b) * (1 - k)]
}

describe('tables, against lcms without optimisation', () => {
  it.each<[string, 'RGB ' | 'CMYK', number, 1 | 2, number]>([
    ['three channels of 8 bits', 'RGB ', 17, 1, 48],
    ['three channels of 16 bits', 'RGB ', 17, 2, 48],
    ['four inks of 16 bits', 'CMYK', 9, 2, 44],
  ])('%s are within some decibels', (_, colourSpace, points, size, floor) => {
    const form = { colourSpace, pcs: 'Lab ', points, device: smooth } as const
    const icc = tableProfile(form, { A2B0: tablesTag(form, size) }, 2)
    const conversion = conversionOf(icc, colourSpace === 'CMYK' ? 'cmyk' : 'rgb')
    if (conversion?.kind !== 'grid') throw new Error('Expected a grid.')
    const given = colours(1000, conversion.inputs)
    const wanted = lcms(icc, given, colourSpace === 'CMYK' ? 100 : 255)
    expect(wanted).toHaveLength(given.length)
    const square = given.flatMap((colour, i) =>
      convertByGrid(conversion.grid(), colour).map((level, k) => (level - (wanted[i]?.[k] ?? NaN)) ** 2),
    )
    const mean = square.reduce((sum, value) => sum + value, 0) / square.length
    expect(10 * Math.log10(255 ** 2 / mean)).toBeGreaterThan(floor)
  })
})
