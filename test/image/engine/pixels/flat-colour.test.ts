import { expect, it } from 'vitest'
import type { Engine } from '../../../../src/image/engine/engine.ts'
import { createCore } from '../../../../src/image/engine/core.ts'
import { SHARPENING } from '../../../../src/image/definitions/sharpen.ts'
import { createRaster, type Raster } from '../../../../src/image/raster.ts'
import { coreModule } from '../../../support/core-module.ts'
import { blur, resampleRaster, rotate, sharpen } from '../../../support/stages.ts'

const COLOUR = [200, 60, 90] as const
const core = createCore(await coreModule()) as Engine

/** One colour everywhere; the alpha has hard edges, thin lines and noise. */
function flatPicture(width: number, height: number, alphaAt: (x: number, y: number) => number): Raster {
  const raster = createRaster({ width, height })
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) raster.data.set([...COLOUR, alphaAt(x, y)], (y * width + x) * 4)
  return raster
}

const SOURCES: Readonly<Record<string, Raster>> = {
  disc: flatPicture(61, 53, (x, y) => (Math.hypot(x - 30, y - 26) < 22 ? 255 : 0)),
  stripes: flatPicture(48, 48, (x, y) => (((x >> 1) + (y >> 2)) % 2 === 0 ? 255 : 0)),
  'half alpha beside nothing': flatPicture(40, 40, (x) => (x < 20 ? 128 : 0)),
  noise: flatPicture(50, 50, (x, y) => (x * 7919 + y * 104_729 + x * y * 31) % 256),
}

const EFFECTS: Readonly<Record<string, (input: Raster) => Raster>> = {
  ...Object.fromEntries(
    [1, 10, 33, 45, 89.5, 200].flatMap((degrees) =>
      (['bicubic', 'bilinear'] as const).map((interpolation) => [
        `rotate by ${degrees}, ${interpolation}`,
        (input: Raster) => rotate(core, input, { degrees, background: [0, 0, 0, 0], interpolation }),
      ]),
    ),
  ),
  ...Object.fromEntries(
    [
      [17, 13],
      [150, 140],
    ].map(([width = 0, height = 0]) => [
      `resample to ${width}×${height}`,
      (input: Raster) => resampleRaster(core, input, width, height, 'lanczos3'),
    ]),
  ),
  blur: (input) => blur(core, input, { sigma: 2 }),
  'wide blur': (input) => blur(core, input, { sigma: 15 }),
  sharpen: (input) => sharpen(core, input, { sigma: 1, ...SHARPENING }),
}

const cases = Object.keys(EFFECTS).flatMap((effect) => Object.keys(SOURCES).map((source) => [effect, source] as const))

/** Wide enough for 8-bit premultiplied colours of nearly invisible pixels; an edge that is too bright differs by 16 and more. */
const allowed = (alpha: number): number => (alpha < 32 ? 4 : 1)

it.each(cases)('%s of %s leaves a flat colour flat', (effect, source) => {
  const { data } = EFFECTS[effect]!(SOURCES[source]!)
  const wrong: string[] = []
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] ?? 0
    if (alpha < 8) continue
    const off = Math.max(...COLOUR.map((level, c) => Math.abs((data[at + c] ?? 0) - level)))
    if (off > allowed(alpha)) wrong.push(`off by ${off} at alpha ${alpha}`)
  }
  expect(wrong).toEqual([])
})
