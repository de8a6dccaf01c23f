import { expect, it } from 'vitest'
import { metricsText } from '../../../src/http/metrics/text.ts'
import { createCounter, type Counter } from '../../../src/service/counts/counts.ts'
import { METRICS } from '../../../src/service/metrics.ts'

const lines = (counter: Counter): readonly string[] =>
  metricsText(counter.take(), counter.gauges())
    .split('\n')
    .filter((line) => !line.startsWith('#') && line !== '')

it('has help and type of every metric, also of one that nobody has counted yet', () => {
  const text = metricsText({})
  for (const [name, { type, help }] of Object.entries(METRICS)) expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`)
  expect(text.endsWith('\n')).toBe(true)
})

it('has a series for each set of labels', () => {
  const counter = createCounter()
  counter.add('emulsion_cache_total', { tier: 'edge' })
  counter.add('emulsion_cache_total', { tier: 'miss' })
  counter.add('emulsion_cache_total', { tier: 'edge' }, 5)
  counter.set('emulsion_memory_bytes', {}, 5)
  counter.set('emulsion_memory_bytes', {}, 3)
  expect(lines(counter)).toEqual(['emulsion_cache_total{tier="edge"} 6', 'emulsion_cache_total{tier="miss"} 1', 'emulsion_memory_bytes 3'])
})

it('escapes what stands in a label', () => {
  const counter = createCounter()
  counter.add('emulsion_cache_total', { tier: 'a"b\\c\nd{}' })
  expect(lines(counter)).toEqual(['emulsion_cache_total{tier="a\\"b\\\\c\\nd{}"} 1'])
})

it('sums a histogram up to each bound', () => {
  const counter = createCounter()
  for (const seconds of [0.001, 0.02, 40]) counter.observe('emulsion_phase_seconds', { phase: 'decode' }, seconds)
  const text = lines(counter)
  const bucket = (le: string): string => `emulsion_phase_seconds_bucket{phase="decode",le="${le}"}`
  expect(text).toContain(`${bucket('0.001')} 1`)
  expect(text).toContain(`${bucket('0.01')} 1`)
  expect(text).toContain(`${bucket('0.025')} 2`)
  expect(text).toContain(`${bucket('30')} 2`)
  expect(text).toContain(`${bucket('+Inf')} 3`)
  expect(text).toContain('emulsion_phase_seconds_count{phase="decode"} 3')
  expect(text).toContain('emulsion_phase_seconds_sum{phase="decode"} 40.021')
})

it('leaves out what another version counts', () => {
  expect(metricsText({ 'emulsion_forgotten_total{"a":"b"}': [1] })).toBe(metricsText({}))
})
