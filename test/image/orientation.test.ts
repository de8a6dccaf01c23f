import { describe, expect, it } from 'vitest'
import type { Geometry } from '../../src/image/geometry.ts'
import { compose, type Orientation, turnGeometry } from '../../src/image/orientation.ts'
import type { Raster } from '../../src/image/raster.ts'
import { cutOut } from './definitions/paste.ts'
import { turnUpright } from './definitions/turn-upright.ts'

const ALL: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8]
const PAIRS = ALL.flatMap((first) => ALL.map((second) => [first, second] as const))
/** Every pixel another. */
const picture: Raster = { width: 5, height: 3, data: Uint8ClampedArray.from({ length: 60 }, (_, i) => i) }

describe('orientations', () => {
  it.each(PAIRS)('%i, then %i: one turn does both', (first, second) => {
    expect(turnUpright(picture, compose(first, second))).toEqual(turnUpright(turnUpright(picture, first), second))
  })

  it.each(ALL)('a window of the turned picture shows the turned window: %i', (turn) => {
    const geometry: Geometry = { window: { x: 1, y: 1, width: 3, height: 2 }, width: 3, height: 2, kernel: 'lanczos3' }
    const { window, width, height, kernel } = turnGeometry(geometry, picture, turn)
    expect([width, height, kernel]).toEqual([window.width, window.height, 'lanczos3'])
    const meant = turnUpright(cutOut(picture, 1, 1, { width: 3, height: 2 }), turn)
    expect(cutOut(turnUpright(picture, turn), window.x, window.y, window)).toEqual(meant)
  })
})
