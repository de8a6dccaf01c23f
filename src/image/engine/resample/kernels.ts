import type { ResampleKernel } from '../../geometry.ts'

/** One direction of a resampling: `size` output samples show the source interval from `origin` to `origin + span`. */
export interface Axis {
  /** In source samples; sample `k` covers the interval from `k` to `k + 1`, its centre is at `k + ½`. Fractions are allowed. */
  readonly origin: number
  readonly span: number
  /** Samples that the source has. */
  readonly sourceSize: number
  readonly size: number
  readonly kernel: ResampleKernel
  /** The source interval that may be read; the interval that is shown when absent. */
  readonly bounds?: readonly [number, number] | undefined
}

interface Filter {
  /** Half the kernel's width where the output is not smaller than the source, in source samples. */
  readonly radius: number
  /** Writes `count` values of the kernel from `t` on in steps of `step`. */
  fill(values: Float64Array, count: number, t: number, step: number): void
}

const pointwise = (radius: number, kernel: (distance: number) => number): Filter => ({
  radius,
  fill(values, count, t, step) {
    for (let i = 0; i < count; i++) values[i] = kernel(Math.abs(t + i * step))
  },
})

/** Mitchell and Netravali, "Reconstruction Filters in Computer Graphics" (1988), equation 8. */
const cubic = (b: number, c: number): Filter =>
  pointwise(2, (x) => {
    if (x < 1) return ((12 - 9 * b - 6 * c) * x * x * x + (-18 + 12 * b + 6 * c) * x * x + (6 - 2 * b)) / 6
    if (x < 2) return ((-b - 6 * c) * x * x * x + (6 * b + 30 * c) * x * x + (-12 * b - 48 * c) * x + (8 * b + 24 * c)) / 6
    return 0
  })

/**
 * sinc(t) · sinc(t ÷ 3). With s = sin(πt ÷ 3), sin(πt) = 3s − 4s³, and s itself advances by a rotation: no sine per sample, which matters
 * because the tables of a thumbnail have tens of thousands of entries.
 */
const lanczos3: Filter = {
  radius: 3,
  fill(values, count, t, step) {
    const [turnCos, turnSin] = [Math.cos((Math.PI / 3) * step), Math.sin((Math.PI / 3) * step)]
    let cos = Math.cos((Math.PI / 3) * t)
    let sin = Math.sin((Math.PI / 3) * t)
    for (let i = 0; i < count; i++) {
      const x = Math.PI * (t + i * step)
      const square = sin * sin
      values[i] = Math.abs(x) < 1e-6 ? 1 : Math.abs(x) >= 3 * Math.PI ? 0 : (square * (9 - 12 * square)) / (x * x)
      const turned = sin * turnCos + cos * turnSin
      cos = cos * turnCos - sin * turnSin
      sin = turned
    }
  },
}

/** The share of each source sample that the output sample covers: the exact mean of an area, not a sampled box. */
const box: Filter = {
  radius: 0.5,
  fill(values, count, t, step) {
    for (let i = 0; i < count; i++) {
      const at = t + i * step
      values[i] = Math.max(0, Math.min(at + step / 2, 0.5) - Math.max(at - step / 2, -0.5))
    }
  },
}

const FILTERS: Record<Exclude<ResampleKernel, 'nearest'>, Filter> = {
  lanczos3,
  box,
  triangle: pointwise(1, (x) => Math.max(0, 1 - x)),
  mitchell: cubic(1 / 3, 1 / 3),
  'catmull-rom': cubic(0, 1 / 2),
}

/** Source samples that one output sample reaches, at most. */
export function maxTaps({ span, size, sourceSize, kernel }: Axis): number {
  if (kernel === 'nearest') return 1
  const scale = span / size
  const reach = kernel === 'box' ? scale / 2 + 0.5 : FILTERS[kernel].radius * Math.max(1, scale)
  return Math.min(sourceSize, Math.floor(2 * reach) + 1)
}

/** The source samples that the bounds touch: none outside is ever read, so a crop shows nothing of what it cut off. */
export function sampleRange({ origin, span, sourceSize, bounds = [origin, origin + span] }: Axis): {
  readonly low: number
  readonly high: number
} {
  const low = Math.min(sourceSize - 1, Math.max(0, Math.floor(bounds[0] + 1e-6)))
  return { low, high: Math.max(low + 1, Math.min(sourceSize, Math.ceil(bounds[1] - 1e-6))) }
}

/**
 * Calls `use(index, first, count, weights)` for each output sample in order: `weights[0 … count - 1]`, which add up to 1, belong to the source
 * samples from `first` on. Weights that would fall outside the window go to its edge sample, as if the edge were repeated outwards. The array
 * is reused.
 */
export function eachWeights(axis: Axis, use: (index: number, first: number, count: number, weights: Float64Array) => void): void {
  const { low, high } = sampleRange(axis)
  const scale = axis.span / axis.size
  if (axis.kernel === 'nearest') {
    const one = Float64Array.of(1)
    for (let i = 0; i < axis.size; i++) use(i, Math.min(high - 1, Math.max(low, Math.floor(axis.origin + (i + 0.5) * scale))), 1, one)
    return
  }
  const filter = FILTERS[axis.kernel]
  const stretch = axis.kernel === 'box' ? scale : Math.max(1, scale)
  const reach = axis.kernel === 'box' ? scale / 2 + 0.5 : filter.radius * stretch
  const weights = new Float64Array(Math.floor(2 * reach) + 2)
  for (let i = 0; i < axis.size; i++) {
    const centre = axis.origin + (i + 0.5) * scale - 0.5
    const first = Math.ceil(centre - reach)
    const count = Math.floor(centre + reach) - first + 1
    filter.fill(weights, count, (first - centre) / stretch, 1 / stretch)
    const start = Math.min(high - 1, Math.max(low, first))
    use(i, start, foldAndNormalise(weights, first, count, low, high), weights)
  }
}

/** Moves the weights of samples outside [low, high) to the edge samples, to the array's front, and scales the sum to 1. Answers the count. */
function foldAndNormalise(weights: Float64Array, first: number, count: number, low: number, high: number): number {
  const start = Math.min(high - 1, Math.max(low, first))
  const kept = Math.max(start, Math.min(high - 1, first + count - 1)) - start + 1
  let sum = 0
  for (let i = 0; i < count; i++) sum += weights[i] as number
  const inside = first === start && kept === count
  if (!inside) {
    const folded = new Float64Array(kept)
    for (let i = 0; i < count; i++) {
      const at = Math.min(kept - 1, Math.max(0, first + i - start))
      folded[at] = (folded[at] as number) + (weights[i] as number)
    }
    weights.set(folded)
  }
  for (let i = 0; i < kept; i++) weights[i] = (weights[i] as number) / sum
  return kept
}
