import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { replaceFile } from '../../scripts/built-files/replace-file.ts'

let folder: string
beforeAll(() => {
  // On the disk of what is built: a file moves at once on one disk alone.
  const build = resolve(import.meta.dirname, '../../build')
  mkdirSync(build, { recursive: true })
  folder = mkdtempSync(join(build, 'replace-file-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('writes into folders that are not there yet, and leaves nothing beside', () => {
  replaceFile(join(folder, 'new/page.html'), 'one')
  expect(readFileSync(join(folder, 'new/page.html'), 'utf8')).toBe('one')
  expect(readdirSync(join(folder, 'new'))).toEqual(['page.html'])
})

it('leaves a file alone that is the same already', () => {
  const file = join(folder, 'same.js')
  writeFileSync(file, 'same')
  utimesSync(file, 1, 1)
  replaceFile(file, new TextEncoder().encode('same'))
  expect(statSync(file).mtimeMs).toBe(1000)
})

it('puts another file in the place: who reads the old one reads it to its end', () => {
  const file = join(folder, 'other.js')
  writeFileSync(file, 'old')
  const { ino } = statSync(file)
  replaceFile(file, 'new')
  expect([readFileSync(file, 'utf8'), statSync(file).ino === ino]).toEqual(['new', false])
})
