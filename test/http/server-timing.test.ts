import { expect, it } from 'vitest'
import { serverTiming } from '../../src/http/user-content.ts'
import { createTimings } from '../../src/service/render/timings.ts'

it('Server-Timing says the plan, then the phases in the order of their beginning', async () => {
  let now = 0
  const timings = createTimings({ now: () => now })
  await timings.measure('fetch', () => void (now += 1.26))
  await timings.measure('render', () => void (now += 20))
  await timings.measure('fetch', () => void (now += 1))
  expect(serverTiming(timings)).toBe('fetch;dur=2.3, render;dur=20')
  timings.note('plan', '1 ms in 1.0 MB')
  timings.note('plan', '45 ms in 12.3 MB')
  expect(serverTiming(timings)).toBe('plan;desc="45 ms in 12.3 MB", fetch;dur=2.3, render;dur=20')
})
