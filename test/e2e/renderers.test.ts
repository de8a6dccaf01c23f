import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UrlBuilder } from '@bytescale/sdk'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { codePoints, writeAvif } from '../image/codecs/avif-file.ts'
import { hevcItem } from '../image/codecs/hevc-picture.ts'
import { renderersOf } from './support/processes.ts'
import { startServer, type RunningServer } from './support/server.ts'

const state = mkdtempSync(join(tmpdir(), 'emulsion-renderers-'))
const SECRET = 'secret-of-the-test'
let server: RunningServer
beforeAll(async () => {
  server = await startServer(state, { EMULSION_RENDERERS: '2', EMULSION_BATCH_SECRET: SECRET })
})
afterAll(async () => {
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

const rendererPids = (): readonly number[] => renderersOf(server.process.pid ?? 0)

const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds))
const image = (width: number): string => `${server.origin}/${server.account}/image/samples/lake.jpg?w=${width}&f=jpeg`

it('runs two processes, whose answers are pictures and errors as ever', async () => {
  expect(rendererPids()).toHaveLength(2)
  const good = await fetch(image(111))
  expect([good.status, good.headers.get('content-type'), good.headers.get('emulsion-cache')]).toEqual([200, 'image/jpeg', 'miss'])
  expect(good.headers.get('server-timing')).toContain('hop;dur=')
  await good.arrayBuffer()
  expect((await fetch(`${image(111)}&crop-x=99999&crop-w=5&crop-h=5&crop-y=0`)).status).toBeLessThan(500)
})

it('show HEIC, which the Worker itself cannot', async () => {
  const sides = { width: 96, height: 64 }
  const item = hevcItem({ ...sides, chroma: 1, bits: 8, sample: (plane) => [120, 90, 180][plane] ?? 0 })
  const file = writeAvif({ brand: 'heic', items: [{ ...item, properties: [...item.properties, codePoints(1, 13, 6)] }] })
  const show = async ({ origin, account, secretKey }: RunningServer) => {
    const upload = await fetch(`${origin}/v2/accounts/${account}/uploads/binary?filePath=/phone.heic`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'image/heic' },
      body: file as BodyInit,
    })
    expect(upload.status).toBe(200)
    const answer = await fetch(`${origin}/${account}/image/phone.heic?w=48&f=png`)
    return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) }
  }
  const { status, body } = await show(server)
  expect(status).toBe(200)
  const { info, data } = await sharp(body).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  expect([info.width, info.height]).toEqual([48, 32])
  for (const [channel, level] of [193, 96, 53].entries()) expect(Math.abs((data[channel] ?? 0) - level)).toBeLessThanOrEqual(2) // BT.601

  const folder = mkdtempSync(join(tmpdir(), 'emulsion-renderers-'))
  const alone = await startServer(folder, { EMULSION_RENDERERS: '0' })
  try {
    const refused = await show(alone)
    expect([refused.status, refused.body.toString()]).toEqual([415, expect.stringContaining('RENDERER')])
  } finally {
    await alone.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})

it('write AVIF: by the vendor’s SDK, and for clients that name it', async () => {
  const { origin, account } = server
  const url = (f: 'auto' | 'avif'): string =>
    UrlBuilder.url({
      accountId: account,
      filePath: '/samples/lake.jpg',
      options: { cdnUrl: origin, transformation: 'image', transformationParams: { w: 96, f } },
    })
  const typeOf = async (f: 'auto' | 'avif', accept: string): Promise<string | null> => {
    const response = await fetch(url(f), { headers: { Accept: accept } })
    const body = Buffer.from(await response.arrayBuffer())
    expect((await sharp(body).raw().toBuffer({ resolveWithObject: true })).info.width).toBe(96)
    return response.headers.get('Content-Type')
  }
  expect(await typeOf('avif', '*/*')).toBe('image/avif')
  expect(await typeOf('auto', 'image/avif,image/webp,*/*;q=0.8')).toBe('image/avif')
  expect(await typeOf('auto', 'image/webp,*/*')).toBe('image/webp')
  expect(await typeOf('auto', '*/*')).toBe('image/jpeg')
  const again = await fetch(url('auto'), { headers: { Accept: 'text/html, image/avif' } })
  expect([again.headers.get('Content-Type'), again.headers.get('Emulsion-Cache'), again.headers.get('Vary')]).toEqual([
    'image/avif',
    'edge',
    'Accept',
  ])
  await again.arrayBuffer()
})

it('make AVIF that takes long later, and in the request for who waits', async () => {
  const ask = async (query: string) => {
    const url = `${server.origin}/${server.account}/image/samples/lake.jpg?f=auto&c=60&q=40&${query}`
    const response = await fetch(url, { headers: { Accept: 'image/avif,image/webp' } })
    expect(response.status).toBe(200)
    await response.arrayBuffer()
    return ['Content-Type', 'Emulsion-Later', 'Cache-Control'].map((name) => response.headers.get(name))
  }
  const now = ['image/webp', 'avif', 'public, max-age=30, stale-while-revalidate=86400']
  expect(await ask('w=1300')).toEqual(now)
  let again = await ask('w=1300')
  for (let tries = 0; tries < 200 && again[1] !== null; tries++) {
    expect(again).toEqual(now)
    await sleep(200)
    again = await ask('w=1300')
  }
  expect(again).toEqual(['image/avif', null, 'public, max-age=3600'])
  expect((await ask('w=1296&wait=true')).slice(0, 2)).toEqual(['image/avif', null])
})

it('run the engine that is wanted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'emulsion-renderers-'))
  const forced = await startServer(folder, { EMULSION_RENDERERS: '1', EMULSION_ENGINE: 'second' })
  try {
    const answer = await fetch(`${forced.origin}/${forced.account}/image/samples/lake.jpg?w=111&f=png`)
    expect([answer.status, answer.headers.get('emulsion-engine')]).toEqual([200, 'second'])
    expect(answer.headers.get('server-timing')).toContain('hop;dur=')
    await answer.arrayBuffer()
  } finally {
    await forced.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})

it('answers while renderers are killed: 200, or 503 with Retry-After that succeeds when tried again', async () => {
  const cached = image(90)
  await (await fetch(cached)).arrayBuffer()
  let goOn = true
  const killing = (async () => {
    for (let i = 0; goOn; i++) {
      await sleep(700)
      const pid = rendererPids()[i % 2]
      if (pid !== undefined) process.kill(pid, 'SIGKILL')
    }
  })()
  const statuses = new Map<number, number>()
  const client = async (first: number): Promise<void> => {
    for (let width = first; width < 360; width += 6) {
      for (;;) {
        const response = await fetch(image(width))
        const { length } = new Uint8Array(await response.arrayBuffer())
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
        if (response.status === 200) {
          expect(length).toBeGreaterThan(500)
          break
        }
        expect(response.status).toBe(503)
        expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
        await sleep(200)
      }
      const hit = await fetch(cached)
      await hit.arrayBuffer()
      expect([hit.status, hit.headers.get('emulsion-cache')]).toEqual([200, 'edge'])
    }
  }
  await Promise.all([200, 201, 202, 203, 204, 205].map(client))
  goOn = false
  await killing
  expect(statuses.get(200)).toBe(160)
  expect(server.output()).toContain('A renderer ended unexpectedly')
})

it('gives up what a client has asked for that has gone, unless another waits for it', async () => {
  const slow = (blur: number): string =>
    `${server.origin}/${server.account}/image/samples/lake.jpg?w=3000&h=3000&fit=enlarge&blur=${blur}&f=png`
  const abandoned = async (): Promise<number> => {
    const metrics = await (await fetch(`${server.origin}/-/metrics`)).text()
    return Number(/^emulsion_renders_total\{format="png",outcome="abandoned"\} (\d+)/m.exec(metrics)?.[1] ?? 0)
  }
  /** By a reset: workerd takes a connection that is closed in order for one that still reads. */
  const leave = async (url: string): Promise<void> => {
    const { hostname, port, pathname, search } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`)
    await sleep(200)
    socket.resetAndDestroy()
  }
  const shared = fetch(slow(61))
  await Promise.all([leave(slow(61)), leave(slow(62))])
  await expect.poll(abandoned, { timeout: 20_000, interval: 100 }).toBe(1)
  const { status } = await shared
  expect([status, await abandoned()]).toEqual([200, 1])
})

it('ends batch jobs although a renderer is killed in between', async () => {
  const jobs = Array.from({ length: 12 }, (_, i) => ({
    destination: `/out/${i}.webp`,
    transformations: [{ type: 'resize', width: 500 + i }],
  }))
  const headers = { Authorization: `Bearer ${SECRET}` }
  const body = JSON.stringify({ service_id: 1, source: '/samples/lake.jpg', jobs })
  const created = (await (await fetch(`${server.origin}/request`, { method: 'POST', headers, body })).json()) as { process_id: string }
  await sleep(300)
  for (const pid of rendererPids()) process.kill(pid, 'SIGKILL')
  const statusNow = async (): Promise<string> =>
    ((await (await fetch(`${server.origin}/request/${created.process_id}`, { headers })).json()) as { status: string }).status
  await expect.poll(statusNow, { timeout: 90_000, interval: 500 }).toBe('FINISHED')
})
