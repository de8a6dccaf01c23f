import type { ImageContext } from './context.ts'
import type { Geometry, ResampleKernel } from './geometry.ts'
import type { Raster } from './raster.ts'

export const RESAMPLE_KERNELS = ['lanczos3', 'mitchell', 'catmull-rom', 'triangle', 'box', 'nearest'] as const satisfies readonly ResampleKernel[]

declare const pending: (raster: Raster, geometry: Geometry, context: ImageContext) => Promise<Raster>
export const resample = pending
