// Cuts, turns and scalings of light, by their definitions.
import type { HdrPicture } from './read.ts'

interface Window {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Moves pixels: `from` names the one that a pixel of the result shows. */
export function moved(
  hdr: HdrPicture,
  width: number,
  height: number,
  from: (x: number, y: number) => readonly [number, number],
): HdrPicture {
  const light = new Float32Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [sourceX, sourceY] = from(x, y)
      const at = (sourceY * hdr.width + sourceX) * 3
      light.set(hdr.light.subarray(at, at + 3), (y * width + x) * 3)
    }
  return { width, height, light }
}

const log = (light: number): number => Math.log2(Math.max(0, light) + 1 / 64)

/** A window scaled with three lobes of Lanczos' kernel, on the logarithms of light, in which it is compared. */
export function scaled(hdr: HdrPicture, window: Window, width: number, height: number): HdrPicture {
  const across = taps(window.x, window.width, width, hdr.width)
  const down = taps(window.y, window.height, height, hdr.height)
  const rows = new Float32Array(width * hdr.height * 3)
  for (let y = 0; y < hdr.height; y++)
    across.forEach((weights, x) => {
      for (let c = 0; c < 3; c++) {
        const of = (at: number): number => log(hdr.light[(y * hdr.width + at) * 3 + c] ?? 0)
        rows[(y * width + x) * 3 + c] = weights.reduce((sum, [at, weight]) => sum + weight * of(at), 0)
      }
    })
  const light = new Float32Array(width * height * 3)
  down.forEach((weights, y) => {
    for (let i = 0; i < width * 3; i++)
      light[y * width * 3 + i] = 2 ** weights.reduce((sum, [at, weight]) => sum + weight * (rows[at * width * 3 + i] ?? 0), 0) - 1 / 64
  })
  return { width, height, light }
}

/** Of each of `count` samples that show `size` samples from `from` on: which ones it is made of, and with which weights. */
function taps(from: number, size: number, count: number, length: number): (readonly (readonly [at: number, weight: number])[])[] {
  const reach = Math.max(1, size / count)
  return Array.from({ length: count }, (_, i) => {
    const centre = from + ((i + 0.5) * size) / count - 0.5
    const first = Math.ceil(centre - 3 * reach)
    const found = Array.from({ length: Math.floor(6 * reach) + 1 }, (_value, k) => {
      return [Math.min(length - 1, Math.max(0, first + k)), lanczos((first + k - centre) / reach)] as const
    })
    const sum = found.reduce((whole, [, weight]) => whole + weight, 0)
    return found.map(([at, weight]) => [at, weight / sum] as const)
  })
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
const lanczos = (x: number): number => (Math.abs(x) >= 3 ? 0 : sinc(x) * sinc(x / 3))
