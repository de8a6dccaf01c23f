import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkedLookup, startOutbound, type LookupAll, type Outbound } from '../../src/local/outbound.ts'
import { frontWorker, throughFront } from '../../src/local/front-worker.ts'

/** A name server of the test's own. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'inside.example.org': ['127.0.0.1'],
  'mixed.example.org': ['93.184.216.34', '10.0.0.1'],
  'six.example.org': ['::1'],
  'mapped.example.org': ['::ffff:127.0.0.1'],
  'nat64.example.org': ['64:ff9b::7f00:1'],
  'local.example.org': ['fd00::1'],
  'link.example.org': ['169.254.169.254'],
  'named.example.org': ['127.0.0.1'],
  'public.example.org': ['93.184.216.34', '2606:2800:220:1::1'],
}
const questions: string[] = []
const lookup: LookupAll = (name, _, callback) => {
  questions.push(name)
  const addresses = NAMES[name.replace(/\.$/, '')]
  if (addresses === undefined) return callback(new Error(`ENOTFOUND ${name}`), [])
  return callback(
    null,
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  )
}

/** Fetches the URL that its query names, as the service's adapters do, and says what came back. */
const SCRIPT = `export default {
  async fetch(request) {
    const url = new URL(request.url).searchParams.get('url')
    const init = { method: request.method, redirect: 'manual', ...(request.method === 'POST' && { body: request.body }) }
    try {
      const response = await fetch(url, init)
      const refused = response.headers.get('Emulsion-Outbound-Refused')
      return Response.json({ refused, status: response.status, location: response.headers.get('Location'), text: await response.text() })
    } catch (error) {
      return Response.json({ failed: String(error) })
    }
  }
}`

let target: Server
let origin: string
let outbound: Outbound
let miniflare: Miniflare
const seen: string[] = []

beforeAll(async () => {
  target = createServer((request, response) => {
    seen.push(`${request.method} ${request.headers.host} ${request.url}`)
    if (request.url === '/broken') return void response.writeHead(200, { 'Content-Length': '100' }).write('half', () => response.destroy())
    if (request.url === '/redirect') return void response.writeHead(302, { Location: 'http://inside.example.org/' }).end()
    if (request.url === '/spoof') response.setHeader('Emulsion-Outbound-Refused', 'true')
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => response.end(`hello ${Buffer.concat(chunks).toString()}`))
  })
  await new Promise<void>((done) => target.listen(0, '127.0.0.1', done))
  const { port } = target.address() as AddressInfo
  origin = `http://named.example.org:${port}`
  outbound = await startOutbound([`named.example.org:${port}`, `127.0.0.1:${port}`], lookup)
  const main = { name: 'main', modules: true as const, script: SCRIPT, compatibilityDate: '2026-10-01' }
  const options = { host: '127.0.0.1', port: 0, cf: false as const, workers: [main, frontWorker(outbound.address)] }
  miniflare = new Miniflare(throughFront(convertV4MiniflareOptions(options)))
  await miniflare.ready
})
afterAll(async () => {
  await miniflare.dispose()
  await outbound.close()
  target.close()
})

async function ask(url: string, init: { readonly method?: string; readonly body?: string } = {}): Promise<Record<string, unknown>> {
  const response = await miniflare.dispatchFetch(`http://main/?url=${encodeURIComponent(url)}`, init)
  return (await response.json()) as Record<string, unknown>
}

describe('a fetch of the Worker under npm start', () => {
  it.each([
    'http://inside.example.org/',
    'https://inside.example.org/',
    'http://inside.example.org./',
    'http://mixed.example.org/',
    'http://six.example.org/',
    'http://mapped.example.org/',
    'http://nat64.example.org/',
    'http://local.example.org/',
    'http://link.example.org/',
    'http://127.0.0.1:9/',
    'http://[::1]:9/',
    'http://0x7f.1:9/',
    'http://localhost:9/',
    'http://a.svc.cluster.local/',
    'http://named.example.org:9/',
  ])('reaches nothing inside: %s', async (url) => {
    expect(await ask(url)).toMatchObject({ refused: 'true', status: 403 })
    expect(await ask(url, { method: 'POST', body: 'x' })).toMatchObject({ refused: 'true' })
  })

  it('reaches what the operator has named, by name and by address', async () => {
    expect(await ask(`${origin}/a?b=c`)).toEqual({ refused: null, status: 200, location: null, text: 'hello ' })
    expect(seen.at(-1)).toBe(`GET ${new URL(origin).host} /a?b=c`)
    expect(await ask(`${origin}/post`, { method: 'POST', body: 'body' })).toMatchObject({ status: 200, text: 'hello body' })
    expect(await ask(`http://127.0.0.1:${new URL(origin).port}/`)).toMatchObject({ status: 200 })
  })

  it('follows no redirect by itself: the next hop is checked as a request of its own', async () => {
    expect(await ask(`${origin}/redirect`)).toMatchObject({ status: 302, location: 'http://inside.example.org/' })
  })

  it('fails where the other side breaks off or does not exist, and believes no refusal but its own', async () => {
    expect(await ask(`${origin}/broken`)).toHaveProperty('failed')
    expect(await ask('http://nowhere.example.org/')).toHaveProperty('failed')
    expect(await ask(`${origin}/spoof`)).toMatchObject({ refused: null, status: 200 })
  })
})

describe('the look-up of a connection', () => {
  const find = (name: string, all: boolean) =>
    new Promise((done) => checkedLookup(lookup)(name, { all }, (error, address, family) => done(error ? 'refused' : [address, family])))

  it('asks once and answers exactly the addresses that it has checked', async () => {
    questions.length = 0
    expect(await find('public.example.org', true)).toEqual([
      [
        { address: '93.184.216.34', family: 4 },
        { address: '2606:2800:220:1::1', family: 6 },
      ],
      undefined,
    ])
    expect(await find('public.example.org', false)).toEqual(['93.184.216.34', 4])
    expect(questions).toEqual(['public.example.org', 'public.example.org'])
    expect(await find('mixed.example.org', true)).toBe('refused')
  })
})
