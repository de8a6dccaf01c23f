// Drills with many clients at once against `npm start`, on photographs of 24 megapixels that the project makes itself.
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runtimesOf } from '../e2e/support/processes.ts'
import { startServer, type RunningServer } from '../e2e/support/server.ts'
import { largePhoto, sample } from '../support/pictures.ts'

const [WIDTH, HEIGHT] = [6000, 4000]
const CLIENTS = 8
/** Everything that the process takes for it: the budget of 80 MB is a part, the storage's simulation another. */
const MAX_GROWTH_MEGABYTES = 120

let state: string
let server: RunningServer

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-load-'))
  server = await startServer(state)
})
afterAll(async () => {
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

async function store(path: string, body: Uint8Array): Promise<void> {
  const headers = { Authorization: `Bearer ${server.secretKey}`, 'Content-Type': 'image/jpeg' }
  const target = `${server.origin}/v2/accounts/${server.account}/uploads/binary?filePath=${path}`
  expect((await fetch(target, { method: 'POST', headers, body: new Uint8Array(body) })).status).toBe(200)
}

const image = (path: string, query: string): string => `${server.origin}/${server.account}/image${path}?${query}`

/** Different photographs of one size: turned, mirrored, baseline and progressive, with and without subsampling. */
async function storePhotos(): Promise<readonly string[]> {
  const rgb = await sharp(await largePhoto())
    .resize(WIDTH, HEIGHT, { fit: 'fill' })
    .raw()
    .toBuffer()
  const paths: string[] = []
  for (let i = 0; i < CLIENTS; i++) {
    const picture = sharp(rgb, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
      .flip((i & 1) !== 0)
      .flop((i & 2) !== 0)
      .linear(1 - i / 100)
    const path = `/load/${i}.jpg`
    await store(path, await picture.jpeg({ quality: 85, progressive: i >= 6, chromaSubsampling: i === 5 ? '4:4:4' : '4:2:0' }).toBuffer())
    paths.push(path)
  }
  return paths
}

const megabytes = (pid: number, field: 'VmHWM' | 'VmRSS'): number =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

describe('eight photographs of 24 megapixels at once', () => {
  it.each(['w=800&f=jpeg', 'w=800&f=webp'])('%s: all succeed, and workerd with its renderers stays small', async (query) => {
    const paths = await storePhotos()
    // A fresh process: what the uploads took is not what we measure.
    await server.stop()
    server = await startServer(state)
    expect((await fetch(image('/samples/lake.jpg', `${query}&v=warm`))).status).toBe(200)
    const pids = runtimesOf(server.process.pid ?? 0)
    const sum = (field: 'VmHWM' | 'VmRSS'): number => pids.reduce((total, pid) => total + megabytes(pid, field), 0)
    const idle = sum('VmRSS')
    for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5')
    const started = performance.now()
    const answers = await Promise.all(
      paths.map(async (path) => {
        const response = await fetch(image(path, query))
        return { status: response.status, timing: response.headers.get('Server-Timing'), body: Buffer.from(await response.arrayBuffer()) }
      }),
    )
    const seconds = (performance.now() - started) / 1000
    const peak = sum('VmHWM')
    console.log(`${query}: ${CLIENTS} in ${seconds.toFixed(2)} s; workerd ${idle.toFixed(0)} MB before, peak ${peak.toFixed(0)} MB`)
    console.log(answers.map(({ timing }) => timing).join('\n'))
    for (const { status, body } of answers) {
      expect(status, body.subarray(0, 200).toString('latin1')).toBe(200)
      expect((await sharp(body).metadata()).width).toBe(800)
    }
    expect(peak - idle).toBeLessThan(MAX_GROWTH_MEGABYTES)
  })
})

/** Asks, and hangs up without a word after some milliseconds. */
function hangUp(url: string, milliseconds: number): Promise<void> {
  const { hostname, port, pathname, search } = new URL(url)
  return new Promise((done) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`)
      setTimeout(() => {
        socket.destroy()
        done()
      }, milliseconds)
    })
    socket.on('error', () => done())
  })
}

describe('clients that hang up', () => {
  it('leave those who wait for the same result with theirs', async () => {
    // Padded, so that there is time to hang up while the file is read.
    const file = new Uint8Array(45_000_000)
    file.set(await sample())
    await store('/load/gone.jpg', file)
    for (const milliseconds of [1, 3, 6, 10, 15, 20, 30, 40, 60, 80, 120]) {
      const url = image('/load/gone.jpg', `w=${400 + milliseconds}&f=webp`)
      const gone = hangUp(url, milliseconds)
      await new Promise((done) => setTimeout(done, Math.max(0, milliseconds - 5)))
      const others = await Promise.all([1, 2].map(async () => (await fetch(url, { signal: AbortSignal.timeout(10_000) })).status))
      expect(others, `gone after ${milliseconds} ms`).toEqual([200, 200])
      await gone
    }
  })

  it('do not keep the memory that their work had', async () => {
    await store('/load/many.jpg', await largePhoto())
    // Each takes so much of the budget that three do not fit; more than the queue holds, had they stayed in it.
    const ask = (i: number): Promise<void> =>
      hangUp(image('/load/many.jpg', `w=1700&h=${1000 + i}&fit=stretch&f=webp&c=1`), 5 + 15 * (i % 20))
    for (let round = 0; round < 3; round++) await Promise.all(Array.from({ length: 20 }, (_, i) => ask(round * 20 + i)))
    await expect
      .poll(async () => (await fetch(image('/load/many.jpg', 'w=1701&f=webp&c=1'), { signal: AbortSignal.timeout(60_000) })).status, {
        interval: 1000,
        timeout: 120_000,
      })
      .toBe(200)
  })
})
