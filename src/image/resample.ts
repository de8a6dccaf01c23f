import type { ImageContext } from './context.ts'
import { resampleRaster } from './engine/resample.ts'
import type { Geometry, ResampleKernel } from './geometry.ts'
import type { Raster } from './raster.ts'

export const RESAMPLE_KERNELS = [
  'lanczos3',
  'mitchell',
  'catmull-rom',
  'triangle',
  'box',
  'nearest',
] as const satisfies readonly ResampleKernel[]

/** Cuts the window out of a raster and scales it to the geometry's size. */
export async function resample(raster: Raster, { window, width, height, kernel }: Geometry, context: ImageContext): Promise<Raster> {
  return resampleRaster(await context.core(), raster, width, height, kernel, window)
}
