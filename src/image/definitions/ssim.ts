/** Luma, one byte a pixel, row by row. */
export interface LumaPlane {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** Windows of 8 × 8 samples, at every fourth place across and down. */
export const SSIM_WINDOW = 8
export const SSIM_STEP = 4
const [C1, C2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2]

/** BT.601's luma of a pixel, whole weights of 256, as it is seen on white. */
export function lumaOnWhite(red: number, green: number, blue: number, alpha: number): number {
  const luma = (77 * red + 150 * green + 29 * blue + 128) >> 8
  return Math.trunc((luma * alpha + 255 * (255 - alpha) + 127) / 255)
}

/**
 * Mean structural similarity of two planes of one size, sides of at least 8: Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment" (IEEE TIP 13,
 * 2004), K₁ = 0.01, K₂ = 0.03, with rectangular windows and strides as in Venkataramanan et al., "A Hitchhiker's Guide to Structural Similarity" (IEEE
 * Access 9, 2021): variances of all samples of a window, each as much as the others, and the mean of all windows. 1: equal; at least −1.
 */
export function ssimOf(a: LumaPlane, b: LumaPlane): number {
  let [sum, windows] = [0, 0]
  for (let y = 0; y + SSIM_WINDOW <= a.height; y += SSIM_STEP) {
    for (let x = 0; x + SSIM_WINDOW <= a.width; x += SSIM_STEP) {
      sum += windowSsim(a, b, y * a.width + x)
      windows++
    }
  }
  return sum / windows
}

function windowSsim(a: LumaPlane, b: LumaPlane, from: number): number {
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0]
  for (let row = 0; row < SSIM_WINDOW; row++) {
    for (let at = from + row * a.width, end = at + SSIM_WINDOW; at < end; at++) {
      const [p, q] = [a.data[at] ?? 0, b.data[at] ?? 0]
      sumA += p
      sumB += q
      squaresA += p * p
      squaresB += q * q
      products += p * q
    }
  }
  const n = SSIM_WINDOW * SSIM_WINDOW
  const [meanA, meanB] = [sumA / n, sumB / n]
  const [varA, varB, covariance] = [squaresA / n - meanA ** 2, squaresB / n - meanB ** 2, products / n - meanA * meanB]
  return ((2 * meanA * meanB + C1) * (2 * covariance + C2)) / ((meanA ** 2 + meanB ** 2 + C1) * (varA + varB + C2))
}
