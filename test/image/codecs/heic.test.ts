import { describe, expect, it } from 'vitest'
import { P3_PRIMARIES } from '../../../src/image/icc/primaries.ts'
import { step } from '../../../src/image/plan.ts'
import { planExecution, sniffFormat } from '../../../src/image/planner.ts'
import { decoded, psnr } from '../../support/icc/decoded.ts'
import { matrixProfile, SRGB_CURVE } from '../../support/icc/profile.ts'
import { random } from '../engine/png/writer.ts'
import { auxiliary, clap, codePoints, grid, imir, irot, ispe, profile, type WrittenItem } from './avif-file.ts'
import { expected, grayItem, gridFile, HEIGHT, type Place, problemOf, rgbItem, WIDTH, writeHeic } from './heic-picture.ts'
import { hevcItem, type Samples } from './hevc-picture.ts'

describe('each pixel of a HEIC', () => {
  it.each([
    [WIDTH, HEIGHT],
    [1, 1],
    [32, 32],
    [33, 1],
    [5, 100],
  ])('of %d × %d', async (width, height) => {
    const file = writeHeic({ items: [rgbItem(width, height)] })
    expect(sniffFormat(file)).toBe('heic')
    expect(await decoded(file)).toEqual(expected(width, height))
  })

  it.each<[string, readonly Uint8Array[], number, number, Place]>([
    ['a quarter anticlockwise', [irot(1)], HEIGHT, WIDTH, (x, y) => [WIDTH - 1 - y, x]],
    ['half a turn', [irot(2)], WIDTH, HEIGHT, (x, y) => [WIDTH - 1 - x, HEIGHT - 1 - y]],
    ['a quarter clockwise', [irot(3)], HEIGHT, WIDTH, (x, y) => [y, HEIGHT - 1 - x]],
    ['top and bottom exchanged', [imir(0)], WIDTH, HEIGHT, (x, y) => [x, HEIGHT - 1 - y]],
    ['left and right exchanged', [imir(1)], WIDTH, HEIGHT, (x, y) => [WIDTH - 1 - x, y]],
    ['a part', [clap(41, 21, -8, 3)], 41, 21, (x, y) => [x + 10, y + 15]],
    ['a part, turned', [clap(41, 21, -8, 3), irot(3)], 21, 41, (x, y) => [y + 10, 20 - x + 15]],
  ])('%s', async (_, properties, width, height, place) => {
    const main = rgbItem(WIDTH, HEIGHT)
    const file = writeHeic({ items: [{ ...main, properties: [...main.properties, ...properties] }] })
    expect(await decoded(file)).toEqual(expected(width, height, place))
  })

  it('of a grid, whose cells reach beyond it', async () => {
    expect(await decoded(gridFile(150, 100))).toEqual(expected(150, 100))
  })

  it.each(['urn:mpeg:mpegB:cicp:systems:auxiliary:alpha', 'urn:mpeg:hevc:2015:auxid:1'])(
    'with %s in one piece and in cells',
    async (alpha) => {
      const level: Samples['sample'] = (_, x, y) => (x * 2 + y) & 255
      const alphaOf = (item: WrittenItem): WrittenItem => ({ ...item, properties: [...item.properties, auxiliary(alpha)] })
      const opacity = (x: number, y: number): number => level(0, x, y)
      const one = writeHeic({
        items: [rgbItem(WIDTH, HEIGHT), alphaOf(grayItem(WIDTH, HEIGHT, level))],
        references: [{ type: 'auxl', from: 2, to: [1] }],
      })
      expect(await decoded(one)).toEqual(expected(WIDTH, HEIGHT, undefined, opacity))
      const cells = [0, 1].map((i) => grayItem(WIDTH, 32, (plane, x, y) => level(plane, x, y + 32 * i)))
      const whole = alphaOf({ type: 'grid', data: grid(2, 1, WIDTH, HEIGHT), properties: [ispe(WIDTH, HEIGHT)] })
      const two = writeHeic({
        items: [rgbItem(WIDTH, HEIGHT), whole, ...cells],
        references: [
          { type: 'auxl', from: 2, to: [1] },
          { type: 'dimg', from: 2, to: [3, 4] },
        ],
      })
      expect(await decoded(two)).toEqual(expected(WIDTH, HEIGHT, undefined, opacity))
    },
  )

  it.each([8, 10] as const)('gray, of %d bits', async (bits) => {
    const { data } = await decoded(writeHeic({ items: [grayItem(WIDTH, HEIGHT, (_, x, y) => ((x * 3 + y) & 255) << (bits - 8), bits)] }))
    const gray = Array.from({ length: WIDTH * HEIGHT }, (_, i) => ((i % WIDTH) * 3 + Math.floor(i / WIDTH)) & 255)
    const found = [0, 1, 2].map((channel) => data.filter((_, i) => i % 4 === channel))
    for (const plane of found)
      for (const [i, level] of plane.entries()) expect(Math.abs(level - (gray[i] as number))).toBeLessThanOrEqual(1)
  })

  it.each([8, 10] as const)('of YCbCr 4:2:0 with %d bits, by its matrix', async (bits) => {
    const [luma, blue, red] = [120, 90, 180]
    const item = hevcItem({
      width: 40,
      height: 24,
      chroma: 1,
      bits,
      sample: (plane) => ([luma, blue, red][plane] ?? 0) << (bits - 8),
    })
    const { data } = await decoded(writeHeic({ items: [{ ...item, properties: [...item.properties, codePoints(1, 13, 6)] }] }))
    const [cb, cr] = [blue - 128, red - 128] // BT.601 in full range
    const rgb = [luma + 1.402 * cr, luma - 0.344136 * cb - 0.714136 * cr, luma + 1.772 * cb]
    for (let i = 0; i < data.length; i++)
      if (i % 4 < 3) expect(Math.abs((data[i] as number) - (rgb[i % 4] as number))).toBeLessThanOrEqual(2)
  })

  it('by its profile', async () => {
    const main = rgbItem(WIDTH, HEIGHT)
    const p3 = profile(matrixProfile(P3_PRIMARIES, SRGB_CURVE))
    const byProfile = await decoded(writeHeic({ items: [{ ...main, properties: [...main.properties, p3] }] }))
    const byCode = await decoded(writeHeic({ items: [{ ...main, properties: [...main.properties.slice(0, 2), codePoints(12, 13)] }] }))
    expect(psnr(byProfile.data, expected(WIDTH, HEIGHT).data)).toBeLessThan(40)
    expect(psnr(byProfile.data, byCode.data)).toBeGreaterThan(50)
  })
})

describe('what is wrong', () => {
  it.each<[string, (data: Uint8Array) => Uint8Array]>([
    ['cut short', (data) => data.subarray(0, Math.floor(data.length * 0.4))],
    ['noise', (data) => data.map((byte, i) => (i > 4 && i < 4000 ? (i * 89) & 255 : byte))],
    ['zeros', (data) => new Uint8Array(data.length)],
  ])('with one cell of a grid is 422, and the next file is decoded: %s', async (_, damage) => {
    const file = gridFile(150, 100, (cell, i) => (i === 4 ? { ...cell, data: damage(cell.data) } : cell))
    expect(await problemOf(file)).toBe('422 invalid_image')
    expect(await decoded(gridFile(150, 100))).toEqual(expected(150, 100))
  })

  /** The data without one of its units, whose lengths lie before them; each is a block here. */
  const without = (item: WrittenItem, index: number): WrittenItem => {
    const view = new DataView(item.data.buffer, item.data.byteOffset)
    const units: Uint8Array[] = []
    for (let at = 0; at < item.data.length; at += 4 + view.getUint32(at)) units.push(item.data.subarray(at, at + 4 + view.getUint32(at)))
    return { ...item, data: new Uint8Array(Buffer.concat(units.filter((_, i) => i !== index))) }
  }

  it.each([1, 2, 3, 4, 5])('with block %i of a picture, which is not there, is 422', async (index) => {
    expect(await problemOf(writeHeic({ items: [without(rgbItem(WIDTH, HEIGHT), index)] }))).toBe('422 invalid_image')
    const file = gridFile(150, 100, (cell, i) => (i === 2 && index < 4 ? without(cell, index) : cell))
    expect(await problemOf(file)).toBe(index < 4 ? '422 invalid_image' : 'none')
  })

  it.each([8, 10] as const)(
    'with a block of gray, %i bits, which is not there, is 422; all blocks in middle gray are well',
    async (bits) => {
      for (const level of [64, 126, 127, 128, 129, 130]) {
        const item = grayItem(WIDTH, HEIGHT, () => level << (bits - 8), bits)
        expect([level, await problemOf(writeHeic({ items: [item] }))]).toEqual([level, 'none'])
        expect([level, await problemOf(writeHeic({ items: [without(item, 5)] }))]).toEqual([level, '422 invalid_image'])
      }
    },
  )

  it('with its structure is 422', async () => {
    const main = rgbItem(WIDTH, HEIGHT)
    const [size, configuration] = main.properties as [Uint8Array, Uint8Array]
    const files = {
      'no size': writeHeic({ items: [{ ...main, properties: [configuration] }] }),
      'no configuration': writeHeic({ items: [{ ...main, properties: [size] }] }),
      'another size': writeHeic({ items: [{ ...main, properties: [ispe(WIDTH + 1, HEIGHT), configuration] }] }),
      'no data': writeHeic({ items: [{ ...main, data: new Uint8Array() }] }),
      'a part beyond the picture': writeHeic({ items: [{ ...main, properties: [...main.properties, clap(WIDTH + 2, HEIGHT, 0, 0)] }] }),
    }
    for (const [what, file] of Object.entries(files)) expect([what, await problemOf(file)]).toEqual([what, '422 invalid_image'])
  })

  it('anywhere ends in a picture or a clean error', async () => {
    const file = gridFile(150, 100)
    const next = random(12)
    for (let run = 0; run < 100; run++) {
      const damaged = run % 4 === 0 ? file.slice(0, next(file.length)) : file.slice()
      for (let change = 0; change < 3 && damaged.length > 0; change++)
        damaged[next(Math.min(damaged.length, run % 2 ? 1500 : 99_999))] = next(256)
      expect([run, await problemOf(damaged)]).toEqual([run, expect.stringMatching(/^(none|4\d\d \w+)$/)])
    }
  })
})

describe('before anything is decoded', () => {
  const limits = { maxSteps: 8, maxPixels: 100_000_000, maxSide: 12_000, memoryBytes: 80_000_000 }
  const plan = { steps: [], output: { format: 'jpeg', quality: 80 } } as const

  it('a HEIC is refused where it is switched off', () => {
    const file = writeHeic({ items: [rgbItem(WIDTH, HEIGHT)] })
    expect(planExecution(plan, file, { ...limits, heic: true }).source).toBe('heic')
    const refused = expect.objectContaining({ code: 'unsupported_format', reason: expect.stringContaining('limits.heic') as unknown })
    expect(() => planExecution(plan, file, { ...limits, heic: false })).toThrow(refused)
  })

  it('a picture in one piece is bounded by memory, a grid is not', () => {
    const [, configuration] = hevcItem({ width: 8, height: 8, chroma: 1, bits: 8, sample: () => 0 }).properties as [Uint8Array, Uint8Array]
    const item = (width: number, height: number): WrittenItem => ({
      type: 'hvc1',
      data: new Uint8Array(9),
      properties: [ispe(width, height), configuration],
    })
    const one = (width: number, height: number) => planExecution(plan, writeHeic({ items: [item(width, height)] }), limits)
    expect(one(3000, 2000).source).toBe('heic')
    expect(() => one(5000, 4000)).toThrow(expect.objectContaining({ code: 'too_many_pixels' }))
    const cells = Array.from({ length: 48 }, () => item(512, 512))
    const main: WrittenItem = { type: 'grid', data: grid(6, 8, 4032, 3024), properties: [ispe(4032, 3024)] }
    const file = writeHeic({ items: [main, ...cells], references: [{ type: 'dimg', from: 1, to: cells.map((_, i) => i + 2) }] })
    const small = { ...plan, steps: [step('resize', { width: 800, height: 800 })] }
    expect(planExecution(small, file, limits).peakBytes).toBeLessThan(40_000_000)
  })
})
