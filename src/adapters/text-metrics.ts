import { METRICS, type MetricDefinition, type MetricName, type Metrics } from '../service/metrics.ts'

/** Upper bounds in seconds: from a cache hit to the largest encoding. */
const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

interface Series {
  readonly labels: Readonly<Record<string, string>>
  value: number
  /** Histogram: observations up to each bound, and in all. */
  readonly buckets: number[]
  count: number
}

/** Prometheus' text format, version 0.0.4, of the counts of this isolate. */
export function createTextMetrics(): Metrics {
  const all = new Map<string, Map<string, Series>>()

  const series = (name: MetricName, labels: Readonly<Record<string, string>>): Series => {
    const ofName = all.get(name) ?? new Map<string, Series>()
    const key = JSON.stringify(labels)
    const found = ofName.get(key) ?? { labels, value: 0, buckets: BUCKETS.map(() => 0), count: 0 }
    all.set(name, ofName.set(key, found))
    return found
  }

  return {
    add(name, labels) {
      series(name, labels).value++
    },
    set(name, labels, value) {
      series(name, labels).value = value
    },
    observe(name, labels, value) {
      const into = series(name, labels)
      into.value += value
      into.count++
      for (const [i, bound] of BUCKETS.entries()) if (value <= bound) into.buckets[i] = (into.buckets[i] ?? 0) + 1
    },
    text: () =>
      Promise.resolve(
        (Object.entries(METRICS) as [string, MetricDefinition][])
          .flatMap(([name, definition]) => familyText(name, definition, all.get(name)))
          .join('\n') + '\n',
      ),
  }
}

function familyText(name: string, { type, help }: MetricDefinition, family: ReadonlyMap<string, Series> | undefined): readonly string[] {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
  for (const { labels, value, buckets, count } of family?.values() ?? []) {
    if (type !== 'histogram') {
      lines.push(`${name}${labelText(labels)} ${value}`)
      continue
    }
    for (const [i, bound] of BUCKETS.entries()) lines.push(`${name}_bucket${labelText({ ...labels, le: String(bound) })} ${buckets[i]}`)
    lines.push(
      `${name}_bucket${labelText({ ...labels, le: '+Inf' })} ${count}`,
      `${name}_sum${labelText(labels)} ${value}`,
      `${name}_count${labelText(labels)} ${count}`,
    )
  }
  return lines
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`))}"`,
  )
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
