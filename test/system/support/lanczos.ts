/** Straight-alpha RGBA samples. */
export interface Samples {
  readonly width: number
  readonly height: number
  readonly data: ArrayLike<number>
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
const kernel = (x: number): number => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0)

/** Of each output sample: the first source sample and the weights, which sum up to 1. Nothing beyond the edges is read. */
function weightsOf(source: number, size: number): { readonly first: number; readonly weights: readonly number[] }[] {
  const ratio = source / size
  const stretch = Math.max(1, ratio)
  return Array.from({ length: size }, (_, i) => {
    const centre = (i + 0.5) * ratio - 0.5
    const first = Math.max(0, Math.ceil(centre - 3 * stretch))
    const last = Math.min(source - 1, Math.floor(centre + 3 * stretch))
    const raw = Array.from({ length: last - first + 1 }, (_unused, tap) => kernel((first + tap - centre) / stretch))
    const sum = raw.reduce((a, b) => a + b, 0)
    return { first, weights: raw.map((weight) => weight / sum) }
  })
}

/** Lanczos3 by its definition, in doubles, colours weighed by alpha: slow and plain, to hold a fast one to it. */
export function lanczos({ width, height, data }: Samples, toWidth: number, toHeight: number): Uint8ClampedArray {
  const premultiplied = Float64Array.from({ length: width * height * 4 }, (_, i) =>
    i % 4 === 3 ? (data[i] ?? 0) : ((data[i] ?? 0) * (data[i | 3] ?? 0)) / 255,
  )
  const across = new Float64Array(toWidth * height * 4)
  weightsOf(width, toWidth).forEach(({ first, weights }, x) => {
    for (let y = 0; y < height; y++)
      for (let c = 0; c < 4; c++)
        across[(y * toWidth + x) * 4 + c] = weights.reduce(
          (sum, weight, tap) => sum + weight * (premultiplied[(y * width + first + tap) * 4 + c] ?? 0),
          0,
        )
  })
  const result = new Uint8ClampedArray(toWidth * toHeight * 4)
  weightsOf(height, toHeight).forEach(({ first, weights }, y) => {
    for (let x = 0; x < toWidth; x++) {
      const at = (y * toWidth + x) * 4
      const sum = (c: number): number =>
        weights.reduce((total, weight, tap) => total + weight * (across[((first + tap) * toWidth + x) * 4 + c] ?? 0), 0)
      const alpha = sum(3)
      for (let c = 0; c < 3; c++) result[at + c] = alpha <= 0 ? 0 : (sum(c) * 255) / alpha
      result[at + 3] = alpha
    }
  })
  return result
}
