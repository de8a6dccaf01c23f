import { SYMMETRY, swapsSides } from '../../src/image/orientation.ts'
import { codec } from '../../src/image/plan.ts'
import { sniffFormat } from '../../src/image/planner.ts'
import { heightFor, type Job } from '../job.ts'

export interface Pixels {
  /** RGBA, row by row. */
  readonly data: Uint8Array | Uint8ClampedArray
  readonly width: number
  readonly height: number
}

type Size = Pick<Pixels, 'width' | 'height'>
export type Orientation = keyof typeof SYMMETRY

/** How the file says that its pixels are turned. Our peers on Workers do not look, so the bench does it for them. */
export const orientationOf = (file: Uint8Array): Orientation => codec(sniffFormat(file)).probe(file).orientation

/** The size of the job's result before it is turned upright. `stored`: that of the pixels in the file. */
export function storedSize(job: Job, stored: Size, orientation: Orientation): Size {
  if (!swapsSides(orientation)) return { width: job.width, height: heightFor(job, stored) }
  return { width: heightFor(job, { width: stored.height, height: stored.width }), height: job.width }
}

/** Turns pixels upright, as a Worker with these peers has to. */
export function upright(pixels: Pixels, orientation: Orientation): Pixels {
  if (orientation === 1) return pixels
  const { transpose, mirrorX, mirrorY } = SYMMETRY[orientation]
  const from = new Uint32Array(pixels.data.slice().buffer)
  const [width, height] = transpose ? [pixels.height, pixels.width] : [pixels.width, pixels.height]
  const to = new Uint32Array(from.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [acrossX, acrossY] = transpose ? [y, x] : [x, y]
      const fromX = mirrorX ? pixels.width - 1 - acrossX : acrossX
      const fromY = mirrorY ? pixels.height - 1 - acrossY : acrossY
      to[y * width + x] = from[fromY * pixels.width + fromX] as number // both are inside
    }
  }
  return { data: new Uint8ClampedArray(to.buffer), width, height }
}
