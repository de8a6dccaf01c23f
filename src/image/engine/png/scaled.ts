import { PIXELS_BETWEEN_PAUSES } from '../../context.ts'
import { isResampled, type Geometry } from '../../geometry.ts'
import { createRaster, type Raster, type Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { decodePng, type PngDecoderExports } from './decoder.ts'
import { createResampler, estimateResampleBytes, type ResampleExports, type ResampleOptions } from '../resample/resampler.ts'

/**
 * Decodes a PNG and cuts and resamples it as `geometry` says (in stored pixels), row by row: the whole picture is never in memory.
 * `pause` is awaited between bands of rows. Nobody else may use the core meanwhile.
 * A damaged file is shown as far as it goes, as browsers do; `warnings` takes what was wrong with it.
 * @throws AppError `invalid_image` when not one row comes out.
 */
export async function pngToRaster(
  core: Core<PngDecoderExports & ResampleExports>,
  file: Uint8Array,
  geometry: Geometry,
  hasAlpha: boolean,
  pause: () => Promise<void>,
  warnings: Set<string>,
): Promise<Raster> {
  const mark = core.mark()
  try {
    const rows = decodePng(core, file, { isPartial: true })
    const raster = createRaster(geometry)
    const sink = isResampled(geometry) ? resampled(core, rows, geometry, hasAlpha, raster) : cut(core, geometry, raster)
    let pixels = 0
    for (let band = rows.next(); band !== null; band = rows.next()) {
      sink(band.ptr, band.stride, band.rows)
      pixels += band.rows * rows.width
      if (pixels < PIXELS_BETWEEN_PAUSES) continue
      pixels = 0
      await pause()
    }
    for (const warning of rows.warnings) warnings.add(warning)
    return raster
  } finally {
    core.release(mark)
  }
}

type Sink = (ptr: number, stride: number, rows: number) => void

const resampleOptions = (source: Shape, { window, width, height, kernel }: Geometry, premultiply: boolean): ResampleOptions => ({
  channels: 4,
  premultiply,
  sourceWidth: source.width,
  sourceHeight: source.height,
  window,
  width,
  height,
  kernel,
})

function resampled(core: Core<ResampleExports>, source: Shape, geometry: Geometry, hasAlpha: boolean, raster: Raster): Sink {
  const rowBytes = geometry.width * 4
  const ptr = core.alloc(rowBytes + 16)
  const onRow = (y: number, at: number): void => raster.data.set(core.bytes().subarray(at, at + rowBytes), y * rowBytes)
  return createResampler(core, resampleOptions(source, geometry, hasAlpha), { ptr, stride: 0, rows: 1, onRow }).push
}

function cut(core: Core, { window }: Geometry, raster: Raster): Sink {
  const rowBytes = window.width * 4
  let y = -window.y
  return (ptr, stride, rows) => {
    const memory = core.bytes()
    for (let row = 0; row < rows; row++, y++) {
      const from = ptr + row * stride + window.x * 4
      if (y >= 0 && y < window.height) raster.data.set(memory.subarray(from, from + rowBytes), y * rowBytes)
    }
  }
}

/** Upper bound of what the resampling inside `pngToRaster` adds to the decoder's own memory, the raster included. */
export const pngScaledBytes = (source: Shape, geometry: Geometry, hasAlpha: boolean): number =>
  geometry.width * geometry.height * 4 +
  (isResampled(geometry) ? estimateResampleBytes(resampleOptions(source, geometry, hasAlpha)) + geometry.width * 4 + 64 : 0)
