import type { Rectangle, ResampleKernel } from '../../geometry.ts'
import { createRaster, type Raster, type Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { createResampler, estimateResampleBytes, type ResampleExports, type ResampleOptions } from './resampler.ts'

/** Rows that travel into the core at a time. */
const BAND_ROWS = 16

/** Resamples `window` (default: all) of a raster into a new one of `width` × `height`. Transparent pixels do not tint their neighbours. */
export function resampleRaster(
  core: Core<ResampleExports>,
  raster: Raster,
  width: number,
  height: number,
  kernel: ResampleKernel,
  window?: Rectangle,
): Raster {
  const mark = core.mark()
  try {
    const resampled = createRaster({ width, height })
    const rowBytes = raster.width * 4
    const band = core.alloc(rowBytes * BAND_ROWS + 16)
    const target = core.alloc(width * 4 + 16)
    const options: ResampleOptions = {
      channels: 4,
      premultiply: !isOpaqueRaster(core, raster, band, rowBytes * BAND_ROWS),
      sourceWidth: raster.width,
      sourceHeight: raster.height,
      window: window ?? { x: 0, y: 0, width: raster.width, height: raster.height },
      width,
      height,
      kernel,
    }
    const resampler = createResampler(core, options, {
      ptr: target,
      stride: 0,
      rows: 1,
      onRow: (y, ptr) => resampled.data.set(core.bytes().subarray(ptr, ptr + width * 4), y * width * 4),
    })
    for (let y = 0; y < raster.height && !resampler.isDone; y += BAND_ROWS) {
      const rows = Math.min(BAND_ROWS, raster.height - y)
      core.bytes().set(raster.data.subarray(y * rowBytes, (y + rows) * rowBytes), band)
      resampler.push(band, rowBytes, rows)
    }
    return resampled
  } finally {
    core.release(mark)
  }
}

function isOpaqueRaster(core: Core<ResampleExports>, { data }: Raster, band: number, bandBytes: number): boolean {
  for (let at = 0; at < data.length; at += bandBytes) {
    const piece = data.subarray(at, at + bandBytes)
    core.bytes().set(piece, band)
    if (core.exports.isOpaque(band, piece.length) === 0) return false
  }
  return true
}

/** Upper bound of the core's memory that `resampleRaster` takes. Pure. */
export const estimateResampleRasterBytes = (
  source: Shape,
  width: number,
  height: number,
  kernel: ResampleKernel,
  window?: Rectangle,
): number =>
  source.width * 4 * BAND_ROWS +
  width * 4 +
  64 +
  estimateResampleBytes({
    channels: 4,
    premultiply: true,
    sourceWidth: source.width,
    sourceHeight: source.height,
    window: window ?? { x: 0, y: 0, width: source.width, height: source.height },
    width,
    height,
    kernel,
  })
