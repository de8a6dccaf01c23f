import type { ImageContext } from '../context.ts'
import type { Geometry } from '../geometry.ts'
import { storedGeometry, turnUpright } from '../orientation.ts'
import type { Raster } from '../raster.ts'
import { resample } from '../resample.ts'
import type { Probe } from './define.ts'

/** Cuts, resamples and turns upright what a codec decoded whole: for codecs that cannot do it while they decode. */
export async function fit(stored: Raster, probe: Probe, geometry: Geometry, context: ImageContext): Promise<Raster> {
  const turned = storedGeometry(geometry, stored, probe.orientation)
  return turnUpright(await resample(stored, turned, context), probe.orientation)
}
