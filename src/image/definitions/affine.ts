import type { Shape } from '../raster.ts'

export type Interpolation = 'bilinear' | 'bicubic'

export interface AffineMap extends Shape {
  /** The centre of output pixel (x, y) shows the source at (a·x + b·y + c, d·x + e·y + f), where (0, 0) is the centre of the first pixel. */
  readonly matrix: readonly [a: number, b: number, c: number, d: number, e: number, f: number]
  /** What surrounds the source; straight alpha, 0–255. */
  readonly background: readonly [red: number, green: number, blue: number, alpha: number]
  readonly interpolation: Interpolation
}

/** Weights of the four pixels around t: at −1, 0, 1, 2. Catmull-Rom, or linear. */
export function interpolationWeights(t: number, interpolation: Interpolation): readonly number[] {
  if (interpolation === 'bilinear') return [0, 1 - t, t, 0]
  return [((-t + 2) * t - 1) * t, (3 * t - 5) * t * t + 2, ((-3 * t + 4) * t + 1) * t, (t - 1) * t * t].map((weight) => weight / 2)
}
