/** A value that was measured at a quality. */
export interface Sample {
  readonly quality: number
  readonly value: number
}

/** A scale of qualities, 1–100, on which the logarithms of what an encoder loses and of what it writes are nearly straight. */
const placeOf = (quality: number): number => -Math.log(1 - quality / 110)
const qualityAt = (place: number): number => 110 * (1 - Math.exp(-place))

/** Which two samples speak for a place that lies between them or beyond them; of one alone a line of `slope`. */
function lineThrough(samples: readonly Sample[], isBelow: (sample: Sample) => boolean, slope: number) {
  const sorted = samples.toSorted((a, b) => a.quality - b.quality)
  const above = Math.min(Math.max(1, sorted.filter(isBelow).length), sorted.length - 1)
  const [first, second] = [sorted[above - 1] ?? sorted[0], sorted[above]] as [Sample, Sample] // one sample at least
  const run = placeOf(second.quality) - placeOf(first.quality)
  const measured = run > 0 ? (second.value - first.value) / run : slope
  return { from: first, slope: measured > 0 ? measured : slope }
}

/** The value at a quality. Samples: one at least, of a value that rises with quality. */
export function valueAt(samples: readonly Sample[], quality: number, slope: number): number {
  const line = lineThrough(samples, (sample) => sample.quality < quality, slope)
  return line.from.value + line.slope * (placeOf(quality) - placeOf(line.from.quality))
}

/** At which quality, with its fraction, a value is reached. */
export function qualityOf(samples: readonly Sample[], value: number, slope: number): number {
  const line = lineThrough(samples, (sample) => sample.value < value, slope)
  return qualityAt(placeOf(line.from.quality) + (value - line.from.value) / line.slope)
}
