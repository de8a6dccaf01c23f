import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { runHandleDrill } from '../../scripts/handle-drill.ts'
import { replaceOnce } from '../../scripts/fault-drill/replace-once.ts'
import { SABOTAGES } from '../../scripts/handle-drill/sabotage.ts'

const ROOT = resolve(import.meta.dirname, '../..')

it.each(Object.entries(SABOTAGES))('the sabotage %s changes the Worker in its one place', (_, sabotage) => {
  const worker = readFileSync(join(ROOT, 'dist/index.js'), 'utf8')
  expect(replaceOnce(worker, sabotage)).not.toBe(worker)
})

/** A short form of `npm run drill:handles`. */
it(
  'every answered handle is readable, and nothing else visible, after the server was killed again and again',
  { timeout: 240_000 },
  async () => {
    const report = await runHandleDrill({ stores: 30, kills: 2, sabotage: null, progress: () => undefined })
    expect(report).toMatchObject({ stores: 30, kills: 2, problems: [] })
  },
)
