import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { runDrill, SHORT } from '../../scripts/fault-drill.ts'

/** The short form of `npm run drill`: the long one takes minutes. */
it('loses nothing and does nothing twice while the whole server is killed again and again', { timeout: 240_000 }, async () => {
  const report = await runDrill({
    ...SHORT,
    faults: false,
    sabotage: null,
    photos: join(resolve(import.meta.dirname, '../..'), 'samples'),
    progress: () => undefined,
  })
  expect(report).toMatchObject({ processes: 24, kills: 3, finished: 24, jobs: 72, problems: [], callbacks: { delivered: 24 } })
})
