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
