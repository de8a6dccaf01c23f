import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { decodeRaster } from '../../../../src/image/execute.ts'
import { wholeImage } from '../../../../src/image/geometry.ts'
import { planExecution } from '../../../../src/image/planner.ts'
import { flipped } from '../../../support/broken-pictures.ts'
import { openImageContext } from '../../../support/image-context.ts'
import { random } from '../png/writer.ts'
import { type WrittenFax, writeFax } from './fax-writer.ts'
import { type WrittenPage, writeTiff } from './writer.ts'

const LIMITS = { maxSteps: 1, maxPixels: 1e7, maxSide: 10_000 }
const COMPRESSIONS = { rle: 2, g3: 3, 'g3-2d': 3, g4: 4 } as const
const [DIFFERENCES, UNCOMPRESSED, FILL] = [1, 2, 4]

async function decode(file: Uint8Array) {
  const { context, release } = openImageContext()
  try {
    const { probe } = planExecution({ steps: [], output: { format: 'png', quality: 80 } }, file, LIMITS)
    const { data } = await decodeRaster(context, file, 'tiff', probe, wholeImage(probe))
    return { reds: data.filter((_, at) => at % 4 === 0), warnings: [...context.warnings] }
  } finally {
    await release(true)
  }
}

/** Said once for a whole picture: the runner compares arrays member by member, and slowly. */
const isSame = (reds: Uint8ClampedArray, expected: ArrayLike<number>): boolean => Buffer.from(reds).equals(Buffer.from(expected))

/** Runs of random lengths, some of them long, some rows like the one above. */
function drawing(seed: number, width: number, height: number): number[] {
  const next = random(seed)
  const rows: number[][] = []
  for (let y = 0; y < height; y++) {
    const row: number[] = []
    for (let colour = next(2); row.length < width; colour = 1 - colour) {
      const length = next(5) === 0 ? next(width) : 1 + next(9)
      for (let i = 0; i < length && row.length < width; i++) row.push(colour)
    }
    const above = rows[y - 1]
    rows.push(above && next(3) > 0 ? above.map((pixel, x) => above[Math.max(0, x - next(2))] ?? pixel) : row)
  }
  return rows.flat()
}

/** A page of strips of fax codes. */
function page(
  fax: Omit<WrittenFax, 'pixels'>,
  pixels: readonly number[],
  changes: Partial<WrittenPage> & { options?: number } = {},
): WrittenPage {
  const { width, coding, fills } = fax
  const { rowsPerStrip = pixels.length / width, options = (coding === 'g3-2d' ? DIFFERENCES : 0) | (fills ? FILL : 0), ...others } = changes
  const strips = Array.from({ length: Math.ceil(pixels.length / width / rowsPerStrip) }, (_, i) =>
    writeFax({ ...fax, pixels: pixels.slice(i * rowsPerStrip * width, (i + 1) * rowsPerStrip * width) }),
  )
  return {
    width,
    height: pixels.length / width,
    bits: 1,
    samples: 1,
    photometric: 0,
    data: [],
    blocks: strips,
    rowsPerStrip,
    ...others,
    fields: [[259, 3, [COMPRESSIONS[coding]]], [coding === 'g4' ? 293 : 292, 4, [options]], ...(others.fields ?? [])],
  }
}

type Case = readonly [name: string, fax: Omit<WrittenFax, 'pixels' | 'width'>, changes?: Partial<WrittenPage>]
const CASES: readonly Case[] = [
  ['group 3', { coding: 'g3' }],
  ['group 3 with filled ends', { coding: 'g3', fills: true }],
  ['group 3 without ends', { coding: 'g3', hasEnds: false }],
  ['group 3 in strips', { coding: 'g3' }, { rowsPerStrip: 5 }],
  ['group 3 by differences', { coding: 'g3-2d' }],
  ['group 3 by differences, every fourth row whole', { coding: 'g3-2d', every: 4, fills: true }],
  ['group 3 by differences, lowest bit first', { coding: 'g3-2d' }, { isReversed: true }],
  ['group 4', { coding: 'g4' }],
  ['group 4 in strips, lowest bit first', { coding: 'g4' }, { rowsPerStrip: 7, isReversed: true }],
  ['runs from a byte on', { coding: 'rle' }],
]

describe('fax codes', () => {
  it.each(CASES.map((one) => [one[0], one] as const))(
    '%s are read as libvips reads them, and as they were written',
    async (_, [, fax, changes]) => {
      for (const [seed, width] of [7, 64, 203, 1728, 5300].entries()) {
        const pixels = drawing(seed + 1, width, 23)
        const file = writeTiff([page({ ...fax, width }, pixels, changes)])
        const { reds, warnings } = await decode(file)
        expect([width, warnings]).toEqual([width, []])
        expect(
          isSame(
            reds,
            pixels.map((pixel) => 255 * (1 - pixel)),
          ),
          `${width}`,
        ).toBe(true)
        // libtiff takes codes without ends for damaged.
        if (fax.hasEnds === false) continue
        const theirs = await sharp(file).toColourspace('srgb').removeAlpha().raw().toBuffer()
        expect(
          isSame(
            reds,
            theirs.filter((__, at) => at % 3 === 0),
          ),
          `${width} in libvips`,
        ).toBe(true)
      }
    },
  )

  it('black may be zero', async () => {
    const pixels = drawing(3, 50, 6)
    const { reds } = await decode(writeTiff([page({ coding: 'g3', width: 50 }, pixels, { photometric: 1 })]))
    expect(
      isSame(
        reds,
        pixels.map((pixel) => 255 * pixel),
      ),
    ).toBe(true)
  })

  it.each(['g3', 'g3-2d'] as const)('a damaged row of %s is white, and the next are read', async (coding) => {
    const width = 96
    const pixels = drawing(5, width, 20)
    const whole = page({ coding, width }, pixels)
    const codes = Array.from(whole.blocks?.[0] ?? [])
    // Not in an end of line: without one, two rows are one.
    const middle = codes.findIndex((_, i) => i > codes.length / 2 && codes.slice(i - 2, i + 3).every((byte) => byte !== 0))
    const file = writeTiff([{ ...whole, blocks: [codes.map((byte, i) => (i === middle ? 0xff ^ byte : byte))] }])
    const { reds, warnings } = await decode(file)
    expect(warnings).toEqual(['TIFF: pixels are missing.'])
    const isRight = Array.from({ length: 20 }, (_, y) =>
      reds.slice(y * width, (y + 1) * width).every((red, x) => red === 255 * (1 - (pixels[y * width + x] ?? 0))),
    )
    expect(isRight.slice(0, 6).every(Boolean)).toBe(true)
    expect(isRight.slice(-4).every(Boolean)).toBe(true)
    expect(isRight.filter((right) => !right).length).toBeLessThanOrEqual(4)
  })

  it.each([
    ['group 3', page({ coding: 'g3', width: 8 }, drawing(1, 8, 2), { options: UNCOMPRESSED }), 'unsupported_format'],
    ['group 4', page({ coding: 'g4', width: 8 }, drawing(1, 8, 2), { options: UNCOMPRESSED }), 'unsupported_format'],
    ['of eight bits', page({ coding: 'g3', width: 8 }, drawing(1, 8, 2), { bits: 8 }), 'invalid_image'],
    ['that are no codes', { ...page({ coding: 'g3', width: 8 }, drawing(1, 8, 2)), blocks: [[0xff, 0, 0, 0x10, 0xff]] }, 'invalid_image'],
  ])('of %s are refused where they must', async (_, written, code) => {
    await expect(decode(writeTiff([written]))).rejects.toMatchObject({ code })
  })

  it('with any damage give a picture of their size, or a refusal', async () => {
    const counts = { pictures: 0, refusals: 0 }
    for (let seed = 1; seed <= 300; seed++) {
      const [, fax, changes] = CASES[seed % CASES.length] ?? CASES[0]!
      const file = flipped(writeTiff([page({ ...fax, width: 120 }, drawing(seed, 120, 12), changes)]), 1 + (seed % 4), seed, 8)
      const result = await decode(file).catch((error: unknown) => error)
      if (result instanceof AppError) {
        expect(result.fault.status).toBeLessThan(500)
        counts.refusals++
      } else {
        expect(result).not.toBeInstanceOf(Error)
        counts.pictures++
      }
    }
    expect(counts.pictures).toBeGreaterThan(100)
  })
})
