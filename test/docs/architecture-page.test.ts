import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT, textOf } from '../support/import-graph.ts'

const page = textOf('docs/architecture.md')
const [, questions = ''] = page.split('## Where do I look for')
const rows = questions.split('\n').filter((line) => /^\| .*\?/.test(line))

it('answers at least 40 questions, each with a file', () => {
  expect(rows.length).toBeGreaterThanOrEqual(40)
  expect(rows.filter((row) => !/\| `[\w./-]+\.ts` +\|$/.test(row))).toEqual([])
})

it('names only files and folders that exist', () => {
  const named = [...page.matchAll(/`((?:src|test|console|public|docs|scripts|bench)\/[\w./-]*)`/g)].map((match) => match[1] ?? '')
  expect(named.length).toBeGreaterThan(60)
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
})
