import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildUpload } from '../../../scripts/packages/build-upload.ts'
import { coreModule } from '../../support/core-module.ts'

const PACKAGE = resolve(import.meta.dirname, '../../../packages/upload')
const folder = mkdtempSync(join(tmpdir(), 'emulsion-pack-'))
const installed = join(folder, 'package')

/** As `npm pack` packs it and `npm install` lays it down; types are what `npm run check:types` checks. */
beforeAll(async () => {
  await coreModule()
  const packed = join(folder, 'packed')
  mkdirSync(packed)
  cpSync(join(PACKAGE, 'package.json'), join(packed, 'package.json'))
  await buildUpload(join(packed, 'dist'), false)
  const pack = spawnSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: packed, encoding: 'utf8' })
  expect(pack.status, pack.stderr).toBe(0)
  expect(spawnSync('tar', ['-xzf', join(folder, pack.stdout.trim()), '-C', folder]).status).toBe(0)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('has all that its scripts name beside them', () => {
  const scripts = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))
  expect(scripts).toEqual(expect.arrayContaining(['index.js', 'element.js', 'worker.js']))
  const missing = scripts.flatMap((script) => {
    const text = readFileSync(join(installed, 'dist', script), 'utf8')
    return [...text.matchAll(/(?:from|import\(?|new URL\()\s*["'](\.\.?\/[^"'$]+)["']/g)]
      .map(([, name = '']) => join(dirname(script), name))
      .filter((name) => !existsSync(join(installed, 'dist', name)))
  })
  expect(missing).toEqual([])
  // The worker makes these names of its own.
  const assets = readdirSync(join(installed, 'dist/assets'))
  expect(assets).toEqual(expect.arrayContaining(['core.wasm', 'heicDecoder.wasm', 'avifEncoder.wasm', 'sans-regular.ttf']))
})

it('is imported by name, without a page', async () => {
  const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { exports: Record<string, { default: string }> }
  const functions = (await import(pathToFileURL(join(installed, exports['.']?.default ?? '')).href)) as object
  expect(Object.keys(functions).toSorted()).toEqual([
    'EmulsionError',
    'UploadError',
    'abandon',
    'loadIngest',
    'prepare',
    'sendPrepared',
    'upload',
  ])
})
