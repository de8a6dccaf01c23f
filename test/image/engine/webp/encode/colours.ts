import type { Raster, Shape } from '../../../../../src/image/raster.ts'

/** Planes of 4:2:0 in studio range, without padding. */
export interface Planes extends Shape {
  readonly y: Uint8Array
  readonly cb: Uint8Array
  readonly cr: Uint8Array
}

const clamp = (value: number): number => Math.max(0, Math.min(255, value >> 6))
const times = (value: number, factor: number): number => (value * factor) >> 8

/**
 * RGBA as libwebp shows these planes: each chroma sample's weight for a pixel falls with its distance, 9, 3, 3 and 1 sixteenths; BT.601 in 14 bits. Written
 * plainly, to hold encoders to what a decoder shows.
 */
export function shownByLibwebp({ width, height, y, cb, cr }: Planes): Raster {
  const across = (width + 1) >> 1
  const down = (height + 1) >> 1
  const data = new Uint8ClampedArray(width * height * 4)
  for (let py = 0; py < height; py++) {
    for (let px = 0; px < width; px++) {
      const near = { x: px >> 1, y: py >> 1 }
      const far = {
        x: Math.max(0, Math.min(across - 1, near.x + (px % 2 === 0 ? -1 : 1))),
        y: Math.max(0, Math.min(down - 1, near.y + (py % 2 === 0 ? -1 : 1))),
      }
      const chroma = (plane: Uint8Array): number => {
        const at = (x: number, row: number): number => plane[row * across + x] as number
        return (9 * at(near.x, near.y) + 3 * at(far.x, near.y) + 3 * at(near.x, far.y) + at(far.x, far.y) + 8) >> 4
      }
      const [luma, u, v] = [times(y[py * width + px] as number, 19077), chroma(cb), chroma(cr)]
      const at = (py * width + px) * 4
      data[at] = clamp(luma + times(v, 26149) - 14234)
      data[at + 1] = clamp(luma - times(u, 6419) - times(v, 13320) + 8708)
      data[at + 2] = clamp(luma + times(u, 33050) - 17685)
      data[at + 3] = 255
    }
  }
  return { width, height, data }
}
