import { type LumaPlane as Luma, ssimOf as meanSsim } from '../../src/image/definitions/ssim.ts'

/** BT.601 luma of RGB or RGBA. */
export function lumaOf(pixels: Uint8Array, width: number, height: number): Luma {
  const channels = pixels.length / (width * height)
  const at = (i: number): number => pixels[i] ?? 0
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const p = i * channels
    return Math.round(0.299 * at(p) + 0.587 * at(p + 1) + 0.114 * at(p + 2))
  })
  return { width, height, data }
}

/** Peak signal-to-noise ratio of RGB (whatever else a pixel has is left out), in decibels. */
export function psnrOf(a: Uint8Array, b: Uint8Array, pixels: number): number {
  const [stepA, stepB] = [a.length / pixels, b.length / pixels]
  let error = 0
  for (let i = 0; i < pixels; i++) for (let c = 0; c < 3; c++) error += ((a[i * stepA + c] ?? 0) - (b[i * stepB + c] ?? 0)) ** 2
  return 10 * Math.log10((255 ** 2 * pixels * 3) / Math.max(error, 1e-9))
}

/** Mean structural similarity of luma, as −10 log₁₀(1 − SSIM): decibels. */
export const ssimOf = (a: Luma, b: Luma): number => -10 * Math.log10(1 - meanSsim(a, b))

/** A file's bytes and what it is worth. */
export interface Point {
  readonly bytes: number
  readonly score: number
}

/**
 * How many bytes more a curve takes than the reference at equal score, as a share: the mean of the difference of log bytes over the scores that both
 * reach (Bjøntegaard), between points in straight lines.
 */
export function bdRate(reference: readonly Point[], curve: readonly Point[]): number {
  const range = (points: readonly Point[]) => points.map(({ score }) => score)
  const from = Math.max(Math.min(...range(reference)), Math.min(...range(curve)))
  const to = Math.min(Math.max(...range(reference)), Math.max(...range(curve)))
  const steps = 200
  let sum = 0
  for (let i = 0; i <= steps; i++) {
    const score = from + ((to - from) * i) / steps
    sum += logBytesAt(curve, score) - logBytesAt(reference, score)
  }
  return Math.exp(sum / (steps + 1)) - 1
}

/** The logarithm of a curve's bytes at a score; beyond its ends along its last line. */
export function logBytesAt(points: readonly Point[], score: number): number {
  const sorted = points.toSorted((a, b) => a.score - b.score)
  const i = Math.max(
    1,
    Math.min(
      sorted.length - 1,
      sorted.findIndex((point) => point.score >= score),
    ),
  )
  const [low, high] = [sorted[i - 1] as Point, sorted[i] as Point]
  const share = high.score === low.score ? 0 : (score - low.score) / (high.score - low.score)
  return Math.log(low.bytes) + share * (Math.log(high.bytes) - Math.log(low.bytes))
}
