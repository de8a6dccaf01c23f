import type { ImageContext } from '../context.ts'
import { isResampled, type Geometry } from '../geometry.ts'
import { storedGeometry, turnUpright } from '../orientation.ts'
import { createRaster, type Raster } from '../raster.ts'
import { resample } from '../resample.ts'
import type { Probe } from './define.ts'

/** Cuts, resamples and turns upright what a codec decoded whole: for codecs that cannot do it while they decode. */
export async function fit(stored: Raster, probe: Probe, geometry: Geometry, context: ImageContext): Promise<Raster> {
  const turned = storedGeometry(geometry, stored, probe.orientation)
  const cut = isResampled(turned) ? await resample(stored, turned, context) : cutOut(stored, turned.window)
  return turnUpright(cut, probe.orientation)
}

function cutOut(raster: Raster, { x, y, width, height }: Geometry['window']): Raster {
  if (width === raster.width && height === raster.height) return raster
  const cut = createRaster({ width, height })
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * raster.width + x) * 4
    cut.data.set(raster.data.subarray(from, from + width * 4), row * width * 4)
  }
  return cut
}
