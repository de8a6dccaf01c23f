// Extra check: needs ../shared/corpus beside the project (`npm run test:corpus`). Other people's pictures are run from where they are.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from '../e2e/support/server.ts'

interface CorpusFile {
  readonly path: string
  readonly format: string
  readonly width?: number
  readonly height?: number
  readonly valid: boolean
  readonly decodable: 'yes' | 'partial' | 'no'
  readonly pages?: number
}

const CORPUS = resolve(import.meta.dirname, '../../../shared/corpus')
const { files } = JSON.parse(readFileSync(join(CORPUS, 'manifest.json'), 'utf8')) as { readonly files: readonly CorpusFile[] } // the corpus's own index
const WIDTH = 100

let state: string
let server: RunningServer

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-corpus-'))
  server = await startServer(state)
})
afterAll(async () => {
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

async function transform(file: CorpusFile): Promise<Response> {
  const path = `/corpus/${file.path.replaceAll(/[^\w./-]/g, '_')}`
  const headers = { Authorization: `Bearer ${server.secretKey}` }
  const body = readFileSync(join(CORPUS, file.path))
  const stored = await fetch(`${server.origin}/v2/accounts/${server.account}/uploads/binary?filePath=${encodeURIComponent(path)}`, {
    method: 'POST',
    headers,
    body,
  })
  expect(stored.status).toBe(200)
  return fetch(`${server.origin}/${server.account}/image${path}?w=${WIDTH}&f=png`, { signal: AbortSignal.timeout(10_000) })
}

describe.each(Object.entries(Object.groupBy(files, ({ path }) => path.split('/')[0] ?? '')))('%s', (_folder, group = []) => {
  it.each(group.map((file) => [file.path, file] as const))('%s', async (_path, file) => {
    const response = await transform(file)
    const body = Buffer.from(await response.arrayBuffer())
    const text = response.ok ? '' : body.toString()
    expect([200, 415, 422], text).toContain(response.status)
    if (response.ok) expect((await sharp(body).metadata()).width).toBe(WIDTH)
    else expect(JSON.parse(text)).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } })
    const ours = ['jpeg', 'png', 'webp'].includes(file.format)
    const still = (file.pages ?? 1) === 1
    if (ours && still && file.valid && file.decodable === 'yes') expect(response.status, text).toBe(200)
  })
})

it('the server that answered all of it is the one that was started', () => {
  expect(server.process.exitCode).toBeNull()
})
