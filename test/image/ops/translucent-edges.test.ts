import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { RESAMPLE_KERNELS } from '../../../src/image/geometry.ts'
import { step, type Step } from '../../../src/image/plan.ts'
import { createRaster, type Raster, type Shape } from '../../../src/image/raster.ts'
import { applySteps } from '../../support/apply-steps.ts'
import { random } from '../engine/png/writer.ts'

const COLOUR = [200, 60, 90] as const

/** One colour everywhere, also where nothing is seen of it. */
function flatPicture(width: number, height: number, alphaAt: (x: number, y: number) => number): Raster {
  const raster = createRaster({ width, height })
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) raster.data.set([...COLOUR, alphaAt(x, y)], (y * width + x) * 4)
  return raster
}

const nothing = (shape: Shape): Raster => createRaster(shape)
const disc = flatPicture(61, 53, (x, y) => (Math.hypot(x - 30, y - 26) < 22 ? 255 : 0))
const noise = flatPicture(50, 50, (x, y) => (x * 7919 + y * 104_729 + x * y * 31) % 256)
const stripes = flatPicture(48, 48, (x, y) => (((x >> 1) + (y >> 2)) % 2 === 0 ? 255 : 0))

/** By how much the colour is off, in levels, where there is enough alpha to see it. */
function farthestFromColour({ data }: Raster): number {
  let farthest = 0
  for (let at = 0; at < data.length; at += 4) {
    if ((data[at + 3] as number) < 32) continue
    COLOUR.forEach((level, c) => (farthest = Math.max(farthest, Math.abs((data[at + c] as number) - level))))
  }
  return farthest
}

/** How a layer is drawn: sized, turned, faint, repeated, in modes that show its own colour. */
const LAYERS: readonly Record<string, unknown>[] = [
  {},
  { width: 33 },
  { width: 130 },
  { rotate: 33 },
  { rotate: 33, width: 99, opacity: 0.5 },
  { opacity: 0.2 },
  { repeat: true, gapX: 3, rotate: 12 },
  { blend: 'xor', rotate: 45 },
  { blend: 'dest-over', rotate: 45, width: 30 },
  { blend: 'screen', width: 33 },
]

describe('a translucent edge keeps its colour', () => {
  const layer = (given: Record<string, unknown>): Step => step('composite', { path: '/layer.png', x: 3, y: 4, ...given })
  const layers = LAYERS.flatMap((given) => Object.entries({ disc, noise, stripes }).map(([name, source]) => ({ given, name, source })))

  it.each(layers)('of a layer of $name: $given', async ({ given, source }) => {
    const inputs = { inputs: [source], files: [] }
    const drawn = await applySteps(nothing({ width: 80, height: 70 }), [layer(given)], inputs)
    expect(farthestFromColour(drawn)).toBeLessThanOrEqual(1)
    if (given['blend'] === 'screen') return
    const onItself = await applySteps(
      flatPicture(80, 70, (x) => (x * 37) % 256),
      [layer(given)],
      inputs,
    )
    expect(farthestFromColour(onItself)).toBeLessThanOrEqual(1)
  })

  it('of letters, turned and faint', async () => {
    const text = step('text', { text: 'Edges of letters', size: 18, colour: 'c83c5aff', position: 'center', rotate: 11, opacity: 0.7 })
    const drawn = await applySteps(nothing({ width: 200, height: 80 }), [text, step('rotate', { degrees: 7 })])
    expect(farthestFromColour(drawn)).toBeLessThanOrEqual(1)
  })

  it.each(RESAMPLE_KERNELS)('scaled by %s', async (kernel) => {
    for (const width of [17, 45, 150])
      for (const source of [disc, noise, stripes])
        expect(farthestFromColour(await applySteps(source, [step('resize', { width, kernel })]))).toBeLessThanOrEqual(1)
  })
})

describe('layers on translucent pictures', () => {
  function picture(seed: number, alphas: number): Raster {
    const next = random(seed)
    const raster = createRaster({ width: 64, height: 48 })
    for (let at = 0; at < raster.data.length; at++) raster.data[at] = next(at % 4 === 3 ? alphas : 256)
    return raster
  }
  const raw = ({ width, height }: Shape) => ({ width, height, channels: 4 }) as const

  // Those for which libvips has the formulas of Porter and Duff; its `atop` differs, and its blend modes take colours times alpha.
  const OPERATORS = ['over', 'in', 'out', 'dest-over', 'dest-in', 'dest-out', 'xor', 'add', 'source', 'clear'] as const
  it.each(OPERATORS)('are within one level of libvips: %s', async (blend) => {
    const [below, above] = [picture(3, 256), picture(4, 200)]
    const inputs = { inputs: [above], files: [] }
    const ours = await applySteps(below, [step('composite', { path: '/layer.png', position: 'top-left', blend })], inputs)
    const theirs = await sharp(Buffer.from(below.data), { raw: raw(below) })
      .composite([{ input: Buffer.from(above.data), raw: raw(above), blend }])
      .raw()
      .toBuffer()
    for (let at = 0; at < theirs.length; at += 4) {
      expect(Math.abs((ours.data[at + 3] as number) - (theirs[at + 3] as number)), `alpha of ${at / 4}`).toBeLessThanOrEqual(1)
      if ((theirs[at + 3] as number) < 32) continue
      for (let c = at; c < at + 3; c++)
        expect(Math.abs((ours.data[c] as number) - (theirs[c] as number)), `sample ${c}`).toBeLessThanOrEqual(1)
    }
  })
})
