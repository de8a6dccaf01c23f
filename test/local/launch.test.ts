import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const LOCAL = resolve(import.meta.dirname, '../../src/local')

let clone: string
beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'emulsion-clone-'))
  mkdirSync(join(clone, 'src'))
  cpSync(LOCAL, join(clone, 'src/local'), { recursive: true })
})
afterAll(() => rmSync(clone, { recursive: true }))

it('a clone without packages is told to install them, in one line', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, 'src/local/launch.mjs')], { encoding: 'utf8' })
  expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: 'The packages are not installed: run "npm ci" first.\n' })
})
