import { hash } from './noise.ts'

/** Share of a grain that falls on the pixel's neighbours: grains are a little larger than a pixel. */
const SPREAD = 0.35

/** One row of white noise with a roughly normal distribution (the sum of four uniform bytes), variance 1. */
function whiteRow(row: Float32Array, y: number, seed: number): void {
  let state = hash(y, 0x5eed, seed) | 1
  for (let x = 0; x < row.length; x++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    const sum = (state & 255) + ((state >>> 8) & 255) + ((state >>> 16) & 255) + (state >>> 24)
    row[x] = (sum - 510) / 147.8
  }
}

let above = new Float32Array(0)
let below = new Float32Array(0)

/** Row `y` of the film's grain: luminance noise of variance 1, slightly correlated with its neighbours. The same (y, seed) gives the same row. */
export function grainRow(row: Float32Array, y: number, seed: number): void {
  if (above.length !== row.length) {
    above = new Float32Array(row.length)
    below = new Float32Array(row.length)
  }
  whiteRow(row, y, seed)
  whiteRow(above, y - 1, seed)
  whiteRow(below, y + 1, seed)
  const scale = 1 / Math.sqrt(1 + 4 * SPREAD * SPREAD)
  let left = row[0]!
  for (let x = 0; x < row.length; x++) {
    const here = row[x]!
    const right = x + 1 < row.length ? row[x + 1]! : here
    row[x] = scale * (here + SPREAD * (left + right + above[x]! + below[x]!))
    left = here
  }
}

/** Adds fresh grain of the given strength (in 8-bit steps) to interleaved RGB rows, in place. */
export function addGrain(pixels: Uint8Array | Uint8ClampedArray, width: number, strength: number, seed: number): void {
  const noise = new Float32Array(width)
  for (let y = 0; y * width * 3 < pixels.length; y++) {
    grainRow(noise, y, seed)
    for (let x = 0, i = y * width * 3; x < width; x++, i += 3) {
      const speck = noise[x]! * strength
      for (let c = 0; c < 3; c++) pixels[i + c] = Math.min(255, Math.max(0, pixels[i + c]! + speck + 0.5))
    }
  }
}
