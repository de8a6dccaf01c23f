import { labSpace, type Lab } from './definitions/lab.ts'
import type { Raster, Shape } from './raster.ts'

/** One number a pixel, row by row. */
export interface ScoreMap extends Shape {
  readonly scores: Float64Array
}

/** How near a colour is to skin, 0–1: the direction of its channels against that of an average skin, whatever the light. */
const SKIN = [0.78, 0.57, 0.44].map((part) => part / Math.hypot(0.78, 0.57, 0.44)) as [number, number, number]
const SKIN_DISTANCE = 0.2

/** What draws the eye: edges, saturated colours and skin, each counted less in shadows. In the manner of libvips's "attention". */
export function attention({ width, height, data }: Raster): ScoreMap {
  const lightness = new Float64Array(width * height)
  const scores = new Float64Array(width * height)
  const { toLab } = labSpace()
  const lab: Lab = { l: 0, a: 0, b: 0 }
  for (let i = 0; i < scores.length; i++) {
    const [red, green, blue, alpha] = [0, 1, 2, 3].map((c) => data[i * 4 + c] as number) as [number, number, number, number] // four a pixel
    toLab(red, green, blue, lab)
    lightness[i] = (lab.l * alpha) / 255
    const visible = lab.l > 5 ? alpha / 255 : 0
    scores[i] = visible * (Math.hypot(lab.a, lab.b) * 0.3 + (skinLikeness(red, green, blue) > 0 ? 60 * skinLikeness(red, green, blue) : 0))
  }
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) scores[y * width + x]! += edge(lightness, width, height, x, y)
  return { width, height, scores }
}

function skinLikeness(red: number, green: number, blue: number): number {
  const length = Math.hypot(red, green, blue)
  if (length < 60) return 0
  const distance = Math.hypot(red / length - SKIN[0], green / length - SKIN[1], blue / length - SKIN[2])
  return Math.max(0, 1 - distance / SKIN_DISTANCE)
}

/** The Laplacian's size; edges of the image repeated. */
function edge(lightness: Float64Array, width: number, height: number, x: number, y: number): number {
  const at = (u: number, v: number): number =>
    lightness[Math.min(height - 1, Math.max(0, v)) * width + Math.min(width - 1, Math.max(0, u))] as number
  return Math.abs(4 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1))
}

/** Shannon entropy of the luma around each pixel, in bits: how much there is to see. */
export function entropy({ width, height, data }: Raster): ScoreMap {
  const REACH = 2
  const levels = Uint8Array.from({ length: width * height }, (_, i) => {
    const luma = 0.299 * (data[i * 4] as number) + 0.587 * (data[i * 4 + 1] as number) + 0.114 * (data[i * 4 + 2] as number) // four a pixel
    return (luma * (data[i * 4 + 3] as number)) / 255 / 16
  })
  const scores = new Float64Array(width * height)
  const counts = new Uint8Array(16)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      counts.fill(0)
      let total = 0
      for (let v = Math.max(0, y - REACH); v <= Math.min(height - 1, y + REACH); v++) {
        for (let u = Math.max(0, x - REACH); u <= Math.min(width - 1, x + REACH); u++, total++) counts[levels[v * width + u] as number]!++ // inside
      }
      scores[y * width + x] = counts.reduce((bits, count) => (count === 0 ? bits : bits - (count / total) * Math.log2(count / total)), 0)
    }
  }
  return { width, height, scores }
}

/** The corner of the window of the given size with the highest sum; of equals the one nearest to the centre. */
export function bestWindow({ width, height, scores }: ScoreMap, window: Shape): { readonly x: number; readonly y: number } {
  const sums = new Float64Array((width + 1) * (height + 1))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y + 1) * (width + 1) + x + 1
      sums[at] =
        (scores[y * width + x] as number) + (sums[at - 1] as number) + (sums[at - width - 1] as number) - (sums[at - width - 2] as number) // summed-area table
    }
  }
  const sum = (x: number, y: number): number => sums[y * (width + 1) + x] as number
  const [freeX, freeY] = [width - window.width, height - window.height]
  let best = { x: Math.floor(freeX / 2), y: Math.floor(freeY / 2), score: -Infinity, offCentre: 0 }
  for (let y = 0; y <= freeY; y++) {
    for (let x = 0; x <= freeX; x++) {
      const score = sum(x + window.width, y + window.height) - sum(x, y + window.height) - sum(x + window.width, y) + sum(x, y)
      const offCentre = Math.abs(x - freeX / 2) + Math.abs(y - freeY / 2)
      const isBetter = score > best.score + 1e-6 || (score > best.score - 1e-6 && offCentre < best.offCentre)
      if (isBetter) best = { x, y, score, offCentre }
    }
  }
  return best
}
