import type { Negative } from './develop.ts'

/** Share of its light that a pixel gives to each neighbour: what a lens and a colour filter array do to a sharp edge. */
const SPILL = 0.13

/** Blends each value with its neighbours `stride` floats away along a line of `count` pixels, in place. */
function blendLine(light: Float32Array, start: number, count: number, stride: number): void {
  let before = light[start]!
  for (let n = 0, i = start; n < count; n++, i += stride) {
    const here = light[i]!
    const after = n + 1 < count ? light[i + stride]! : here
    light[i] = here + SPILL * (before + after - 2 * here)
    before = here
  }
}

/** Softens a picture by the blur of a camera, in place. */
export function soften({ width, height, light }: Negative): void {
  for (let y = 0; y < height; y++) for (let c = 0; c < 3; c++) blendLine(light, y * width * 3 + c, width, 3)
  for (let i = 0; i < width * 3; i++) blendLine(light, i, height, width * 3)
}
