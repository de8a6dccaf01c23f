import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import type { AppEnv } from '../../../src/http/dialect.ts'
import { answerMetrics, type MetricsDeps } from '../../../src/http/metrics/requests.ts'
import { createCounter } from '../../../src/service/counts/counts.ts'

const shared = {
  sendLater: () => undefined,
  send: () => Promise.resolve(),
  sum: () => Promise.resolve({ 'emulsion_cache_total{"tier":"edge"}': [3] }),
}
const deps: MetricsDeps = { metrics: createCounter(), shared, refresh: () => Promise.resolve(), token: undefined }

const ask = (given: MetricsDeps, headers: Record<string, string> = {}): Promise<Response> =>
  Promise.resolve(new Hono<AppEnv>().get('/-/metrics', (c) => answerMetrics(c, given)).request('/-/metrics', { headers }))

it('the metrics are the sum of all isolates', async () => {
  expect(await (await ask(deps)).text()).toContain('\nemulsion_cache_total{tier="edge"} 3\n')
})

it('a sum that is not whole is an error, which nobody takes for a lower one', async () => {
  const response = await ask({ ...deps, shared: { ...shared, sum: () => Promise.reject(new AppError('storage_unavailable')) } })
  expect([response.status, response.headers.get('Cache-Control')]).toEqual([502, 'no-store'])
  expect(await response.text()).not.toContain('emulsion_')
})

it('a token opens them, where one is set', async () => {
  const token = { ...deps, token: 'secret' }
  const statuses = await Promise.all([
    ask(token),
    ask(token, { Authorization: 'Bearer wrong' }),
    ask(token, { Authorization: 'Bearer secret' }),
  ])
  expect(statuses.map(({ status }) => status)).toEqual([401, 401, 200])
})
