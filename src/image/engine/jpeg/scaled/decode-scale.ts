import { type Geometry, isResampled, type Rectangle } from '../../../geometry.ts'
import { type Orientation, storedGeometry, storedWindow, swapsSides } from '../../../orientation.ts'
import type { Shape } from '../../../raster.ts'
import type { JpegScale } from '../decode/frame.ts'
import type { JpegHeader } from '../header.ts'
import type { PlaneComponent } from '../../plane-stream.ts'
import type { ResampleOptions } from '../../resample/resampler.ts'

/** How a scaled JPEG decode serves a geometry. */
export interface ScaledDecode {
  readonly scale: JpegScale
  /** The part to decode, in stored pixels at full size; absent when it is all. */
  readonly region: Rectangle | undefined
  /** The geometry in stored pixels: what is resampled before the result is turned upright. */
  readonly stored: Geometry
  /** False when the decoded pixels are the result's, cut at whole pixels. */
  readonly isResampled: boolean
}

/** `geometry` is in upright pixels. */
export function planScaledDecode(source: Shape, orientation: Orientation, geometry: Geometry): ScaledDecode {
  const stored = storedGeometry(geometry, source, orientation)
  const { window, width, height, kernel } = stored
  const isWhole = window.x <= 0 && window.y <= 0 && window.x + window.width >= source.width && window.y + window.height >= source.height
  return {
    // The decoder's own reduction is a mean of areas: for `nearest` it would show pixels that the source does not have.
    scale: kernel === 'nearest' ? 1 : decodeScale(Math.min(window.width / width, window.height / height)),
    region: isWhole ? undefined : window,
    stored,
    isResampled: isResampled(stored),
  }
}

/**
 * The reduction of the decoder that leaves the resampler something to do: it cuts frequencies off block by block, which shows false rings where
 * the result has hardly fewer samples. At ratios from 2, 4 or 8 up to one more, the next weaker reduction is taken, as sharp does.
 */
function decodeScale(ratio: number): JpegScale {
  return ratio >= 9 ? 8 : ratio >= 5 ? 4 : ratio >= 3 ? 2 : 1
}

/** Whether the file's own chroma resolution is enough for a result whose chroma is halved in both directions. */
export const keepsSubsampling = ({ components: [luma, ...chroma] }: JpegHeader): boolean =>
  luma !== undefined && chroma.every(({ h, v }) => luma.h <= 2 * h && luma.v <= 2 * v)

/**
 * How one component of a decoded stream becomes one plane of the result, not yet turned upright. `upright` is the plane's shape in the result,
 * and `pixels` how many of the result's pixels a sample of it covers. Where the pixels do not fill the last sample, the plane reaches beyond the
 * window, to the side where the upright picture has its right or lower edge, and repeats the edge there.
 */
export function planeResampling(
  component: PlaneComponent,
  { stored }: ScaledDecode,
  orientation: Orientation,
  upright: Shape,
  pixels: { readonly across: number; readonly down: number },
): ResampleOptions {
  const covered = { x: 0, y: 0, width: upright.width * pixels.across, height: upright.height * pixels.down }
  const turned = storedWindow(covered, stored, orientation)
  const [perX, perY] = [stored.window.width / stored.width, stored.window.height / stored.height]
  const window = {
    x: stored.window.x + turned.x * perX,
    y: stored.window.y + turned.y * perY,
    width: turned.width * perX,
    height: turned.height * perY,
  }
  const [width, height] = swapsSides(orientation) ? [upright.height, upright.width] : [upright.width, upright.height]
  return {
    channels: 1,
    premultiply: false,
    sourceWidth: component.width,
    sourceHeight: component.height,
    window: inSamples(window, component),
    bounds: inSamples(stored.window, component),
    width,
    height,
    kernel: stored.kernel,
  }
}

/** A rectangle of full-size stored pixels in the samples that a component emits. */
export const inSamples = ({ x, y, width, height }: Rectangle, { scaleX, scaleY, originX, originY }: PlaneComponent): Rectangle => ({
  x: x * scaleX - originX,
  y: y * scaleY - originY,
  width: width * scaleX,
  height: height * scaleY,
})
