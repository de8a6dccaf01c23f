import { type Geometry, isResampled } from '../../geometry.ts'
import type { Core } from '../core.ts'
import { allocateRows, BAND_ROWS, type PixelRows, rowsBytes } from '../rows/pixel-rows.ts'
import { cutRows } from '../rows/stages.ts'
import type { Band } from '../plane-stream.ts'
import type { Shape } from '../../raster.ts'
import { createResampler, estimateResampleBytes, type ResampleExports, type ResampleOptions } from './resampler.ts'

const optionsOf = (source: Shape, { window, width, height, kernel }: Geometry, premultiply: boolean): ResampleOptions => ({
  channels: 4,
  premultiply,
  sourceWidth: source.width,
  sourceHeight: source.height,
  window,
  width,
  height,
  kernel,
})

/** Cuts the window out of a picture and scales it to the geometry's size. A cut at whole pixels leaves every byte as it is. */
export const resampleRows = (core: Core<ResampleExports>, input: PixelRows, geometry: Geometry): PixelRows =>
  isResampled(geometry) ? scaleRows(core, input, geometry) : cutRows(input, geometry.window.x, geometry.window.y, geometry)

/** Scales the window to the geometry's size. Transparent pixels do not tint their neighbours. */
export function scaleRows(core: Core<ResampleExports>, input: PixelRows, geometry: Geometry): PixelRows {
  const { width, height } = geometry
  const target = allocateRows(core, width, BAND_ROWS)
  const options = optionsOf(input, geometry, !input.isOpaque)
  const resampler = createResampler(core, options, { ...target, rows: BAND_ROWS })
  function* bands(): Generator<Band> {
    let first = 0
    const upTo = (end: number): Band => {
      const band = { ptr: target.ptr + (first % BAND_ROWS) * target.stride, stride: target.stride, rows: end - first }
      first = end
      return band
    }
    for (const { ptr, stride, rows } of input.bands) {
      for (const y of resampler.take(ptr, stride, rows)) if ((y + 1) % BAND_ROWS === 0) yield upTo(y + 1)
      yield upTo(resampler.produced)
    }
  }
  return { width, height, isOpaque: input.isOpaque, bands: bands() }
}

/** Core memory that `scaleRows` takes at most. */
export const scaleRowsBytes = (source: Shape, geometry: Geometry): number =>
  estimateResampleBytes(optionsOf(source, geometry, true)) + rowsBytes(geometry.width, BAND_ROWS)

/** Core memory that `resampleRows` takes at most. */
export const resampleRowsBytes = (source: Shape, geometry: Geometry): number =>
  isResampled(geometry) ? scaleRowsBytes(source, geometry) : 0
