import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ROOT, textOf } from '../support/import-graph.ts'

const pages = readdirSync(`${ROOT}/docs`)
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)
  .concat('README.md', 'CONTRIBUTING.md')
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }

it.each(pages)('%s names only npm scripts that exist', (page) => {
  const named = [...textOf(page).matchAll(/npm run (?:--?\w+ )*([a-z][\w:-]*)/g)].map((match) => match[1] ?? '')
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
})

it.each(pages)('%s starts no TypeScript with a bare node, which fails on Node 20', (page) => {
  expect(textOf(page).match(/(?<![\w/.])node (?:--?\S+ )*\S+\.ts\b/g) ?? []).toEqual([])
})
