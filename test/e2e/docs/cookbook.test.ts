import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startServer, type RunningServer } from '../support/server.ts'

const DOCS = resolve(import.meta.dirname, '../../../docs')

/** What the page says: heading, URL, picture, size. */
const told = [
  ...readFileSync(join(DOCS, 'cookbook.md'), 'utf8').matchAll(
    /^### (.+)\n[^]*?^```\n(\/\S+)\n```\n\n!\[[^\]]*\]\((\S+)\)\n\n(\d+) × (\d+) pixels/gm,
  ),
].map(([, title = '', url = '', picture = '', width, height]) => ({ title, url, picture, width: Number(width), height: Number(height) }))

let state: string
let server: RunningServer
beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-'))
  server = await startServer(state)
})
afterAll(async () => {
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

it('the cookbook has thirty recipes', () => {
  expect(new Set(told.map(({ url }) => url)).size).toBe(30)
})

it.each(told)('$title: the URL of the page answers the picture of the page', async ({ url, picture, width, height }) => {
  const response = await fetch(server.origin + url)
  const bytes = new Uint8Array(await response.arrayBuffer())
  const { format, ...size } = await sharp(bytes).metadata()
  expect([response.status, format, size.width, size.height]).toEqual([200, 'webp', width, height])
  expect(hash(bytes)).toBe(hash(readFileSync(join(DOCS, picture))))
})
