import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from './support/server.ts'

let state: string
let server: RunningServer

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-entry-'))
  server = await startServer(state)
})
afterAll(async () => {
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

/** Sends bytes as they are, and nothing more, and reads the answer up to where its headers and the first piece of its body are there. */
const answerTo = (request: string): Promise<string> =>
  new Promise((done, failed) => {
    const socket = connect({ port: Number(new URL(server.origin).port), host: '127.0.0.1', allowHalfOpen: true }, () => socket.end(request))
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')))
    let answer = ''
    socket.on('error', failed).on('data', (data) => {
      answer += data.toString()
      if (!/\r\n\r\n./s.test(answer) && !/^content-length: 0\r/im.test(answer)) return
      done(answer)
      socket.destroy()
    })
    socket.on('end', () => done(answer))
  })
const statusOf = async (request: string): Promise<number> => Number(/^HTTP\/1\.1 (\d+)/.exec(await answerTo(request))?.[1])

const health = (...lines: string[]): string => ['GET /-/health HTTP/1.1', ...lines, '', ''].join('\r\n')
const many = Array.from({ length: 2000 }, (_, i) => `X-${i}: y`)

describe('requests that no client should send', () => {
  it.each([
    ['two hosts', health('Host: a', 'Host: b'), 400],
    ['a host with two ports', health('Host: a:1:2'), 400],
    ['a host with a space', health('Host: a b'), 400],
    ['a host with a broken escape', health('Host: %zz'), 400],
    ['an empty host', health('Host:'), 400],
    ['no host', health(), 400],
    ['OPTIONS *', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['2,000 headers', health('Host: a', ...many), 200],
    ['a broken MF-Original-URL', health('Host: a', 'MF-Original-URL: zzz'), 200],
    ['a broken MF-CF-Blob', health('Host: a', 'MF-CF-Blob: {bad'), 200],
    ['a wrong MF-Proxy-Shared-Secret', health('Host: a', 'MF-Proxy-Shared-Secret: x'), 200],
    ['another Worker in MF-Route-Override', health('Host: a', 'MF-Route-Override: front'), 200],
    ["the runtime's own entry", 'GET /cdn-cgi/local/scheduled HTTP/1.1\r\nHost: localhost\r\n\r\n', 404],
  ])('%s', async (_, request, expected) => {
    expect(await statusOf(request)).toBe(expected)
  })

  it.each(['a.test:80', 'miniflare-unsafe-internal-capnp-connect'])('CONNECT %s', async (target) => {
    expect(await statusOf(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)).not.toBe(500)
  })

  it('a URL in MF-Original-URL does not lead elsewhere', async () => {
    const response = await fetch(`${server.origin}/-/health`, { headers: { 'MF-Original-URL': 'http://a.test/-/nothing' } })
    expect(response.status).toBe(200)
  })
})

describe('a body that breaks off', () => {
  const FORM = '--b\r\nContent-Disposition: form-data; name=a; filename=a.txt\r\n\r\n'
  const api = (path: string): string => `/v2/accounts/${server.account}${path}`

  async function partPath(): Promise<string> {
    const headers = { Authorization: `Bearer ${server.secretKey}` }
    const begun = await fetch(server.origin + api('/uploads'), { method: 'POST', headers, body: '{"size":50,"protocol":"1.1"}' })
    const { uploadParts } = (await begun.json()) as { uploadParts: { first: { uploadUrl: string } } }
    return uploadParts.first.uploadUrl.slice(server.origin.length)
  }

  const FRAMINGS = [
    ['too short', 'Content-Length: 50', (text: string) => text],
    ['without its last chunk', 'Transfer-Encoding: chunked', (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`],
    ['with a wrong chunk', 'Transfer-Encoding: chunked', (text: string) => `${text.length.toString(16)}\r\n${text}\r\nzz\r\n`],
  ] as const
  const BROKEN = /^HTTP\/1\.1 400 [^]*broke off/
  const SHORT = /^HTTP\/1\.1 400 [^]*Expected exactly 50 bytes/
  /** The runtime pipes a body of a known length and type to the storage by itself, and cannot tell which end failed. */
  const PIPED = /^HTTP\/1\.1 (400 [^]*broke off|502 )/
  type Path = () => string | Promise<string>
  const REQUESTS: readonly (readonly [name: string, method: string, path: Path, type: string, start: string, answer: RegExp])[] = [
    ['of a file', 'POST', () => api('/uploads/binary?filePath=/cut'), 'text/plain', 'abc', PIPED],
    ['of a file without a type', 'POST', () => api('/uploads/binary?filePath=/cut'), 'application/octet-stream', 'abc', BROKEN],
    ['of a part', 'PUT', partPath, 'text/plain', 'abc', SHORT],
    ['of a form', 'POST', () => api('/uploads/form_data'), 'multipart/form-data; boundary=b', FORM.slice(0, 40), BROKEN],
    ['of a copy', 'POST', () => api('/files/copy'), 'application/json', '{"source":', BROKEN],
    ['of a save', 'POST', () => `/${server.account}/save/image/samples/lake.jpg`, 'application/json', '{', BROKEN],
    ['of a batch request', 'POST', () => '/request', 'application/json', '{"service_id":', BROKEN],
  ]

  it.each(REQUESTS.flatMap((request) => FRAMINGS.map((framing) => [...request, ...framing] as const)))(
    '$0, $6: an error that names it, and nothing is stored',
    async (name, method, path, type, start, expected, _framing, header, frame) => {
      const key = name === 'of a batch request' ? /Batch secret +(\S+)/.exec(server.output())?.[1] : server.secretKey
      const lines = [`${method} ${await path()} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${key}`, `Content-Type: ${type}`, header]
      const answer = await answerTo([...lines, '', frame(start)].join('\r\n'))
      expect(answer).toMatch(expected)
      expect((await fetch(`${server.origin}/${server.account}/raw/cut`)).status).toBe(404)
    },
  )
})

describe('static files', () => {
  it.each([
    ['/-/console/', 'text/html; charset=utf-8'],
    ['/-/console/console.js', 'text/javascript; charset=utf-8'],
    ['/-/console/console.css', 'text/css; charset=utf-8'],
    ['/-/console/icon.svg', 'image/svg+xml'],
    ['/-/docs/', 'text/html; charset=utf-8'],
    ['/-/docs/docs.js', 'text/javascript; charset=utf-8'],
    ['/-/docs/files/samples/lake.jpg', 'image/jpeg'],
    ['/favicon.ico', 'image/vnd.microsoft.icon'],
    ['/robots.txt', 'text/plain; charset=utf-8'],
  ])('%s is %s', async (path, type) => {
    const response = await fetch(server.origin + path)
    expect([response.status, response.headers.get('Content-Type')]).toEqual([200, type])
    const again = await fetch(server.origin + path, { headers: { 'If-None-Match': response.headers.get('ETag') ?? '' } })
    expect(again.status).toBe(304)
  })

  it('GET / leads to the console', async () => {
    const response = await fetch(server.origin)
    expect([response.url, response.status]).toEqual([`${server.origin}/-/console/`, 200])
    expect(await response.text()).toContain('<!doctype html>')
  })
})
