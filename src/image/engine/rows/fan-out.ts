import { createRaster, type Raster } from '../../raster.ts'
import type { Core } from '../core.ts'
import type { Pace } from '../pace.ts'
import type { Band } from '../plane-stream.ts'
import { NO_ROWS, type PixelRows, putRows } from './pixel-rows.ts'
import { copyRows } from './stages.ts'

/** What one of several results makes of the same rows. */
export interface Branch {
  readonly stages: (rows: PixelRows) => PixelRows
  /** Whether the stages only read the rows that they get, as scaling does. Others get a copy. */
  readonly onlyReads: boolean
}

/** Work on a pixel of the source for one branch. */
const NS_PER_PIXEL = 4

/** Reads rows once and gives each branch's result as a raster. */
export async function fanOut(core: Core, rows: PixelRows, branches: readonly Branch[], pace: Pace): Promise<readonly Raster[]> {
  const sinks = branches.map((branch) => createSink(core, rows, branch))
  for (const band of rows.bands) {
    for (const sink of sinks) {
      sink.take(band)
      pace.count(band.rows * rows.width * NS_PER_PIXEL)
      await pace.breathe()
    }
  }
  return sinks.map((sink) => sink.finish())
}

function createSink(core: Core, { bands: _shared, ...shape }: PixelRows, { stages, onlyReads }: Branch) {
  let given: Band | null = null
  /** Whether the stages have asked for more than they were given: then they have done with it. */
  let isStarved = false
  let isEnded = false
  function* bands(): Generator<Band> {
    while (!isEnded) {
      isStarved = given === null
      const band = given ?? NO_ROWS
      given = null
      yield band
    }
  }
  const source: PixelRows = { ...shape, bands: bands() }
  const result = stages(onlyReads ? source : copyRows(core, source))
  const raster = createRaster(result)
  const iterator = result.bands[Symbol.iterator]()
  let y = 0
  /** False when there is nothing more. */
  const pull = (): boolean => {
    const { done, value } = iterator.next()
    if (done === true) return false
    putRows(core, value, raster, y)
    y += value.rows
    return true
  }
  return {
    take(band: Band): void {
      given = band
      isStarved = false
      while (!isStarved && pull());
    },
    finish(): Raster {
      isEnded = true
      while (pull());
      return raster
    },
  }
}
