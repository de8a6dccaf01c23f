import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

/** The rows of the table of docs/security.md: attack, protection, tests. */
const rows = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (attack|-)/.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim()),
  )

describe('docs/security.md', () => {
  it('has rows of three cells', () => {
    expect(rows.length).toBeGreaterThan(15)
    for (const row of rows) expect(row).toHaveLength(3)
  })

  it.each(rows.map(([attack = '', , tests = '']) => [attack, tests]))('%s: its tests exist', (_, tests) => {
    const files = [...tests.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '')
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) expect(file.endsWith('.test.ts') && existsSync(join(ROOT, file)), file).toBe(true)
  })
})
