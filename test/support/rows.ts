import type { Core } from '../../src/image/engine/core.ts'
import { createPace } from '../../src/image/engine/pace.ts'
import {
  allocateRows,
  type Drain,
  type Picture,
  type PixelRows,
  putRows,
  rasterRows,
  rowStride,
} from '../../src/image/engine/rows/pixel-rows.ts'
import type { Band } from '../../src/image/engine/plane-stream.ts'
import { createRaster, type Raster } from '../../src/image/raster.ts'

/** Reads all rows into a raster, at once. */
export function toRaster(core: Core, { width, height, bands }: PixelRows): Raster {
  const raster = createRaster({ width, height })
  let y = 0
  for (const band of bands) {
    putRows(core, band, raster, y)
    y += band.rows
  }
  if (y !== height) throw new Error(`Expected ${height} rows, received ${y}`)
  return raster
}

/** Bands as nobody expects them. */
const UNEVEN = [5, 0, 1, 16, 3, 2]

/** Sends a raster in uneven bands through a stage, or several, at once. The core's memory is given back. */
export function throughRows(core: Core, raster: Raster, stage: (rows: PixelRows) => PixelRows): Raster {
  const mark = core.mark()
  try {
    return toRaster(core, stage(unevenRows(core, raster, UNEVEN)))
  } finally {
    core.release(mark)
  }
}

/**
 * A raster's rows in bands of other sizes, in turn, some of them empty, in one buffer each time. What lies behind the rows is not zero, and what was read
 * is overwritten.
 */
export function unevenRows(core: Core, raster: Raster, sizes: readonly number[]): PixelRows {
  const { width, height, data } = raster
  const { ptr, stride } = allocateRows(core, width, Math.max(1, ...sizes))
  function* bands(): Generator<Band> {
    for (let y = 0, turn = 0; y < height; turn++) {
      const rows = Math.min(sizes[turn % sizes.length] ?? 1, height - y)
      const memory = core.bytes()
      memory.fill(0x5a, ptr, ptr + rowStride(width) * Math.max(1, ...sizes))
      for (let row = 0; row < rows; row++, y++) memory.set(data.subarray(y * width * 4, (y + 1) * width * 4), ptr + row * stride)
      yield { ptr, stride, rows }
    }
  }
  const isOpaque = data.every((value, at) => at % 4 !== 3 || value === 255)
  return { width, height, isOpaque, bands: bands() }
}

/** A raster as a picture that an encoder can read. */
export const pictureOf = (core: Core, raster: Raster): Picture => ({
  width: raster.width,
  height: raster.height,
  async read(work) {
    const mark = core.mark()
    try {
      return await work(rasterRows(core, raster))
    } finally {
      core.release(mark)
    }
  },
})

export const noPace = createPace(() => Promise.resolve())

/** Reads rows without a pause. */
export const drainAtOnce: Drain = (rows, see) => {
  for (const band of rows.bands) if (see(band) === false) break
  return Promise.resolve()
}
