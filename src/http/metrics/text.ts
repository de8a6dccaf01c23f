import { addCounts, BUCKETS, readSeries, type Counts } from '../../service/counts/counts.ts'
import { METRICS, type MetricDefinition } from '../../service/metrics.ts'

type Series = readonly [labels: Readonly<Record<string, string>>, values: readonly number[]]

/** Prometheus' text format, version 0.0.4. Series of metrics that this version does not know are left out. */
export function metricsText(...counts: readonly Counts[]): string {
  const families = new Map<string, Series[]>()
  for (const [series, values] of Object.entries(counts.reduce(addCounts, {}))) {
    const { name, labels } = readSeries(series)
    families.set(name, [...(families.get(name) ?? []), [labels, values]])
  }
  const lines = (Object.entries(METRICS) as [string, MetricDefinition][]).flatMap(([name, definition]) =>
    familyText(name, definition, families.get(name) ?? []),
  )
  return lines.join('\n') + '\n'
}

function familyText(name: string, { type, help }: MetricDefinition, family: readonly Series[]): readonly string[] {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
  for (const [labels, values] of family) {
    if (type === 'histogram') lines.push(...histogramText(name, labels, values))
    else lines.push(`${name}${labelText(labels)} ${values[0]}`)
  }
  return lines
}

function histogramText(
  name: string,
  labels: Readonly<Record<string, string>>,
  [sum, count, ...buckets]: readonly number[],
): readonly string[] {
  let upTo = 0
  return [
    ...BUCKETS.map((bound, i) => `${name}_bucket${labelText({ ...labels, le: String(bound) })} ${(upTo += buckets[i] ?? 0)}`),
    `${name}_bucket${labelText({ ...labels, le: '+Inf' })} ${count}`,
    `${name}_sum${labelText(labels)} ${sum}`,
    `${name}_count${labelText(labels)} ${count}`,
  ]
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`))}"`,
  )
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
