import { expect, it } from 'vitest'
import { createCore } from '../../../../src/image/engine/core.ts'
import { type HoldExports, holdPicture } from '../../../../src/image/engine/rows/held.ts'
import { lastRows, type PixelRows, rasterRows } from '../../../../src/image/engine/rows/pixel-rows.ts'
import { createRaster, type Raster } from '../../../../src/image/raster.ts'
import { coreModule } from '../../../support/core-module.ts'

const module = await coreModule()
const newRaster = (): Raster => createRaster({ width: 20, height: 50 })

/** Rows, and how many bytes of the picture are in memory behind them. */
interface Reading {
  readonly rows: PixelRows
  held(): number
}

const READINGS: Readonly<Record<string, () => Reading>> = {
  'a picture that is held': () => {
    const core = createCore<HoldExports>(module)
    const input = rasterRows(core, newRaster())
    const { picture, bands } = holdPicture(core, input)
    const rows = bands(function* () {
      for (let y = 0; y < input.height; y++) yield { ptr: 0, stride: 0, rows: 1 }
    })
    return { rows: { ...input, bands: rows }, held: () => picture.bytes.length }
  },
  'a raster that nobody else reads': () => {
    const raster = newRaster()
    return { rows: lastRows(createCore(module), raster), held: () => raster.data.length }
  },
}

it.each(Object.keys(READINGS))('%s is given back when its reader ends, stops or fails', (name) => {
  const open = READINGS[name]!
  const read = (each: () => boolean): number => {
    const { rows, held } = open()
    let most = 0
    try {
      for (const band of rows.bands) {
        most = Math.max(most, held())
        if (!each()) break
        expect(band.rows).toBeLessThanOrEqual(20)
      }
    } catch (thrown) {
      expect(thrown).toEqual(new Error('of the reader'))
    }
    expect(most).toBe(20 * 50 * 4)
    return held()
  }
  expect(read(() => true)).toBe(0)
  expect(read(() => false)).toBe(0)
  const fail = (): boolean => {
    throw new Error('of the reader')
  }
  expect(read(fail)).toBe(0)
})

it('a picture that is held takes nothing before its first row is read', () => {
  const { rows, held } = READINGS['a picture that is held']!()
  expect(held()).toBe(0)
  rows.bands[Symbol.iterator]().next()
  expect(held()).toBeGreaterThan(0)
})
