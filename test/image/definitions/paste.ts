import { createRaster, type Raster, type Shape } from '../../../src/image/raster.ts'

/** A canvas of one colour with a raster copied onto it, not blended, at whole pixels; what lies outside is cut. */
export function pasteOn(
  canvas: Shape,
  background: readonly [number, number, number, number],
  raster: Raster,
  x: number,
  y: number,
): Raster {
  const result = createRaster(canvas)
  const [left, right] = [Math.max(0, x), Math.min(canvas.width, x + raster.width)]
  const [top, bottom] = [Math.max(0, y), Math.min(canvas.height, y + raster.height)]
  if (background.some((channel) => channel !== 0)) fill(result, background)
  if (left >= right) return result
  for (let row = top; row < bottom; row++) {
    const from = ((row - y) * raster.width + left - x) * 4
    result.data.set(raster.data.subarray(from, from + (right - left) * 4), (row * canvas.width + left) * 4)
  }
  return result
}

function fill({ data }: Raster, [red, green, blue, alpha]: readonly [number, number, number, number]): void {
  const word = new Uint8Array([red, green, blue, alpha])
  new Uint32Array(data.buffer, data.byteOffset, data.length / 4).fill(new Uint32Array(word.buffer)[0] ?? 0)
}

/** A rectangle of a raster at whole pixels, inside it. */
export function cutOut(raster: Raster, x: number, y: number, { width, height }: Shape): Raster {
  if (width === raster.width && height === raster.height) return raster
  return pasteOn({ width, height }, [0, 0, 0, 0], raster, -x, -y)
}
