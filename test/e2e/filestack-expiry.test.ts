import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { APP_VARIABLES, OPEN } from './support/filestack-apps.ts'
import { startServer, type RunningServer } from './support/server.ts'
import { storageOf } from './support/storage.ts'

const MIB = 1024 * 1024
let state: string
let server: RunningServer

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-'))
  server = await startServer(state, { ...APP_VARIABLES, EMULSION_UPLOAD_EXPIRY_SECONDS: '8' })
})
afterAll(async () => {
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

interface Ticket {
  readonly uri: string
  readonly upload_id: string
}
const post = async (call: string, body: object): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> => {
  const response = await fetch(`${server.origin}/multipart/${call}`, {
    method: 'POST',
    body: JSON.stringify({ apikey: OPEN.key, ...body }),
  })
  return { status: response.status, json: (await response.json()) as Record<string, unknown> }
}
async function send(ticket: Ticket, part: number, bytes: Buffer, chunk: object): Promise<void> {
  const { json } = await post('upload', { ...ticket, part, size: bytes.length, ...chunk })
  expect((await fetch(String(json['url']), { method: 'PUT', body: new Uint8Array(bytes) })).status).toBe(200)
}

it('40 uploads that nobody ends leave nothing after their expiry: no parts, no chunks', async () => {
  const before = storageOf(state)
  const tickets: Ticket[] = []
  let most = 0
  for (let i = 0; i < 40; i++) {
    const { json } = await post('start', { filename: 'a.bin', size: 11 * MIB, fii: true })
    const ticket = { uri: String(json['uri']), upload_id: String(json['upload_id']) }
    tickets.push(ticket)
    if (i % 8 === 0) await send(ticket, 1, randomBytes(5 * MIB), {})
    if (i % 8 === 4) await send(ticket, 1, randomBytes(MIB), { fii: true, offset: 0 })
    most = Math.max(most, storageOf(state).bytes)
  }
  expect(most - before.bytes).toBeGreaterThanOrEqual(6 * MIB)
  const gone = async ({ uri, upload_id }: Ticket): Promise<boolean> => (await post('commit', { uri, upload_id, part: 1 })).status === 404
  for (let i = 0; i < 120 && (await Promise.all(tickets.map(gone))).includes(false); i++) await new Promise((wait) => setTimeout(wait, 500))
  expect(await Promise.all(tickets.map(gone))).toEqual(tickets.map(() => true))
  expect(storageOf(state)).toEqual(before)
})
