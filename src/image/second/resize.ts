import type { RowsContext } from '../context.ts'
import type { Geometry, Rectangle, ResampleKernel } from '../geometry.ts'
import { createRaster, type Raster, type Shape } from '../raster.ts'
import { type BindgenExports, pass, startBindgen, take } from './bindgen.ts'

interface ResizeExports extends BindgenExports {
  resize(
    result: number,
    pixels: number,
    bytes: number,
    width: number,
    height: number,
    targetWidth: number,
    targetHeight: number,
    method: number,
    premultiply: number,
    linear: number,
  ): void
}

/** The package's numbers. It has no box: a triangle is next to it. */
const METHODS: Record<Exclude<ResampleKernel, 'nearest'>, number> = { triangle: 0, box: 0, 'catmull-rom': 1, mitchell: 2, lanczos3: 3 }

/** What an instance has from its start, and the rounding of its pages. */
const INSTANCE_BYTES = 1_500_000

/**
 * Upper bound, by measurement: the part that is scaled, alone when nothing is; the instance with it, floats of a picture as wide as the result and as high as the source,
 * and the result; with alpha, floats of source and result as well; and the result.
 */
export function resizeBytes(geometry: Geometry, isOpaque: boolean): number {
  const { width, height } = wholePixels(geometry.window)
  if (isCut({ width, height }, geometry)) return 4 * width * height
  const [from, between, to] = [width * height, geometry.width * height, geometry.width * geometry.height]
  return (isOpaque ? 8 * from + 16 * between + 8 * to : 24 * from + 16 * between + 24 * to) + INSTANCE_BYTES
}

const isCut = (part: Shape, { width, height }: Shape): boolean => part.width === width && part.height === height

/** The pixels that a window covers by more than half. */
function wholePixels({ x, y, width, height }: Rectangle): Rectangle {
  const [left, top] = [Math.round(x), Math.round(y)]
  return { x: left, y: top, width: Math.max(1, Math.round(x + width) - left), height: Math.max(1, Math.round(y + height) - top) }
}

/** Cuts at whole pixels, and scales with @jsquash/resize. */
export async function cutAndScale(
  { wasm }: Pick<RowsContext, 'wasm'>,
  raster: Raster,
  geometry: Geometry,
  isOpaque: boolean,
): Promise<Raster> {
  const part = cut(raster, wholePixels(geometry.window))
  const { width, height, kernel } = geometry
  if (isCut(part, geometry)) return part
  if (kernel === 'nearest') return nearest(part, geometry)
  const instance = startBindgen<ResizeExports>(await wasm.resizer())
  const pixels = pass(instance, part.data)
  const scaled = take(instance, (result) =>
    instance.resize(result, pixels, part.data.length, part.width, part.height, width, height, METHODS[kernel], isOpaque ? 0 : 1, 0),
  )
  return { width, height, data: new Uint8ClampedArray(scaled.buffer) }
}

/** A window may reach half a pixel beyond the picture, which is shifted back. */
function cut(raster: Raster, { width, height, ...at }: Rectangle): Raster {
  if (width === raster.width && height === raster.height) return raster
  const part = createRaster({ width: Math.min(width, raster.width), height: Math.min(height, raster.height) })
  const x = Math.max(0, Math.min(at.x, raster.width - part.width))
  const y = Math.max(0, Math.min(at.y, raster.height - part.height))
  for (let row = 0; row < part.height; row++) {
    const from = ((y + row) * raster.width + x) * 4
    part.data.set(raster.data.subarray(from, from + part.width * 4), row * part.width * 4)
  }
  return part
}

/** The source pixel under the centre of each pixel. */
function nearest(source: Raster, { width, height }: Shape): Raster {
  const result = createRaster({ width, height })
  const from = new Uint32Array(source.data.buffer, source.data.byteOffset, source.data.length / 4)
  const to = new Uint32Array(result.data.buffer)
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * source.height) / height) * source.width
    for (let x = 0; x < width; x++) to[at++] = from[row + Math.floor(((x + 0.5) * source.width) / width)] as number // inside
  }
  return result
}
