import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startServer, type RunningServer } from './support/server.ts'

const state = mkdtempSync(join(tmpdir(), 'emulsion-renderer-files-'))
const photo = readFileSync(join(import.meta.dirname, '../../samples/lake.jpg'))
let server: RunningServer
beforeAll(async () => {
  server = await startServer(state, { EMULSION_RENDERERS: '1' })
  await put('/large.jpg', Buffer.concat([photo, Buffer.alloc(4_000_000)])) // what stands behind a picture is passed over
  await put('/layer.jpg', photo)
  await put('/no-picture.jpg', Buffer.from('no picture'))
})
afterAll(async () => {
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

async function put(path: string, body: Buffer): Promise<void> {
  const headers = { Authorization: `Bearer ${server.secretKey}`, 'Content-Type': 'image/jpeg' }
  const url = `${server.origin}/v2/accounts/${server.account}/uploads/binary?filePath=${path}`
  expect((await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) })).status).toBe(200)
}

it.each([
  ['a source that is its own layer', (i: number) => `large.jpg?image=/large.jpg&layer-w=50&w=${100 + i}`, 200],
  ['one layer twice', (i: number) => `layer.jpg?image=/large.jpg&layer-w=50&image=/large.jpg&layer-w=60&w=${100 + i}`, 200],
  ['a source that is no picture, before a large layer', (i: number) => `no-picture.jpg?image=/large.jpg&layer-w=50&w=${100 + i}`, 415],
])('%s is answered, and the renderer stays in use', async (_, query, status) => {
  for (let i = 0; i < 5; i++) {
    const response = await fetch(`${server.origin}/${server.account}/image/${query(i)}`)
    await response.arrayBuffer()
    expect(response.status).toBe(status)
    if (status === 200) expect(response.headers.get('server-timing')).toContain('hop;dur=')
  }
  expect(server.output()).not.toContain('renderer failed')
})
