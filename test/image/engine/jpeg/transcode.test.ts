import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createCore } from '../../../../src/image/engine/core.ts'
import type { TranscodeCore } from '../../../../src/image/engine/jpeg/transcode/exports.ts'
import { probeJpeg } from '../../../../src/image/engine/jpeg/header.ts'
import { estimateTranscodeBytes, transcodeJpeg } from '../../../../src/image/engine/jpeg/transcode/transcode.ts'
import { ZIGZAG } from '../../../../src/image/engine/jpeg/zigzag.ts'
import { wholeImage, type Geometry, type Rectangle } from '../../../../src/image/geometry.ts'
import { compose, type Orientation, SYMMETRY, uprightShape } from '../../../../src/image/orientation.ts'
import { coreModule } from '../../../support/core-module.ts'
import { randomComponents, randomNumbers } from '../../../support/jpeg-coefficients.ts'
import { type ReadJpeg, readJpeg } from './coefficient-reader.ts'
import { COMMON_SAMPLINGS } from '../../../support/jpeg-samplings.ts'
import { blockGrid, type WrittenJpeg, type WrittenScan, segment, writeJpeg } from '../../../support/jpeg-writer.ts'
import { noPace } from '../../../support/rows.ts'

const module = await coreModule()
const ORIENTATIONS: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8]
const LAYOUTS = {
  gray: [[1, 1]],
  ...COMMON_SAMPLINGS,
  mixed: [
    [2, 2],
    [2, 1],
    [1, 2],
  ],
  'chroma first': [
    [1, 1],
    [2, 2],
    [1, 1],
  ],
} as const
/** The core's memory grows by whole pages. */
const PAGE_BYTES = 65_536
const QUANTISERS = Array.from({ length: 64 }, (_, k) => 1 + k)

const turned = (file: Uint8Array, orientation: Orientation, window?: Rectangle, progressive = false, core = newCore()) =>
  transcodeJpeg(core, file, orientation, shown(file, orientation, window), progressive, new Set(), noPace)

const newCore = (): TranscodeCore => createCore(module)

function shown(file: Uint8Array, orientation: Orientation, window?: Rectangle): Geometry {
  const whole = wholeImage(uprightShape(probeJpeg(file), orientation))
  return window ? { ...whole, window, width: window.width, height: window.height } : whole
}

async function bytesOf(result: ReturnType<typeof transcodeJpeg>): Promise<Uint8Array> {
  const bytes = await result
  if (!(bytes instanceof Uint8Array)) throw new Error(bytes.reason)
  return bytes
}

/** One interleaved scan, a scan of each component, or a progressive file's. */
const SCANS = {
  interleaved: (count: number): WrittenScan[] => [
    { components: Array.from({ length: count }, (_, i) => i), start: 0, end: 63, high: 0, low: 0 },
  ],
  separate: (count: number): WrittenScan[] =>
    Array.from({ length: count }, (_, i) => ({ components: [i], start: 0, end: 63, high: 0, low: 0, rotation: i })),
  progressive: (count: number): WrittenScan[] => {
    const each = Array.from({ length: count }, (_, i) => i)
    return [
      { components: each, start: 0, end: 0, high: 0, low: 1 },
      ...each.map((i) => ({ components: [i], start: 1, end: 5, high: 0, low: 2 })),
      ...each.map((i) => ({ components: [i], start: 6, end: 63, high: 0, low: 2 })),
      ...each.map((i) => ({ components: [i], start: 1, end: 63, high: 2, low: 1 })),
      { components: each, start: 0, end: 0, high: 1, low: 0 },
      ...each.map((i) => ({ components: [i], start: 1, end: 63, high: 1, low: 0 })),
    ]
  },
}

interface Drawn {
  readonly jpeg: WrittenJpeg
  readonly file: Uint8Array
}

function draw(
  layout: keyof typeof LAYOUTS,
  kind: keyof typeof SCANS,
  mcus: readonly [number, number],
  cut: readonly [number, number],
  seed: number,
): Drawn {
  const sampling = LAYOUTS[layout].map(([h, v]) => ({ h, v }))
  const mcu = sampling.length === 1 ? [8, 8] : [8 * Math.max(...sampling.map(({ h }) => h)), 8 * Math.max(...sampling.map(({ v }) => v))]
  const [width, height] = [mcus[0] * (mcu[0] ?? 8) - cut[0], mcus[1] * (mcu[1] ?? 8) - cut[1]]
  const jpeg: WrittenJpeg = {
    width,
    height,
    quantisers: QUANTISERS,
    components: randomComponents(width, height, sampling, randomNumbers(seed), { dc: 900, ac: 700 }),
    scans: SCANS[kind](sampling.length),
    isProgressive: kind === 'progressive',
    ...(seed % 2 === 0 && { restartInterval: 1 + (seed % 3) }),
  }
  return { jpeg, file: writeJpeg(jpeg) }
}

/**
 * What the definition gives: block (x, y) of the result is the block of the picture that the symmetry shows there; its coefficients are transposed with it,
 * and an odd frequency along a mirrored axis is negated. Blocks that fill the last MCUs are not compared.
 */
function expectTurned(result: ReadJpeg, { width, height, components }: WrittenJpeg, orientation: Orientation, window: Rectangle): void {
  const { transpose, mirrorX, mirrorY } = SYMMETRY[orientation]
  expect([result.width, result.height]).toEqual([window.width, window.height])
  const max = { h: Math.max(...components.map(({ h }) => h)), v: Math.max(...components.map(({ v }) => v)) }
  for (const [i, { h, v, blocks }] of components.entries()) {
    const of = result.components[i]
    if (!of) throw new Error('a component is missing')
    const isOnly = components.length === 1
    expect([of.h, of.v]).toEqual(isOnly ? [1, 1] : transpose ? [v, h] : [h, v])
    expect(of.quantisers).toEqual(QUANTISERS.map((_, k) => QUANTISERS[transpose ? transposedIndex(k) : k]))
    const from = blockGrid({ width, height, components }, i)
    const to = blockGrid({ width: window.width, height: window.height, components: result.components }, i)
    const [perX, perY] = transpose ? [(8 * max.v) / v, (8 * max.h) / h] : [(8 * max.h) / h, (8 * max.v) / v]
    const [left, top] = [window.x / perX, window.y / perY]
    for (let y = 0; y < to.usedDown; y++)
      for (let x = 0; x < to.usedAcross; x++) {
        const [sx, sy] = transpose ? [y + top, x + left] : [x + left, y + top]
        // A mirrored axis has whole MCUs up to where it begins.
        const column = mirrorX ? mirrored(sx, width, (8 * max.h) / h) : sx
        const row = mirrorY ? mirrored(sy, height, (8 * max.v) / v) : sy
        const block = blocks[row * from.across + column] as Int16Array
        const expected = Array.from({ length: 64 }, (_, k) => {
          const source = transpose ? transposedIndex(k) : k
          const natural = ZIGZAG[source] as number
          const isNegated = (mirrorX && (natural & 7) % 2 === 1) !== (mirrorY && (natural >> 3) % 2 === 1)
          const value = block[source] as number
          return isNegated && value !== 0 ? -value : value
        })
        expect([...(of.blocks[y * to.across + x] as Int16Array)]).toEqual(expected)
      }
  }
}

/** Counted from the other end of an axis of so many pixels, `pixels` a block: fractions meet where MCUs end. */
const mirrored = (at: number, side: number, pixels: number): number => Math.round(side / pixels - 1 - at)

const transposedIndex = (k: number): number => {
  const natural = ZIGZAG[k] as number
  return ZIGZAG.indexOf((natural & 7) * 8 + (natural >> 3))
}

describe('coefficients in another order', () => {
  const layouts = Object.keys(LAYOUTS) as (keyof typeof LAYOUTS)[]
  const kinds = Object.keys(SCANS) as (keyof typeof SCANS)[]

  it.each(layouts.flatMap((layout) => kinds.map((kind) => [layout, kind] as const)))(
    '%s, %s: all eight symmetries',
    async (layout, kind) => {
      const { jpeg, file } = draw(layout, kind, [3, 2], [0, 0], 1 + layouts.indexOf(layout))
      for (const orientation of ORIENTATIONS) {
        const result = readJpeg(await bytesOf(turned(file, orientation)))
        expectTurned(result, jpeg, orientation, shown(file, orientation).window)
      }
    },
  )

  it('cuts at any aligned place, in any symmetry', async () => {
    const drawn = fc.record({
      layout: fc.constantFrom(...layouts),
      kind: fc.constantFrom(...kinds),
      orientation: fc.constantFrom(...ORIENTATIONS),
      seed: fc.integer({ min: 1, max: 1000 }),
      cut: fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 })),
      at: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
      side: fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 })),
    })
    await fc.assert(
      fc.asyncProperty(drawn, async ({ layout, kind, orientation, seed, cut, at, side }) => {
        const { jpeg, file } = draw(layout, kind, [3, 3], cut, seed)
        const { transpose, mirrorX, mirrorY } = SYMMETRY[orientation]
        const upright = uprightShape(jpeg, orientation)
        const isOnly = jpeg.components.length === 1
        const mcu = uprightShape(
          {
            width: isOnly ? 8 : 8 * Math.max(...jpeg.components.map(({ h }) => h)),
            height: isOnly ? 8 : 8 * Math.max(...jpeg.components.map(({ v }) => v)),
          },
          orientation,
        )
        const [mirrorsAcross, mirrorsDown] = transpose ? [mirrorY, mirrorX] : [mirrorX, mirrorY]
        const x =
          (mirrorsAcross ? upright.width % mcu.width : 0) + (mirrorsAcross && cut[0] + cut[1] > 0 ? Math.min(at[0], 1) : at[0]) * mcu.width
        const y =
          (mirrorsDown ? upright.height % mcu.height : 0) + (mirrorsDown && cut[0] + cut[1] > 0 ? Math.min(at[1], 1) : at[1]) * mcu.height
        const window = { x, y, width: Math.min(side[0], upright.width - x), height: Math.min(side[1], upright.height - y) }
        expectTurned(readJpeg(await bytesOf(turned(file, orientation, window))), jpeg, orientation, window)
      }),
      { numRuns: 200, seed: 15 },
    )
  })
})

describe('the file', () => {
  const picture = (width: number, height: number, options: object): Promise<Buffer> =>
    sharp({ create: { width, height, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } } })
      .jpeg(options)
      .toBuffer()

  it('is the same after four quarter turns as after none, and after two mirrors', async () => {
    for (const options of [{ quality: 90 }, { quality: 60, chromaSubsampling: '4:4:4', progressive: true }]) {
      const file = new Uint8Array(await picture(96, 64, options))
      const first = await bytesOf(turned(file, 1))
      for (const orientation of ORIENTATIONS) {
        const there = await bytesOf(turned(file, orientation))
        const back = ORIENTATIONS.find((other) => compose(orientation, other) === 1) as Orientation
        expect(await bytesOf(turned(there, back))).toEqual(first)
      }
      let quarter = first
      for (let i = 0; i < 4; i++) quarter = await bytesOf(turned(quarter, 6))
      expect(quarter).toEqual(first)
    }
  })

  it.each(Object.keys(LAYOUTS) as (keyof typeof LAYOUTS)[])('has the same coefficients in several scans: %s', async (layout) => {
    for (const orientation of [1, 6] as const) {
      const { file } = draw(layout, 'interleaved', [3, 2], orientation === 1 ? [5, 6] : [0, 0], 3)
      const scans = await bytesOf(turned(file, orientation, undefined, true))
      expect(probeJpeg(scans).process).toBe('progressive')
      const one = await bytesOf(turned(file, orientation))
      expect(await bytesOf(turned(scans, 1))).toEqual(one)
      expect(await sharp(scans).raw().toBuffer()).toEqual(await sharp(one).raw().toBuffer())
    }
  })

  it('has the pixels that the picture has, turned', async () => {
    const file = new Uint8Array(await picture(64, 48, { quality: 85, chromaSubsampling: '4:4:4' }))
    const theirs = await sharp(file).rotate(90).raw().toBuffer()
    const ours = await sharp(await bytesOf(turned(file, 6)))
      .raw()
      .toBuffer()
    const differences = ours.map((value, i) => Math.abs(value - (theirs[i] ?? 0)))
    expect(Math.max(...differences)).toBeLessThanOrEqual(3)
  })

  it('fills its last MCUs with blocks of the DC coefficient before them', async () => {
    const { jpeg, file } = draw('4:2:0', 'interleaved', [2, 2], [9, 10], 3)
    const { components } = readJpeg(await bytesOf(turned(file, 1)))
    const luma = components[0]?.blocks ?? []
    const across = blockGrid(jpeg, 0).across
    expect([...(luma[3] as Int16Array)]).toEqual([luma[2]?.[0], ...Array<number>(63).fill(0)])
    expect([...(luma[3 * across + 2] as Int16Array)]).toEqual([luma[2 * across + 3]?.[0], ...Array<number>(63).fill(0)])
  })

  it('has no segment of its source but those that its picture needs, and the density of its pixels, turned with it', async () => {
    const { jpeg } = draw('4:2:0', 'interleaved', [1, 2], [0, 0], 1)
    const density = [0x4a, 0x46, 0x49, 0x46, 0, 1, 2, 1, 1, 44, 0, 150, 0, 0]
    const file = writeJpeg({ ...jpeg, segments: [segment(0xe0, density), segment(0xe1, [1, 2, 3]), segment(0xfe, [4])] })
    const result = await bytesOf(turned(file, 6))
    expect(readJpeg(result).markers).toEqual([0xe0, 0xdb, 0xc0, 0xc4, 0xc4, 0xc4, 0xc4, 0xda])
    expect([...result.subarray(13, 18)]).toEqual([1, 0, 150, 1, 44])
  })
})

describe('what does not go without loss', () => {
  const reasonOf = async (result: ReturnType<typeof transcodeJpeg>): Promise<string> => {
    const found = await result
    return found instanceof Uint8Array ? '' : found.reason
  }

  it('is an edge or a cut between MCUs, with the nearest that goes', async () => {
    const { file } = draw('4:2:0', 'interleaved', [3, 3], [5, 3], 1)
    expect(await reasonOf(turned(file, 2))).toMatch(/blocks of 16×16 pixels, received 43×45 at 0,0 .* nearest is 32×45 at 11,0\.$/)
    expect(await reasonOf(turned(file, 3))).toMatch(/nearest is 32×32 at 11,13\.$/)
    expect(await reasonOf(turned(file, 6))).toMatch(/picture of 45×43; the nearest is 32×43 at 13,0\.$/)
    expect(await reasonOf(turned(file, 1, { x: 9, y: 7, width: 20, height: 10 }))).toMatch(/nearest is 20×10 at 16,0\.$/)
    expect(await reasonOf(turned(file, 1, { x: 47, y: 47, width: 2, height: 2 }))).toMatch(/nearest is 2×2 at 32,32\.$/)
  })

  it('names a nearest cut that goes', async () => {
    const numbers = fc.integer({ min: 0, max: 60 })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ORIENTATIONS),
        fc.tuple(numbers, numbers, numbers, numbers),
        async (orientation, [a, b, c, d]) => {
          const { file } = draw('4:2:2', 'interleaved', [3, 4], [5, 3], 1)
          const { width, height } = uprightShape(probeJpeg(file), orientation)
          const [x, y] = [Math.min(a, width - 1), Math.min(b, height - 1)]
          const window = { x, y, width: Math.min(c + 1, width - x), height: Math.min(d + 1, height - y) }
          const reason = await reasonOf(turned(file, orientation, window))
          if (reason === '') return
          const [w, h, left, top] = (/nearest is (\d+)×(\d+) at (\d+),(\d+)\./.exec(reason) ?? []).slice(1).map(Number) as [
            number,
            number,
            number,
            number,
          ]
          await bytesOf(turned(file, orientation, { x: left, y: top, width: w, height: h }))
        },
      ),
      { numRuns: 100, seed: 15 },
    )
  })

  it('is a coefficient that no JPEG of 8 bits has, and a component with two scans', async () => {
    const { jpeg } = draw('4:4:4', 'separate', [1, 1], [0, 0], 1)
    const blocks = [Int16Array.from({ length: 64 }, (_, k) => (k === 5 ? 1024 : 0))]
    const large = writeJpeg({
      ...jpeg,
      components: jpeg.components.map((component, i) => (i === 1 ? { ...component, blocks } : component)),
    })
    expect(await reasonOf(turned(large, 1))).toMatch(/larger than/)
    const twice = writeJpeg({ ...jpeg, scans: [...jpeg.scans.slice(0, 1), ...jpeg.scans] })
    expect(await reasonOf(turned(twice, 1))).toMatch(/two scans/)
    const missing = writeJpeg({ ...jpeg, scans: jpeg.scans.slice(0, 2) })
    expect(await reasonOf(turned(missing, 1))).toMatch(/no scan/)
  })
})

describe('memory', () => {
  const KINDS = (['interleaved', 'progressive'] as const).flatMap((kind) =>
    [false, true].map((progressive) => [kind, progressive] as const),
  )

  it.each(KINDS)('is within the estimate, whatever the file holds: %s, to several scans: %s', async (kind, progressive) => {
    for (const [dc, ac] of [
      [0, 0],
      [300, 60],
      [900, 700],
    ] as const) {
      const shape = { width: 800, height: 600 }
      const components = randomComponents(shape.width, shape.height, [{ h: 1, v: 1 }], randomNumbers(1), { dc, ac })
      const file = writeJpeg({ ...shape, components, scans: SCANS[kind](1), isProgressive: kind === 'progressive' })
      const core = newCore()
      const result = await bytesOf(turned(file, 6, undefined, progressive, core))
      const planned = estimateTranscodeBytes(probeJpeg(file), 6, shown(file, 6), progressive, file.length)
      expect(core.size() + result.length).toBeLessThanOrEqual(planned + PAGE_BYTES)
    }
  })
})
