import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startServer, type RunningServer } from './support/server.ts'

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

it('a photograph below the prefix of a rule has its derivatives within seconds', async () => {
  const body = readFileSync(resolve(import.meta.dirname, '../../samples/lake.jpg'))
  const { origin, account, secretKey } = server
  const upload = await fetch(`${origin}/v2/accounts/${account}/uploads/binary?filePath=/incoming/lake.jpg`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'image/jpeg' },
    body,
  })
  expect(upload.status).toBe(200)
  for (const width of [200, 800]) {
    const derivative = await vi.waitUntil(
      async () => {
        const response = await fetch(`${origin}/${account}/raw/incoming/thumbs/lake-${width}.webp`)
        return response.ok ? Buffer.from(await response.arrayBuffer()) : null
      },
      { timeout: 20_000, interval: 200 },
    )
    const { format, width: given } = await sharp(derivative).metadata()
    expect({ format, width: given }).toEqual({ format: 'webp', width })
  }
})

/** The server dies at once after the last answer: nothing in memory survives. */
async function killAndRestart(): Promise<void> {
  await server.stop('SIGKILL')
  server = await startServer(state)
}

const send = async (method: string, path: string, body?: Buffer): Promise<void> => {
  const { origin, account, secretKey } = server
  const [url, type] = method === 'DELETE' ? ['files', {}] : ['uploads/binary', { 'Content-Type': 'image/jpeg' }]
  const response = await fetch(`${origin}/v2/accounts/${account}/${url}?filePath=${encodeURIComponent(path)}`, {
    method,
    headers: { Authorization: `Bearer ${secretKey}`, ...type },
    ...(body && { body }),
  })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
}
const statusOf = async (path: string): Promise<number> => (await fetch(`${server.origin}/${server.account}/raw${path}`)).status

it('no upload and no deletion that was answered is forgotten when the server is killed directly afterwards', async () => {
  const small = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#906030' } })
    .jpeg()
    .toBuffer()
  const names = Array.from({ length: 20 }, (_, i) => `killed-${i}`)
  await Promise.all(names.map((name) => send('POST', `/incoming/${name}.jpg`, small)))
  await killAndRestart()
  for (const name of names) {
    for (const width of [200, 800])
      await vi.waitUntil(async () => (await statusOf(`/incoming/thumbs/${name}-${width}.webp`)) === 200, { timeout: 60_000, interval: 200 })
  }
  await Promise.all(names.map((name) => send('DELETE', `/incoming/${name}.jpg`)))
  await killAndRestart()
  for (const name of names)
    await vi.waitUntil(async () => (await statusOf(`/incoming/thumbs/${name}-200.webp`)) === 404, { timeout: 60_000, interval: 200 })
}, 240_000)
