import type { Shape } from '../../../raster.ts'
import type { Core } from '../../core.ts'
import type { PngRows } from '../decoder.ts'
import type { PngHeader } from '../header.ts'
import { blendPixel } from './blend.ts'
import type { PngFrame } from './frames.ts'

/** A frame's own header. */
export const headerOf = (header: PngHeader, { width, height, dataAt, dataType }: PngFrame): PngHeader => ({
  ...header,
  width,
  height,
  dataAt,
  dataType,
})

/** Draws the rows of a frame on a canvas of the header's size, with rests. */
export function* paintFrame(rows: PngRows, core: Core, header: PngHeader, frame: PngFrame, canvas: Uint32Array): Generator<void> {
  let y = frame.y
  for (let band = rows.next(); band !== null; band = rows.next()) {
    for (let row = 0; row < band.rows; row++, y++) {
      layRow(new Uint32Array(core.exports.memory.buffer, band.ptr + row * band.stride, frame.width), y, header, frame, canvas)
    }
    yield
  }
}

/** Lays a row of a frame's pixels on row `y` of the canvas. */
export function layRow(pixels: Uint32Array, y: number, header: PngHeader, frame: PngFrame, canvas: Uint32Array): void {
  const at = y * header.width + frame.x
  if (frame.replaces || !header.hasAlpha) canvas.set(pixels, at)
  else for (let x = 0; x < frame.width; x++) canvas[at + x] = blendPixel(pixels[x] as number, canvas[at + x] as number) // inside
}

/** Makes a frame's rectangle transparent. */
export function clear(canvas: Uint32Array, { width }: Shape, { x, y, ...frame }: PngFrame): void {
  for (let row = y; row < y + frame.height; row++) canvas.fill(0, row * width + x, row * width + x + frame.width)
}
