import type { LabelsOf, MetricName, Metrics } from '../metrics.ts'

/** Upper bounds of a histogram's buckets in seconds: from a cache hit to the largest encoding. */
export const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const

/**
 * Numbers by series, all of which add up. A series is the metric's name and its labels as JSON. A counter and a gauge are one number; a histogram is the sum of
 * what was observed, how often, and how often up to each bound but not up to the one before.
 */
export type Counts = Readonly<Record<string, readonly number[]>>

/** The name of a series. */
export const seriesOf = (name: MetricName, labels: Readonly<Record<string, string>>): string => name + JSON.stringify(labels)

/** What `seriesOf` was given. */
export function readSeries(series: string): { readonly name: string; readonly labels: Readonly<Record<string, string>> } {
  const brace = series.indexOf('{')
  return { name: series.slice(0, brace), labels: JSON.parse(series.slice(brace)) as Record<string, string> } // written by seriesOf
}

/** Both together. A series whose form has changed between two versions begins anew with the later one. */
export function addCounts(counts: Counts, more: Counts): Counts {
  const sum: Record<string, readonly number[]> = { ...counts }
  for (const [series, values] of Object.entries(more)) {
    const former = counts[series]
    sum[series] = former?.length === values.length ? values.map((value, i) => value + (former[i] ?? 0)) : values
  }
  return sum
}

/** Counts of this isolate. */
export interface Counter extends Metrics {
  /** What has been counted since the last call, but gauges. */
  take(): Counts
  /** The gauges as they were set last. */
  gauges(): Counts
}

export function createCounter(): Counter {
  let counted = new Map<string, number[]>()
  const gauges = new Map<string, number[]>()

  function numbersOf<N extends MetricName>(name: N, labels: LabelsOf<N>, length: number): number[] {
    const series = seriesOf(name, labels)
    const found = counted.get(series) ?? Array.from({ length }, () => 0)
    counted.set(series, found)
    return found
  }

  return {
    add(name, labels, by = 1) {
      const numbers = numbersOf(name, labels, 1)
      numbers[0] = (numbers[0] ?? 0) + by
    },
    set(name, labels, value) {
      gauges.set(seriesOf(name, labels), [value])
    },
    observe(name, labels, value) {
      const numbers = numbersOf(name, labels, BUCKETS.length + 2)
      const bucket = BUCKETS.findIndex((bound) => value <= bound)
      numbers[0] = (numbers[0] ?? 0) + value
      numbers[1] = (numbers[1] ?? 0) + 1
      if (bucket >= 0) numbers[bucket + 2] = (numbers[bucket + 2] ?? 0) + 1
    },
    take() {
      const taken = Object.fromEntries(counted)
      counted = new Map()
      return taken
    },
    gauges: () => Object.fromEntries(gauges),
  }
}
