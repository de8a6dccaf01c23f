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

/** Sends bytes as they are and reads the status of the answer. */
const statusOf = (request: string): Promise<number> =>
  new Promise((done, failed) => {
    const socket = connect(Number(new URL(server.origin).port), '127.0.0.1', () => socket.write(request))
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')))
    socket.on('error', failed).once('data', (data) => {
      done(Number(/^HTTP\/1\.1 (\d+)/.exec(data.toString())?.[1]))
      socket.destroy()
    })
  })

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

describe('static files', () => {
  it.each([
    ['/-/console/', 'text/html; charset=utf-8'],
    ['/-/console/console.js', 'text/javascript; charset=utf-8'],
    ['/-/console/console.css', 'text/css; charset=utf-8'],
    ['/-/console/icon.svg', 'image/svg+xml'],
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
