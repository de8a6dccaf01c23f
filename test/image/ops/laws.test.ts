import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { NO_INPUTS } from '../../../src/image/context.ts'
import { COMPOSITE_MODES } from '../../../src/image/definitions/blend-modes.ts'
import * as table from '../../../src/image/ops/table.ts'
import { operation, type OperationName, step, type Step } from '../../../src/image/plan.ts'
import type { Raster } from '../../../src/image/raster.ts'
import { POSITIONS, RESAMPLE_KERNELS } from '../../../src/image/geometry.ts'
import { applySteps } from '../../support/apply-steps.ts'
import { raster } from '../../support/arbitraries.ts'

const optional = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { requiredKeys: [] })
const side = fc.oneof(
  fc.integer({ min: 1, max: 20 }),
  fc.record({ percent: fc.integer({ min: 1, max: 250 }), of: fc.constantFrom('width', 'height') }),
)
const offset = fc.oneof(
  fc.integer({ min: -25, max: 25 }),
  fc.record({ percent: fc.integer({ min: -150, max: 150 }), of: fc.constantFrom('width', 'height') }),
)
const colour = fc.stringMatching(/^[0-9a-f]{8}$/)
const kernel = fc.constantFrom(...RESAMPLE_KERNELS)
const position = fc.constantFrom(...POSITIONS)
const placement = { position, x: offset, y: offset }
const degrees = fc.oneof(fc.constantFrom(-90, 0, 90, 180, 270, 360), fc.double({ min: -360, max: 360, noNaN: true }))
const layer = {
  ...placement,
  opacity: fc.double({ min: 0, max: 1, noNaN: true }),
  rotate: degrees,
  blend: fc.constantFrom(...COMPOSITE_MODES),
  repeat: fc.boolean(),
  gapX: fc.nat(30),
  gapY: fc.nat(30),
}
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })

/** One line an operation; the `satisfies` fails to compile when somebody forgets theirs. */
const params = {
  blur: fc.record({ sigma: number(0, 60), radius: fc.nat(40) }, { requiredKeys: ['sigma'] }),
  brightness: fc.record({ level: fc.integer({ min: -255, max: 255 }) }),
  colorize: optional({ red: fc.integer({ min: -255, max: 255 }), green: fc.nat(255), blue: fc.nat(255) }),
  composite: fc.record(
    {
      path: fc.constant('/layer.png'),
      width: side,
      height: side,
      scale: number(0.01, 3),
      fit: fc.constantFrom('cover', 'inside'),
      ...layer,
    },
    { requiredKeys: ['path'] },
  ),
  contrast: fc.record({ level: number(-100, 100) }),
  convolve: fc.record(
    {
      kernel: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 9, maxLength: 9 }),
      divisor: fc.constantFrom(-3, 1, 16),
      offset: fc.nat(200),
    },
    { requiredKeys: ['kernel'] },
  ),
  cover: fc.record({ width: side, height: side, position, kernel, enlarge: fc.constant(false) }, { requiredKeys: ['width', 'height'] }),
  crop: optional({ width: side, height: side, ...placement, fit: fc.boolean() }),
  enhance: fc.constant({}),
  extend: optional({ top: fc.nat(9), right: fc.nat(9), bottom: fc.nat(9), left: fc.nat(9), background: colour }),
  flatten: optional({ background: colour }),
  flip: fc.record({ axis: fc.constantFrom('vertical', 'horizontal') }),
  gamma: optional({ exponent: number(1, 3) }),
  grayscale: fc.constant({}),
  letterbox: optional({ width: side, height: side, position, background: colour, kernel }),
  median: optional({ size: fc.constantFrom(1, 3, 5, 9) }),
  modulate: optional({ brightness: number(0, 3), saturation: number(0, 3), hue: degrees, lightness: number(-100, 100) }),
  negate: fc.constant({}),
  normalize: fc.constant({}),
  oilPaint: optional({ radius: fc.integer({ min: 1, max: 10 }) }),
  partialBlur: fc.record(
    {
      areas: fc.array(
        fc.record({ x: fc.nat(20), y: fc.nat(20), width: fc.integer({ min: 1, max: 20 }), height: fc.integer({ min: 1, max: 20 }) }),
        { minLength: 1, maxLength: 3 },
      ),
      shape: fc.constantFrom('rectangle', 'oval'),
      softness: number(0, 5),
      sigma: number(0, 9),
    },
    { requiredKeys: ['areas'] },
  ),
  partialPixelate: fc.record(
    {
      areas: fc.array(
        fc.record({ x: fc.nat(20), y: fc.nat(20), width: fc.integer({ min: 1, max: 20 }), height: fc.integer({ min: 1, max: 20 }) }),
        { minLength: 1, maxLength: 3 },
      ),
      shape: fc.constantFrom('rectangle', 'oval'),
      softness: number(0, 5),
      size: fc.integer({ min: 2, max: 9 }),
    },
    { requiredKeys: ['areas'] },
  ),
  ascii: optional({ foreground: colour, background: colour, coloured: fc.boolean(), reverse: fc.boolean() }),
  pixelate: optional({ size: fc.integer({ min: 2, max: 100 }) }),
  recolour: fc.record({ matrix: fc.array(number(-2, 2), { minLength: 9, maxLength: 9 }) }),
  resize: optional({
    width: side,
    height: side,
    fit: fc.constantFrom('stretch', 'inside', 'outside'),
    enlarge: fc.boolean(),
    reduce: fc.boolean(),
    kernel,
  }),
  rotate: fc.record({ degrees, background: colour }, { requiredKeys: ['degrees'] }),
  roundCorners: fc.record({ radius: number(0.1, 40), softness: number(0.1, 20) }, { requiredKeys: ['radius'] }),
  selectiveBlur: fc.constant({}),
  redact: fc.record(
    {
      areas: fc.array(
        fc.record({
          x: fc.oneof(fc.nat(20), fc.record({ percent: number(0, 100), of: fc.constantFrom('width', 'height') })),
          y: fc.nat(20),
          width: fc.oneof(number(0.1, 20), fc.record({ percent: number(0.1, 100), of: fc.constantFrom('width', 'height') })),
          height: fc.integer({ min: 1, max: 20 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      colour,
    },
    { requiredKeys: ['areas'] },
  ),
  sepia: fc.constant({}),
  shadow: optional({
    sigma: number(0, 6),
    opacity: number(0, 1),
    x: fc.integer({ min: -9, max: 9 }),
    y: fc.integer({ min: -9, max: 9 }),
    colour,
  }),
  sharpen: optional({ sigma: number(0, 10) }),
  smartCrop: fc.record({
    width: fc.integer({ min: 1, max: 20 }),
    height: fc.integer({ min: 1, max: 20 }),
    strategy: fc.constantFrom('attention', 'entropy'),
  }),
  text: fc.record(
    {
      text: fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
      size: number(0.5, 60),
      weight: fc.constantFrom(400, 900),
      font: fc.constantFrom('sans', 'serif', 'mono'),
      colour,
      ...layer,
    },
    { requiredKeys: ['text'] },
  ),
  threshold: optional({ level: number(0, 255) }),
  tint: fc.record({ colour }),
  tornEdges: optional({ least: fc.nat(9), most: fc.nat(9) }),
  trim: optional({ threshold: number(0, 255) }),
  unletterbox: fc.constant({}),
  vignette: optional({ amount: number(0, 100), falloff: fc.constantFrom('gaussian', 'linear'), background: colour }),
  zoom: optional({ width: side, height: side, level: number(0, 10), kernel }),
} satisfies Record<OperationName, fc.Arbitrary<unknown>>

const names = Object.keys(table) as OperationName[]
/** Each run of text starts the renderer: fewer of them. */
const runs = (name: OperationName) => ({ numRuns: name === 'text' || name === 'ascii' ? 25 : 60 })
const drawn: Raster = { width: 5, height: 4, data: new Uint8ClampedArray(80).map((_, i) => (i * 37) % 256) }

/** The planned shape, or `null` when the step refuses the image with a proper error. */
function planned(name: OperationName, given: unknown, input: Raster) {
  try {
    return operation(name).plan(given, input)
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    return null
  }
}

const applied = (name: OperationName, given: unknown, input: Raster): Promise<Raster> =>
  applySteps(input, [{ op: name, params: given } as Step], { ...NO_INPUTS, inputs: [drawn] }) // parsed by that very operation's schema

describe.each(names)('%s', (name) => {
  const op = operation(name)
  const arbitrary = params[name] as fc.Arbitrary<unknown>

  it('yields the shape that it planned and leaves its input alone', async () => {
    await fc.assert(
      fc.asyncProperty(raster, arbitrary, async (input, raw) => {
        const given = op.params.parse(raw)
        const shape = planned(name, given, input)
        if (shape === null) return
        expect(Math.min(shape.width, shape.height)).toBeGreaterThanOrEqual(1)
        const before = input.data.slice()
        const output = await applied(name, given, input)
        if (op.resolve) {
          expect(output.width).toBeLessThanOrEqual(shape.width)
          expect(output.height).toBeLessThanOrEqual(shape.height)
        } else {
          expect([output.width, output.height]).toEqual([shape.width, shape.height])
        }
        expect(output.data).toHaveLength(output.width * output.height * 4)
        expect(input.data).toEqual(before)
      }),
      runs(name),
    )
  })

  it('gives the same pixels every time', async () => {
    await fc.assert(
      fc.asyncProperty(raster, arbitrary, async (input, raw) => {
        const given = op.params.parse(raw)
        const shape = planned(name, given, input)
        if (shape === null) return
        const [one, two] = [await applied(name, given, input), await applied(name, given, input)]
        expect(one.data).toEqual(two.data)
      }),
      { numRuns: 10 },
    )
  })

  it('leaves an opaque picture opaque unless it says otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(raster, arbitrary, async (input, raw) => {
        const given = op.params.parse(raw)
        if (op.addsTransparency?.(given) === true || planned(name, given, input) === null) return
        const opaque = { ...input, data: input.data.map((value, at) => (at % 4 === 3 ? 255 : value)) }
        const { data } = await applied(name, given, opaque)
        expect(data.every((value, at) => at % 4 !== 3 || value === 255)).toBe(true)
      }),
      runs(name),
    )
  })

  it('is canonical: parsing its own output changes nothing', () => {
    fc.assert(
      fc.property(arbitrary, (raw) => {
        const once = op.params.parse(raw)
        expect(op.params.parse(once)).toEqual(once)
      }),
    )
  })

  it('refuses parameters that it does not know', () => {
    fc.assert(
      fc.property(arbitrary, (raw) => {
        expect(op.params.safeParse({ ...(raw as object), surprise: 1 }).success).toBe(false)
      }),
      { numRuns: 5 },
    )
  })
})

/** A decoder may perform a step while it decodes. */
describe.each(names.filter((name) => operation(name).geometry))('the geometry of %s', (name) => {
  it('has the planned size', () => {
    fc.assert(
      fc.property(raster, params[name] as fc.Arbitrary<unknown>, (input, raw) => {
        const given = operation(name).params.parse(raw)
        const shape = planned(name, given, input)
        if (shape === null) return
        const { width, height } = operation(name).geometry?.(given, input) ?? { width: 0, height: 0 }
        expect([width, height]).toEqual([shape.width, shape.height])
      }),
    )
  })
})

/** The planner puts turns before such steps. */
describe.each(names.filter((name) => operation(name).isPointwise))('%s', (name) => {
  it('is the same before and behind a turn', async () => {
    const turns = [step('rotate', { degrees: 90 }), step('flip', { axis: 'vertical' }), step('flip', { axis: 'horizontal' })]
    await fc.assert(
      fc.asyncProperty(raster, params[name] as fc.Arbitrary<unknown>, fc.constantFrom(...turns), async (input, raw, turn) => {
        const own = { op: name, params: operation(name).params.parse(raw) } as Step // parsed by that very operation's schema
        expect((await applySteps(input, [own, turn])).data).toEqual((await applySteps(input, [turn, own])).data)
      }),
      { numRuns: 20 },
    )
  })
})
