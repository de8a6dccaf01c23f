import { describe, expect, it } from 'vitest'
import { createTextMetrics } from '../../../src/adapters/text-metrics.ts'
import { AppError } from '../../../src/errors.ts'
import { METRICS } from '../../../src/service/metrics.ts'
import { countRuns, countSharedRuns } from '../../../src/service/render/count-runs.ts'
import { createTimings } from '../../../src/service/render/timings.ts'

const lines = async (metrics: ReturnType<typeof createTextMetrics>): Promise<readonly string[]> =>
  (await metrics.text()).split('\n').filter((line) => !line.startsWith('#') && line !== '')

describe('the text', () => {
  it('has help and type of every metric, also of one that nobody has counted yet', async () => {
    const text = await createTextMetrics().text()
    for (const [name, { type, help }] of Object.entries(METRICS)) expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`)
    expect(text.endsWith('\n')).toBe(true)
  })

  it('has a series for each set of labels', async () => {
    const metrics = createTextMetrics()
    metrics.add('emulsion_cache_total', { tier: 'edge' })
    metrics.add('emulsion_cache_total', { tier: 'miss' })
    metrics.add('emulsion_cache_total', { tier: 'edge' })
    metrics.set('emulsion_memory_bytes', {}, 5)
    metrics.set('emulsion_memory_bytes', {}, 3)
    expect(await lines(metrics)).toEqual([
      'emulsion_cache_total{tier="edge"} 2',
      'emulsion_cache_total{tier="miss"} 1',
      'emulsion_memory_bytes 3',
    ])
  })

  it('escapes what stands in a label', async () => {
    const metrics = createTextMetrics()
    metrics.add('emulsion_cache_total', { tier: 'a"b\\c\nd' })
    expect(await lines(metrics)).toEqual(['emulsion_cache_total{tier="a\\"b\\\\c\\nd"} 1'])
  })

  it('sums a histogram up to each bound', async () => {
    const metrics = createTextMetrics()
    for (const seconds of [0.001, 0.02, 40]) metrics.observe('emulsion_phase_seconds', { phase: 'decode' }, seconds)
    const text = await lines(metrics)
    const bucket = (le: string): string => `emulsion_phase_seconds_bucket{phase="decode",le="${le}"}`
    expect(text).toContain(`${bucket('0.001')} 1`)
    expect(text).toContain(`${bucket('0.01')} 1`)
    expect(text).toContain(`${bucket('0.025')} 2`)
    expect(text).toContain(`${bucket('30')} 2`)
    expect(text).toContain(`${bucket('+Inf')} 3`)
    expect(text).toContain('emulsion_phase_seconds_count{phase="decode"} 3')
    expect(text).toContain('emulsion_phase_seconds_sum{phase="decode"} 40.021')
  })
})

describe('runs', () => {
  const source = { path: '/a.jpg', size: 1, etag: 'e' }
  const plan = { steps: [], output: { format: 'webp' as const, quality: 80 } }
  const timings = () => createTimings({ now: () => 0 })

  it('are counted by format and outcome', async () => {
    const metrics = createTextMetrics()
    const good = countRuns(
      () => Promise.resolve({ body: new Uint8Array(), mime: 'image/webp', warnings: [], engine: 'core' as const }),
      metrics,
    )
    const bad = countRuns(() => Promise.reject(new AppError('invalid_image')), metrics)
    await good({ account: 'a', source, inputs: [], plan, lane: 'request' }, timings())
    await expect(bad({ account: 'a', source, inputs: [], plan, lane: 'request' }, timings())).rejects.toThrow(AppError)
    expect(await lines(metrics)).toEqual([
      'emulsion_renders_total{format="webp",outcome="ok"} 1',
      'emulsion_renders_total{format="webp",outcome="invalid_image"} 1',
    ])
  })

  it('of several plans are counted each', async () => {
    const metrics = createTextMetrics()
    const run = countSharedRuns(async (_request, _timings, onOutcome) => {
      await onOutcome(0, { body: new Uint8Array(), mime: 'image/webp', warnings: [], engine: 'core' as const })
      await onOutcome(1, new AppError('output_too_large'))
    }, metrics)
    await run({ account: 'a', source, plans: [plan, plan] }, timings(), () => Promise.resolve(true))
    expect(await lines(metrics)).toEqual([
      'emulsion_renders_total{format="webp",outcome="ok"} 1',
      'emulsion_renders_total{format="webp",outcome="output_too_large"} 1',
    ])
  })
})
