import type { Rectangle } from '../../geometry.ts'
import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { allocateRows, type Drain, type PixelRows, rowsBytes } from '../rows/pixel-rows.ts'

/** A picture in the core's memory: opaque pixels, and transparent black. */
export interface GifCanvas {
  readonly ptr: number
  readonly stride: number
}

/** Rough work of copying a pixel. */
const NS_PER_PIXEL = 1

export const gifCanvasBytes = ({ width, height }: Shape): number => rowsBytes(width, height)

/** A canvas that is transparent everywhere. */
export function allocateCanvas(core: Core, shape: Shape): GifCanvas {
  const canvas = allocateRows(core, shape.width, shape.height)
  core.bytes().fill(0, canvas.ptr, canvas.ptr + canvas.stride * shape.height)
  return canvas
}

/** Reads rows into a canvas. */
export async function fillCanvas(core: Core, { ptr, stride }: GifCanvas, rows: PixelRows, drain: Drain): Promise<void> {
  let to = ptr
  await drain(
    rows,
    (band) => {
      const memory = core.bytes()
      for (let row = 0; row < band.rows; row++, to += stride) {
        const from = band.ptr + row * band.stride
        memory.copyWithin(to, from, from + rows.width * 4)
      }
    },
    NS_PER_PIXEL,
  )
}

/** Copies a rectangle from canvas to canvas, or makes it transparent. */
export function patchCanvas(core: Core, to: GifCanvas, from: GifCanvas | null, { x, y, width, height }: Rectangle): void {
  const memory = core.bytes()
  for (let row = y; row < y + height; row++) {
    const at = to.ptr + row * to.stride + 4 * x
    if (!from) memory.fill(0, at, at + 4 * width)
    else memory.copyWithin(at, from.ptr + row * from.stride + 4 * x, from.ptr + row * from.stride + 4 * (x + width))
  }
}

/** Whether a pixel differs, by its words in two canvases. */
type Differs = (a: number, b: number) => boolean

export const changes: Differs = (a, b) => a !== b
/** What is no longer opaque. */
export const vanishes: Differs = (now, before) => now === 0 && before !== 0

/** The rectangle of the pixels that differ; `null`: there are none. */
export function differingRectangle(
  core: Core,
  { width, height }: Shape,
  now: GifCanvas,
  before: GifCanvas,
  differs: Differs,
): Rectangle | null {
  const { buffer } = core.exports.memory
  let [left, top, right, bottom] = [width, height, 0, 0]
  for (let y = 0; y < height; y++) {
    const a = new Uint32Array(buffer, now.ptr + y * now.stride, width)
    const b = new Uint32Array(buffer, before.ptr + y * before.stride, width)
    const differsAt = (x: number): boolean => differs(a[x] as number, b[x] as number) // inside the row
    let start = 0
    while (start < width && !differsAt(start)) start++
    if (start === width) continue
    let end = width
    while (end > right && !differsAt(end - 1)) end--
    ;[left, right] = [Math.min(left, start), Math.max(right, end)]
    ;[top, bottom] = [Math.min(top, y), y + 1]
  }
  return bottom === 0 ? null : { x: left, y: top, width: right - left, height: bottom - top }
}

/** The smallest rectangle with both in it. */
export function joined(a: Rectangle | null, b: Rectangle | null): Rectangle | null {
  if (!a || !b) return a ?? b
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)]
  return { x, y, width: Math.max(a.x + a.width, b.x + b.width) - x, height: Math.max(a.y + a.height, b.y + b.height) - y }
}
