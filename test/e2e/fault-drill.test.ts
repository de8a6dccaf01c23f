import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { runDrill, SHORT } from '../../scripts/fault-drill.ts'
import { sabotaged, SABOTAGES, type Sabotage } from '../../scripts/fault-drill/sabotage.ts'

const ROOT = resolve(import.meta.dirname, '../..')

it.each(Object.keys(SABOTAGES) as Sabotage[])('the sabotage %s changes the Worker in its one place', (name) => {
  const worker = readFileSync(join(ROOT, 'dist/index.js'), 'utf8')
  expect(sabotaged(worker, name)).not.toBe(worker)
})

/** The short form of `npm run drill`: the long one takes minutes. */
it('loses nothing and does nothing twice while the whole server is killed again and again', { timeout: 240_000 }, async () => {
  const report = await runDrill({
    ...SHORT,
    faults: false,
    sabotage: null,
    photos: join(ROOT, 'samples'),
    progress: () => undefined,
  })
  expect(report).toMatchObject({ processes: 24, kills: 3, finished: 24, jobs: 72, problems: [], callbacks: { delivered: 24 } })
})
