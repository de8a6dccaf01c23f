import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { ENGINES } from '../../bench/engines/table.ts'
import { orientationOf, upright } from '../../bench/engines/upright.ts'
import { scaling } from '../../bench/job.ts'
import { type Orientation, oriented, QUADRANTS, UPRIGHT } from '../support/oriented-picture.ts'

const ORIENTATIONS: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8]
const WIDTH = UPRIGHT.width / 2
const HEIGHT = UPRIGHT.height / 2
const PLACES = {
  topLeft: { x: 0.25, y: 0.25 },
  topRight: { x: 0.75, y: 0.25 },
  bottomLeft: { x: 0.25, y: 0.75 },
  bottomRight: { x: 0.75, y: 0.75 },
} as const

function expectUpright(data: Uint8Array | Uint8ClampedArray, channels: number, width: number, height: number): void {
  for (const [name, { x, y }] of Object.entries(PLACES)) {
    const at = (Math.round(y * height) * width + Math.round(x * width)) * channels
    for (const [c, value] of QUADRANTS[name as keyof typeof QUADRANTS].entries())
      expect(Math.abs((data[at + c] ?? -1) - value), name).toBeLessThan(16)
  }
}

describe.each(ORIENTATIONS)('a picture of orientation %i', (orientation) => {
  it('is turned pixel by pixel', async () => {
    const file = await oriented(orientation, 'png')
    const { data, info } = await sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    const turned = upright({ data, width: info.width, height: info.height }, orientationOf(file))
    expect([turned.width, turned.height]).toEqual([UPRIGHT.width, UPRIGHT.height])
    expectUpright(turned.data, 4, turned.width, turned.height)
  })

  it.each(ENGINES.map((engine) => ({ name: engine.name, engine })))('is shown upright by $name', async ({ engine }) => {
    const { bytes } = await engine.run(await oriented(orientation), scaling(WIDTH, 'jpeg'))
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height]).toEqual([WIDTH, HEIGHT])
    expectUpright(data, 3, WIDTH, HEIGHT)
  })
})
