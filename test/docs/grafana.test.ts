import { parser } from '@prometheus-io/lezer-promql'
import { describe, expect, it } from 'vitest'
import { METRICS, type MetricDefinition } from '../../src/service/metrics.ts'
import { textOf } from '../support/import-graph.ts'

interface Panel {
  readonly title: string
  readonly type: string
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number }
  readonly targets?: readonly { readonly expr: string }[]
}

const dashboard = JSON.parse(textOf('docs/grafana/emulsion.json')) as { readonly panels: readonly Panel[] }
const panels = dashboard.panels.filter(({ type }) => type !== 'row')
const queries = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const))

/** Each `expr` of the rules stands in one line. */
const alerts = [...textOf('docs/grafana/alerts.yml').matchAll(/alert: (\w+)\n +expr: (.+)/g)].map(
  ([, name = '', expr = '']) => [name, expr] as const,
)

/** What Prometheus has of each metric, and with which labels. */
const known = new Map(
  (Object.entries(METRICS) as [string, MetricDefinition][]).flatMap(([name, { type, labels }]) =>
    type === 'histogram'
      ? [
          [`${name}_bucket`, [...labels, 'le']],
          [`${name}_sum`, labels],
          [`${name}_count`, labels],
        ]
      : [[name, labels]],
  ) as (readonly [string, readonly string[]])[],
)

const namesIn = (expr: string): readonly string[] => [...expr.matchAll(/\bemulsion_\w+/g)].map(([name]) => name)

describe('the dashboard of Grafana, and the alerts', () => {
  it('has alerts, and the page explains each', () => {
    const explained = [...textOf('docs/operate.md').matchAll(/^\| `(Emulsion\w+)`/gm)].map(([, name]) => name)
    expect(alerts.map(([name]) => name)).toEqual(explained)
  })

  it.each([...queries, ...alerts])('%s asks for what there is: %s', (_, expr) => {
    const names = namesIn(expr)
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => !known.has(name))).toEqual([])
    const labels = new Set(['job', ...names.flatMap((name) => known.get(name) ?? [])])
    const asked = [...expr.matchAll(/(\w+)(?:=~|!=|!~|=)"/g), ...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, text = '']) =>
      text.split(/, */),
    )
    expect(asked.filter((label) => !labels.has(label))).toEqual([])
  })

  it.each([...queries, ...alerts])('%s is PromQL: %s', (_, expr) => {
    const text = expr.replaceAll('$__rate_interval', '5m').replaceAll('$job', '.*')
    const errors: string[] = []
    parser.parse(text).iterate({ enter: ({ type, from, to }) => void (type.isError && errors.push(text.slice(from, to))) })
    expect(errors).toEqual([])
  })

  it.each([...queries, ...alerts])('%s looks at the rate of a counter, never at its value: %s', (_, expr) => {
    for (const name of namesIn(expr)) {
      const isGauge = (METRICS as Readonly<Record<string, MetricDefinition>>)[name]?.type === 'gauge'
      expect(new RegExp(`rate\\(${name}\\b`).test(expr)).toBe(!isGauge)
    }
  })

  it('shows every metric', () => {
    const shown = new Set(queries.flatMap(([, expr]) => namesIn(expr)))
    const hidden = Object.keys(METRICS).filter((name) => !shown.has(name) && !shown.has(`${name}_bucket`))
    expect(hidden).toEqual([])
  })

  it('has no two panels in one place', () => {
    const cells = panels.flatMap(({ gridPos: { h, w, x, y } }) =>
      Array.from({ length: h * w }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })
})
