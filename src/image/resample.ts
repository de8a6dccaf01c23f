import type { ImageContext } from './context.ts'
import { resampleRaster } from './engine/resample/raster.ts'
import { isResampled, type Geometry, type ResampleKernel } from './geometry.ts'
import { cutOut } from './paste.ts'
import type { Raster } from './raster.ts'

export const RESAMPLE_KERNELS = [
  'lanczos3',
  'mitchell',
  'catmull-rom',
  'triangle',
  'box',
  'nearest',
] as const satisfies readonly ResampleKernel[]

/** Cuts the window out of a raster and scales it to the geometry's size. A cut at whole pixels leaves every byte as it is. */
export async function resample(raster: Raster, geometry: Geometry, context: ImageContext): Promise<Raster> {
  const { window, width, height, kernel } = geometry
  if (!isResampled(geometry)) return cutOut(raster, window.x, window.y, { width, height })
  return resampleRaster(await context.core(), raster, width, height, kernel, window)
}
