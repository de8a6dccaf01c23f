import { expect, describe, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { createCounter } from '../../../src/service/counts/counts.ts'
import { countRuns, countSharedRuns } from '../../../src/service/render/count-runs.ts'
import { createTimings } from '../../../src/service/render/timings.ts'

describe('runs', () => {
  const source = { path: '/a.jpg', size: 1, etag: 'e' }
  const plan = { steps: [], output: { format: 'webp' as const, quality: 80 } }
  const timings = () => createTimings({ now: () => 0 })

  it('are counted by format and outcome', async () => {
    const metrics = createCounter()
    const good = countRuns(
      () => Promise.resolve({ body: new Uint8Array(), mime: 'image/webp', warnings: [], engine: 'core' as const }),
      metrics,
    )
    const bad = countRuns(() => Promise.reject(new AppError('invalid_image')), metrics)
    await good({ account: 'a', source, inputs: [], plan, lane: 'request' }, timings())
    await expect(bad({ account: 'a', source, inputs: [], plan, lane: 'request' }, timings())).rejects.toThrow(AppError)
    expect(metrics.take()).toEqual({
      'emulsion_renders_total{"format":"webp","outcome":"ok"}': [1],
      'emulsion_renders_total{"format":"webp","outcome":"invalid_image"}': [1],
    })
  })

  it('of several plans are counted each', async () => {
    const metrics = createCounter()
    const run = countSharedRuns(async (_request, _timings, onOutcome) => {
      await onOutcome(0, { body: new Uint8Array(), mime: 'image/webp', warnings: [], engine: 'core' as const })
      await onOutcome(1, new AppError('output_too_large'))
    }, metrics)
    await run({ account: 'a', source, plans: [plan, plan] }, timings(), () => Promise.resolve(true))
    expect(metrics.take()).toEqual({
      'emulsion_renders_total{"format":"webp","outcome":"ok"}': [1],
      'emulsion_renders_total{"format":"webp","outcome":"output_too_large"}': [1],
    })
  })
})
