import sharp, { type Sharp } from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { P3_PRIMARIES } from '../../../src/image/icc/primaries.ts'
import { planExecution, sniffFormat } from '../../../src/image/planner.ts'
import { decoded, psnr } from '../../support/icc/decoded.ts'
import { matrixProfile, SRGB_CURVE } from '../../support/icc/profile.ts'
import { random } from '../engine/png/writer.ts'
import { hlgCurve, pqCurve } from '../../../src/image/icc/high-range.ts'
import { encodeSrgb } from '../../../src/image/icc/srgb.ts'
import { auxiliary, clap, coded, codePoints, grid, imir, irot, ispe, profile, writeAvif, type WrittenItem } from './avif-file.ts'

const [WIDTH, HEIGHT] = [96, 64]
const picture = (width = WIDTH, height = HEIGHT): Sharp =>
  sharp(
    Buffer.from(
      Array.from({ length: width * height }, (_, i) => [
        ((i % width) * 255) / width,
        (Math.floor(i / width) * 255) / height,
        128 + 90 * Math.sin((i % width) / 9),
      ]).flat(),
    ),
    { raw: { width, height, channels: 3 } },
  )
const lossless = async (image: Sharp): Promise<Uint8Array> => new Uint8Array(await image.avif({ lossless: true }).toBuffer())

const rgba = async (image: Sharp): Promise<Uint8Array> => new Uint8Array(await image.ensureAlpha().raw().toBuffer())
describe('AVIF as sharp writes it', () => {
  it.each<[string, (image: Sharp) => Sharp, number]>([
    ['4:2:0', (image) => image.avif({ quality: 90, chromaSubsampling: '4:2:0' }), 40],
    ['4:4:4', (image) => image.avif({ quality: 90, chromaSubsampling: '4:4:4' }), 45],
    ['without loss', (image) => image.avif({ lossless: true }), Infinity],
    ['with alpha', (image) => image.ensureAlpha(0.5).avif({ quality: 90 }), 45],
    ['gray', (image) => image.toColourspace('b-w').avif({ quality: 90 }), 45],
  ])('%s', async (_, write, floor) => {
    const file = new Uint8Array(await write(picture()).toBuffer())
    expect(sniffFormat(file)).toBe('avif')
    const { width, height, data } = await decoded(file)
    expect([width, height]).toEqual([WIDTH, HEIGHT])
    expect(psnr(data, await rgba(sharp(file).toColourspace('srgb')))).toBeGreaterThanOrEqual(floor)
  })

  it.each([
    [1, 1],
    [1, 37],
    [65, 3],
  ])('of %d × %d', async (width, height) => {
    const file = await lossless(picture(width, height))
    expect((await decoded(file)).data).toEqual(new Uint8ClampedArray(await rgba(picture(width, height))))
  })
})

describe('what surrounds the pixels', () => {
  let main: WrittenItem
  let pixels: Uint8Array
  beforeAll(async () => {
    main = coded(await lossless(picture()), WIDTH, HEIGHT)
    pixels = await rgba(picture())
  })
  const written = (...properties: readonly Uint8Array[]): Uint8Array =>
    writeAvif({ items: [{ ...main, properties: [...main.properties, ...properties] }] })

  it.each<[string, readonly Uint8Array[], (image: Sharp) => Sharp]>([
    ['nothing', [], (image) => image],
    ['a quarter anticlockwise', [irot(1)], (image) => image.rotate(270)],
    ['half a turn', [irot(2)], (image) => image.rotate(180)],
    ['a quarter clockwise', [irot(3)], (image) => image.rotate(90)],
    ['top and bottom exchanged', [imir(0)], (image) => image.flip()],
    ['left and right exchanged', [imir(1)], (image) => image.flop()],
  ])('turns the picture: %s', async (_, properties, turn) => {
    const upright = await turn(picture()).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    const { width, height, data } = await decoded(written(...properties))
    expect([width, height]).toEqual([upright.info.width, upright.info.height])
    expect(psnr(data, upright.data)).toBe(Infinity)
  })

  it('turns and mirrors in the order of the properties', async () => {
    const turned = await picture().rotate(270).png().toBuffer()
    expect(psnr((await decoded(written(irot(1), imir(1)))).data, await rgba(sharp(turned).flop()))).toBe(Infinity)
    const mirrored = await picture().flop().png().toBuffer()
    expect(psnr((await decoded(written(imir(1), irot(1)))).data, await rgba(sharp(mirrored).rotate(270)))).toBe(Infinity)
  })

  it('shows a part', async () => {
    const { width, height, data } = await decoded(written(clap(40, 20, -8, 3)))
    expect([width, height]).toEqual([40, 20])
    const part = picture().extract({ left: (WIDTH - 40) / 2 - 8, top: (HEIGHT - 20) / 2 + 3, width: 40, height: 20 })
    expect(psnr(data, await rgba(part))).toBe(Infinity)
  })

  it('joins the cells of a grid, cut to its size', async () => {
    const cells = await Promise.all(
      [0, 1, 2, 3].map(async (i) => {
        const part = { left: (i % 2) * 64, top: Math.floor(i / 2) * 64, width: 64, height: 64 }
        return coded(await lossless(picture(128, 128).extract(part)), 64, 64)
      }),
    )
    const items = [{ type: 'grid', data: grid(2, 2, 120, 100), properties: [ispe(120, 100)] } as const, ...cells]
    const { width, height, data } = await decoded(writeAvif({ items, references: [{ type: 'dimg', from: 1, to: [2, 3, 4, 5] }] }))
    expect([width, height]).toEqual([120, 100])
    expect(psnr(data, await rgba(picture(128, 128).extract({ left: 0, top: 0, width: 120, height: 100 })))).toBe(Infinity)
  })

  it('has alpha from a picture of its own', async () => {
    const gray = coded(await lossless(picture().toColourspace('b-w')), WIDTH, HEIGHT)
    const items = [main, { ...gray, properties: [...gray.properties, auxiliary()] }]
    const { data } = await decoded(writeAvif({ items, references: [{ type: 'auxl', from: 2, to: [1] }] }))
    const levels = await picture().toColourspace('b-w').raw().toBuffer()
    expect(
      psnr(
        data.filter((_, i) => i % 4 === 3),
        levels,
      ),
    ).toBeGreaterThan(45)
    expect(
      psnr(
        data.filter((_, i) => i % 4 !== 3),
        pixels.filter((_, i) => i % 4 !== 3),
      ),
    ).toBe(Infinity)
  })

  it('lies in the metadata too', async () => {
    expect(psnr((await decoded(writeAvif({ items: [main], inMeta: true }))).data, pixels)).toBe(Infinity)
  })

  it('tells the colours: by a profile, by code points, or sRGB', async () => {
    const p3 = (await decoded(written(profile(matrixProfile(P3_PRIMARIES, SRGB_CURVE))))).data
    expect(psnr(p3, pixels)).toBeLessThan(35)
    expect(psnr((await decoded(written(codePoints(12, 13)))).data, p3)).toBeGreaterThan(50)
    expect(psnr((await decoded(written(codePoints(1, 13)))).data, pixels)).toBe(Infinity)
    for (const [transfer, curve] of [
      [16, pqCurve],
      [18, hlgCurve],
    ] as const) {
      const bent = pixels.map((level, i) => (i % 4 === 3 ? level : Math.round(255 * encodeSrgb(curve(level / 255)))))
      expect(psnr((await decoded(written(codePoints(1, transfer)))).data, bent)).toBeGreaterThan(48)
    }
  })
})

describe('what is wrong', () => {
  const problemOf = async (file: Uint8Array): Promise<string> => {
    try {
      await decoded(file)
      return 'none'
    } catch (thrown) {
      return thrown instanceof AppError ? `${thrown.fault.status} ${thrown.code}` : String(thrown)
    }
  }

  it('with its structure is 422', async () => {
    const main = coded(await lossless(picture()), WIDTH, HEIGHT)
    const gridOf = (data: Uint8Array, to: readonly number[]) =>
      writeAvif({ items: [{ type: 'grid', data, properties: [ispe(WIDTH, HEIGHT)] }, main], references: [{ type: 'dimg', from: 1, to }] })
    const files = {
      'no size': writeAvif({ items: [{ ...main, properties: main.properties.slice(1) }] }),
      'no configuration': writeAvif({ items: [{ ...main, properties: main.properties.slice(0, 1) }] }),
      'another size': writeAvif({ items: [{ ...main, properties: [ispe(WIDTH + 1, HEIGHT), ...main.properties.slice(1)] }] }),
      'no data': writeAvif({ items: [{ ...main, data: new Uint8Array() }] }),
      'too few cells': gridOf(grid(2, 1, WIDTH, HEIGHT), [2]),
      'cells that are too small': gridOf(grid(1, 1, WIDTH, HEIGHT + 1), [2]),
      'a cell that is not there': gridOf(grid(1, 1, WIDTH, HEIGHT), [9]),
      'a grid of itself': gridOf(grid(1, 1, WIDTH, HEIGHT), [1]),
      'a part beyond the picture': writeAvif({ items: [{ ...main, properties: [...main.properties, clap(WIDTH + 2, HEIGHT, 0, 0)] }] }),
    }
    for (const [what, file] of Object.entries(files)) expect([what, await problemOf(file)]).toEqual([what, '422 invalid_image'])
  })

  it('with its size is refused before anything is decoded: 2.5 megapixels in 80 MB', async () => {
    const file = new Uint8Array(await picture().avif({ quality: 60, chromaSubsampling: '4:2:0' }).toBuffer())
    const main = coded(file, WIDTH, HEIGHT)
    const limits = { maxSteps: 8, maxPixels: 100_000_000, maxSide: 12_000, memoryBytes: 80_000_000 }
    const plan = { steps: [], output: { format: 'jpeg', quality: 80 } } as const
    const planOf = (width: number, height: number) =>
      planExecution(plan, writeAvif({ items: [{ ...main, properties: [ispe(width, height), ...main.properties.slice(1)] }] }), limits)
    expect(planOf(1950, 1290).source).toBe('avif')
    for (const [width, height] of [
      [2040, 1500],
      [5000, 4000],
    ] as const)
      expect(() => planOf(width, height)).toThrow(expect.objectContaining({ code: 'too_many_pixels' }))
  })

  it('anywhere ends in a picture or a clean error', async () => {
    const file = new Uint8Array(await picture().ensureAlpha(0.5).avif({ quality: 50 }).toBuffer())
    const next = random(11)
    for (let run = 0; run < 120; run++) {
      const damaged = run % 4 === 0 ? file.slice(0, next(file.length)) : file.slice()
      for (let change = 0; change < 3 && damaged.length > 0; change++)
        damaged[next(Math.min(damaged.length, run % 2 ? 400 : 9999))] = next(256)
      const problem = await problemOf(damaged)
      expect([run, problem]).toEqual([run, expect.stringMatching(/^(none|4\d\d \w+)$/)])
    }
  })
})
