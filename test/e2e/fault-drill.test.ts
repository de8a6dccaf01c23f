import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { runDrill } from '../../scripts/fault-drill.ts'

/** The short form of `node scripts/fault-drill.ts`: the long one takes minutes. */
it('loses nothing while the whole server is killed again and again', async () => {
  const report = await runDrill({
    processes: 24,
    kills: 3,
    maxLifeMs: 4000,
    faults: false,
    photos: join(resolve(import.meta.dirname, '../..'), 'samples'),
    deadlineMs: 60_000,
    progress: () => undefined,
  })
  expect(report).toMatchObject({ processes: 24, kills: 3, finished: 24, jobs: 72, problems: [], callbacks: { delivered: 24 } })
  expect(report.attempts).toBeGreaterThanOrEqual(72)
})
