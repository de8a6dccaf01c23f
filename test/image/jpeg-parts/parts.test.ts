import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { jpegPlaces, mayTakePart, planOnPart } from '../../../src/image/codecs/jpeg/parts.ts'
import { withAllCategories } from '../../../src/image/engine/jpeg/parts/part-head.ts'
import { type McuPlaces, packPlaces, unpackPlaces } from '../../../src/image/engine/jpeg/parts/places.ts'
import { STANDARD_HUFFMAN } from '../../../src/image/engine/jpeg/standard-huffman.ts'
import { execute, openRowsContext } from '../../../src/image/execute.ts'
import { step, type TransformPlan } from '../../../src/image/plan.ts'
import { planExecution } from '../../../src/image/planner.ts'
import { openImageContext } from '../../support/image-context.ts'
import { COMMON_SAMPLINGS } from '../../support/jpeg-samplings.ts'
import { blockGrid, writeJpeg } from '../../support/jpeg-writer.ts'
import { photo } from '../../support/pictures.ts'

const LIMITS = { maxSteps: 8, maxPixels: 1e8, maxSide: 12_000 }
const { context } = openImageContext()

async function placesOf(file: Uint8Array): Promise<McuPlaces> {
  const places = await jpegPlaces(file, await openRowsContext(context))
  if (typeof places === 'string') throw new Error(places)
  // As they come out of the store.
  return unpackPlaces(packPlaces(places)) as McuPlaces
}

async function run(plan: TransformPlan, file: Uint8Array) {
  const { body, warnings, isLossless } = await execute(planExecution(plan, file, LIMITS), file, [], context, async (_phase, work) => work())
  return { bytes: Buffer.from(body).toString('base64'), warnings, isLossless }
}

/** The part's file, of the rows that its plan names alone. */
function cut(file: Uint8Array, partial: NonNullable<ReturnType<typeof planOnPart>>): Uint8Array {
  const writer = partial.write()
  for (const { start, end } of partial.part.rows) writer.add(file.slice(start, end))
  return writer.finish()
}

const photograph = async (options: {
  readonly chroma?: string
  readonly orientation?: number
  readonly gray?: boolean
  readonly cmyk?: boolean
}) => {
  let picture = sharp(await photo({ width: 900, height: 610, quality: 95 }))
  if (options.gray) picture = picture.grayscale()
  if (options.cmyk) picture = picture.toColourspace('cmyk')
  if (options.orientation) picture = picture.withMetadata({ orientation: options.orientation })
  return new Uint8Array(await picture.jpeg({ quality: 80, chromaSubsampling: options.chroma ?? '4:2:0' }).toBuffer())
}

/** Any coefficients, with a restart marker behind each `interval` MCUs. */
function written(sampling: keyof typeof COMMON_SAMPLINGS, interval: number): Uint8Array {
  const [width, height] = [700, 330]
  const factors = COMMON_SAMPLINGS[sampling].map(([h, v]) => ({ h, v }))
  let seed = 7
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
  const components = factors.map((factor, i) => {
    const { across, down } = blockGrid({ width, height, components: factors }, i)
    const blocks = Array.from({ length: across * down }, () => {
      const block = new Int16Array(64)
      block[0] = Math.round(random() * 300 - 150)
      for (let n = 0; n < 4; n++) block[Math.floor(random() * 64)] = Math.round(random() * 40 - 20)
      return block
    })
    return { ...factor, blocks }
  })
  const scan = { components: components.map((_, i) => i), start: 0, end: 63, high: 0, low: 0 }
  return writeJpeg({ width, height, components, scans: [scan], restartInterval: interval, quantisers: Array.from({ length: 64 }, () => 8) })
}

const FILES: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  '4:2:0': () => photograph({}),
  '4:4:4': () => photograph({ chroma: '4:4:4' }),
  gray: () => photograph({ gray: true }),
  'four inks': () => photograph({ cmyk: true }),
  'turned to the right': () => photograph({ orientation: 6 }),
  'turned around and mirrored': () => photograph({ orientation: 4 }),
  transposed: () => photograph({ orientation: 5 }),
  'a restart marker behind each row': () => Promise.resolve(written('4:2:0', 44)),
  'a restart marker behind 3 MCUs': () => Promise.resolve(written('4:2:2', 3)),
  'a restart marker behind two and a half rows': () => Promise.resolve(written('4:4:4', 220)),
  'a restart marker behind each MCU': () => Promise.resolve(written('4:4:0', 1)),
  'chroma of a quarter': () => Promise.resolve(written('4:1:1', 0)),
}

const wish = fc.record({
  x: fc.nat(600),
  y: fc.nat(290),
  width: fc.integer({ min: 1, max: 140 }),
  height: fc.integer({ min: 1, max: 100 }),
  shrink: fc.constantFrom(1, 1, 2, 3.3, 5, 9.7),
  format: fc.constantFrom('jpeg' as const, 'jpeg' as const, 'png' as const),
  turn: fc.constantFrom(0, 0, 90, 30),
})

describe.each(Object.entries(FILES))('a part of a JPEG: %s', (_, make) => {
  it('gives the bytes that the whole file gives', async () => {
    const file = await make()
    const places = await placesOf(file)
    let parts = 0
    await fc.assert(
      fc.asyncProperty(wish, async ({ x, y, width, height, shrink, format, turn }) => {
        const size = { width: Math.ceil(width / shrink), height: Math.ceil(height / shrink), fit: 'stretch' } as const
        const steps = [
          step('crop', { x, y, width, height, position: 'top-left' }),
          ...(shrink === 1 ? [] : [step('resize', size)]),
          ...(turn === 0 ? [] : [step('rotate', { degrees: turn })]),
        ]
        const plan: TransformPlan = { steps, output: { format, quality: 80 } }
        const partial = planOnPart(plan, places)
        if (!partial) return
        parts++
        const part = cut(file, partial)
        expect(part.length).toBeLessThan(file.length / 2)
        expect(await run(partial.plan, part)).toEqual(await run(plan, file))
      }),
      { numRuns: 12, seed: 5 },
    )
    expect(parts).toBeGreaterThan(6)
  })
})

describe('a part', () => {
  const crop = (x: number, y: number, width: number, height: number): TransformPlan => ({
    steps: [step('crop', { x, y, width, height, position: 'top-left' })],
    output: { format: 'png', quality: 80 },
  })

  it('is a JPEG for others too', async () => {
    const file = await photograph({ chroma: '4:4:4' })
    const partial = planOnPart(crop(400, 300, 60, 50), await placesOf(file))
    if (!partial) throw new Error('no part')
    const { x: left, y: top, width, height } = partial.part.rectangle
    const shown = await sharp(cut(file, partial), { failOn: 'warning' }).raw().toBuffer()
    expect(shown.equals(await sharp(file).extract({ left, top, width, height }).raw().toBuffer())).toBe(true)
  })

  it('that would be most of the file, or none of it, is left to the whole file', async () => {
    const places = await placesOf(await photograph({}))
    expect(planOnPart(crop(0, 0, 800, 500), places)).toBeNull()
    expect(planOnPart(crop(2000, 0, 10, 10), places)).toBeNull()
  })

  it('of other data than those whose places were found is refused', async () => {
    const file = await photograph({})
    const partial = planOnPart(crop(400, 300, 60, 50), await placesOf(file))
    const writer = partial?.write()
    const row = partial?.part.rows[0]
    // Ones alone, stuffed: no code is made of them.
    const ones = Uint8Array.from({ length: (row?.end ?? 0) - (row?.start ?? 0) }, (_, i) => (i % 2 === 0 ? 0xff : 0))
    expect(() => writer?.add(ones)).toThrow(expect.objectContaining({ code: 'invalid_image' }))
  })
})

describe('a file that is always read whole', () => {
  const obstacle = async (file: Uint8Array) => jpegPlaces(file, await openRowsContext(context))

  it('is progressive', async () => {
    expect(
      await obstacle(
        new Uint8Array(
          await sharp(await photo())
            .jpeg({ progressive: true })
            .toBuffer(),
        ),
      ),
    ).toMatch(/progressive/)
  })

  it('is damaged', async () => {
    const file = await photograph({})
    expect(await obstacle(file.subarray(0, file.length - 9000))).toMatch(/damaged/)
  })
})

describe('a plan', () => {
  const output = { format: 'jpeg', quality: 80 } as const
  const cutting = step('crop', { x: 0, y: 0, width: 9, height: 9 })

  it.each<readonly [string, TransformPlan, boolean]>([
    ['cuts first', { steps: [cutting, step('blur', { sigma: 1 })], output }, true],
    ['cuts later', { steps: [step('resize', { width: 90 }), cutting], output }, false],
    ['tells of the file', { steps: [cutting], output, info: ['result'] }, false],
    ['keeps metadata', { steps: [cutting], output: { ...output, metadata: 'keep' } }, false],
    ['keeps colours', { steps: [cutting], output: { ...output, colours: 'keep' } }, false],
  ])('that %s', (_, plan, may) => expect(mayTakePart(plan)).toBe(may))
})

describe('a table of DC coefficients', () => {
  it('gets the codes that it lacks, and keeps the others', () => {
    const [all] = STANDARD_HUFFMAN
    expect(all && withAllCategories(all)).toEqual(all)
    const few = { counts: Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), symbols: Uint8Array.of(3, 0) }
    const extended = withAllCategories(few)
    expect([...(extended?.counts ?? [])]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0])
    expect([...(extended?.symbols ?? [])]).toEqual([3, 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11])
  })

  it('without room for them is none', () => {
    const counts = Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1)
    expect(withAllCategories({ counts, symbols: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8) })).not.toBeNull()
    const full = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
    full.set([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    expect(withAllCategories({ counts: full, symbols: Uint8Array.from({ length: 16 }, (_, i) => i + 16) })).toBeNull()
  })
})
