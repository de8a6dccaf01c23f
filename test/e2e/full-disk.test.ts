import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from './support/server.ts'

const MEGABYTE = 1e6
/** What may be stored until the disk counts as full. Others may use the same disk meanwhile, so it is much more than they need. */
const USABLE = 1500 * MEGABYTE
const BATCH_SECRET = 'secret-of-the-disk'

let state: string
let server: RunningServer

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-disk-'))
  const { bavail, bsize } = statfsSync(state)
  const reserve = Math.floor((bavail * bsize - USABLE) / MEGABYTE)
  server = await startServer(state, { EMULSION_DISK_RESERVE_MB: String(reserve), EMULSION_BATCH_SECRET: BATCH_SECRET })
})
afterAll(async () => {
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

const filler = (): string => join(state, 'filler')
function fillDisk(): void {
  const { status } = spawnSync('fallocate', ['--length', String(USABLE + 500 * MEGABYTE), filler()], { stdio: 'inherit' })
  if (status !== 0) throw new Error('fallocate (util-linux) did not take the space.')
}

function send(method: string, path: string, body?: BodyInit, type = 'application/json'): Promise<Response> {
  const headers = { Authorization: `Bearer ${server.secretKey}`, ...(typeof body === 'string' && { 'Content-Type': type }) }
  const signal = AbortSignal.timeout(20_000)
  return fetch(server.origin + path, { method, headers, signal, ...(body !== undefined && { body }) })
}
const api = (method: string, path: string, body?: BodyInit, type?: string): Promise<Response> =>
  send(method, `/v2/accounts/${server.account}${path}`, body, type)
const put = (path: string, text = 'text'): Promise<Response> => api('POST', `/uploads/binary?filePath=${path}`, text, 'text/plain')
const read = (path: string): Promise<Response> => fetch(`${server.origin}/${server.account}${path}`)
const json = (value: unknown): string => JSON.stringify(value)
const batch = (): Promise<Response> =>
  fetch(`${server.origin}/request`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${BATCH_SECRET}` },
    body: json({
      service_id: 1,
      source: '/samples/lake.jpg',
      jobs: [{ destination: '/a.webp', transformations: [{ type: 'resize', width: 9 }] }],
    }),
  })

function form(): FormData {
  const parts = new FormData()
  parts.set('file', new Blob(['text'], { type: 'text/plain' }))
  return parts
}

/** Sends a file slowly, until an answer comes. @returns its status. */
function putSlowly(path: string, size: number): Promise<number> {
  const headers = { Authorization: `Bearer ${server.secretKey}`, 'Content-Type': 'application/octet-stream', 'Content-Length': size }
  return new Promise((done, failed) => {
    const url = `${server.origin}/v2/accounts/${server.account}/uploads/binary?filePath=${path}`
    const call = request(url, { method: 'POST', headers }, ({ statusCode = 0 }) => {
      clearInterval(timer)
      call.destroy()
      done(statusCode)
    })
    const timer = setInterval(() => call.write(Buffer.alloc(10_000)), 20)
    call.on('error', failed)
  })
}

const WRITES: readonly [string, () => Promise<Response>][] = [
  ['an upload', () => put('/new.txt')],
  ['an upload in parts', () => api('POST', '/uploads', json({ size: 6e6, mime: 'image/png', protocol: '1.1' }))],
  ['a save', () => send('POST', `/${server.account}/save/image/samples/lake.jpg?w=77`, '{}')],
  ['a copy', () => api('POST', '/files/copy', json({ source: '/samples/lake.jpg', destination: '/copy.jpg' }))],
  ['a job', () => api('POST', '/folders/copy', json({ source: '/samples', destination: '/copy' }))],
]

describe('a full disk', () => {
  it('refuses what would be stored, in the shape of the dialect, and says so once', async () => {
    expect((await put('/kept.txt', 'kept')).status).toBe(200)
    expect((await put('/deleted.txt')).status).toBe(200)
    const tier = async (): Promise<string | null> => (await read('/image/samples/lake.jpg?w=33')).headers.get('Emulsion-Cache')
    await expect.poll(tier, { interval: 20, timeout: 10_000 }).toBe('edge') // results are kept behind their answers
    fillDisk()
    await expect.poll(async () => (await put('/probe.txt')).status, { interval: 20 }).toBe(507) // the Worker believes the disk for 100 ms
    for (const [name, write] of WRITES) {
      const response = await write()
      const body = (await response.json()) as { error: { code: string } }
      expect([name, response.status, body.error.code]).toEqual([name, 507, 'storage_full'])
    }
    const refused = await batch()
    expect([refused.status, await refused.json()]).toEqual([507, { message: expect.stringContaining('full') as string }])
    const parts = (await (await api('POST', '/uploads/form_data', form())).json()) as { errors: { error: { code: string } }[] }
    expect(parts.errors.map(({ error }) => error.code)).toEqual(['storage_full'])
    expect(server.output().match(/The disk of the state folder is full/g)).toHaveLength(1)
  })

  it('is read as before, and pictures are made', async () => {
    expect(await (await read('/raw/kept.txt')).text()).toBe('kept')
    const cached = await read('/image/samples/lake.jpg?w=33')
    expect([cached.status, cached.headers.get('Emulsion-Cache')]).toEqual([200, 'edge'])
    expect((await read('/image/samples/lake.jpg?w=44')).status).toBe(200)
  })

  it('lets files be deleted, one by one and by a job', async () => {
    expect((await api('DELETE', '/files?filePath=/deleted.txt')).status).toBe(200)
    expect((await read('/raw/deleted.txt')).status).toBe(404)
    expect((await api('DELETE', '/files/batch', json({ files: ['/samples/still-life.jpg'] }))).status).toBe(200)
  })

  it('takes everything again when there is space, without a restart, and holds what it acknowledged', async () => {
    rmSync(filler())
    await expect.poll(async () => (await put('/probe.txt')).status, { interval: 20 }).toBe(200) // the Worker believes the disk for 100 ms
    for (const [name, write] of WRITES) expect([name, (await write()).status]).toEqual([name, 200])
    expect((await batch()).status).toBe(200)
    expect(await (await read('/raw/kept.txt')).text()).toBe('kept')
    expect(await (await read('/raw/new.txt')).text()).toBe('text')
    await expect.poll(() => server.output(), { timeout: 5000 }).toContain('has space again')
  })

  it('ends uploads under way, as soon as it gets full', async () => {
    const answer = putSlowly('/endless.bin', 50 * MEGABYTE)
    await expect(Promise.race([answer, new Promise((done) => setTimeout(done, 1000, 'waits'))])).resolves.toBe('waits')
    fillDisk()
    expect(await answer).toBe(507)
    expect((await read('/raw/endless.bin')).status).toBe(404)
    rmSync(filler())
  })
})
