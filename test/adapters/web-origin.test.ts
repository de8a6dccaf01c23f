import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createWebOrigin } from '../../src/adapters/mounts/web-origin.ts'
import { AppError } from '../../src/errors.ts'
import type { Origin } from '../../src/service/mounts/origin.ts'

const BYTES = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7) % 251))
type Answer = (request: IncomingMessage, response: ServerResponse) => void

let server: Server
let origin: Origin
let base: string
let answer: Answer
let seen: IncomingMessage[] = []

/** As a good web server does it: HEAD, ranges, validators. */
const whole: Answer = (request, response) => {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
  const [start, end] = range ? [Number(range[1]), Math.min(Number(range[2]) + 1, BYTES.length)] : [0, BYTES.length]
  response.writeHead(range ? 206 : 200, {
    'Content-Type': 'image/jpeg',
    'Content-Length': end - start,
    ETag: '"v1"',
    'Last-Modified': 'Tue, 15 Nov 1994 12:45:26 GMT',
    ...(range && { 'Content-Range': `bytes ${start}-${end - 1}/${BYTES.length}` }),
  })
  response.end(request.method === 'HEAD' ? undefined : BYTES.subarray(start, end))
}

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request)
    answer(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/uploads/`
  origin = createWebOrigin({ folder: '/blog', base, allowHosts: [new URL(base).host], via: 'emulsion-Emu1s1n' })
})
afterAll(() => server.close())
beforeEach(() => {
  answer = whole
  seen = []
})

const read = async (body: ReadableStream<Uint8Array> | undefined): Promise<Buffer> => Buffer.from(await new Response(body).arrayBuffer())
const problemOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (thrown: unknown) => (thrown instanceof AppError ? `${thrown.code}: ${thrown.reason}` : String(thrown)),
  )
const send =
  (status: number, headers: Record<string, string | number> = {}, body: Buffer | string = ''): Answer =>
  (_request, response) => {
    response.writeHead(status, headers)
    response.end(body)
  }

describe('files of a web server', () => {
  it('are asked for by HEAD, with what the answer says', async () => {
    expect(await origin.head('a b/ü?.jpg')).toEqual({
      size: 5000,
      mime: 'image/jpeg',
      validator: '"v1"',
      lastModified: new Date('1994-11-15T12:45:26Z'),
    })
    expect([seen[0]?.method, seen[0]?.url]).toEqual(['HEAD', '/uploads/a%20b/%C3%BC%3F.jpg'])
    expect(seen[0]?.headers).toMatchObject({ via: '1.1 emulsion-Emu1s1n', 'accept-encoding': 'identity', 'user-agent': 'Emulsion' })
  })

  it('come whole and in parts', async () => {
    expect(await read((await origin.open('a.jpg'))?.body)).toEqual(BYTES)
    const part = await origin.open('a.jpg', { start: 100, end: 200 })
    expect(part?.file.size).toBe(5000)
    expect(await read(part?.body)).toEqual(BYTES.subarray(100, 200))
  })

  it('come in parts from a server that knows no ranges', async () => {
    answer = (request, response) => {
      delete request.headers.range
      whole(request, response)
    }
    expect(await read((await origin.open('a.jpg', { start: 100, end: 4999 }))?.body)).toEqual(BYTES.subarray(100, 4999))
    expect(await read((await origin.open('a.jpg', { start: 0, end: 1 }))?.body)).toEqual(BYTES.subarray(0, 1))
  })

  it.each([405, 501, 403])('are known from a server that answers HEAD by %d', async (status) => {
    answer = (request, response) => (request.method === 'HEAD' ? send(status)(request, response) : whole(request, response))
    expect(await origin.head('a.jpg')).toMatchObject({ size: 5000, validator: '"v1"' })
  })

  it('have their time as validator when there is no tag, and none without both', async () => {
    answer = send(200, { 'Content-Length': 0, 'Last-Modified': 'Tue, 15 Nov 1994 12:45:26 GMT' })
    expect((await origin.head('a'))?.validator).toBe('Tue, 15 Nov 1994 12:45:26 GMT')
    answer = send(200, { 'Content-Length': 0 })
    expect(await origin.head('a')).toEqual({ size: 0, mime: null, validator: null, lastModified: new Date(0) })
  })

  it('that are not there are none', async () => {
    for (const status of [404, 410]) {
      answer = send(status)
      expect([await origin.head('a'), await origin.open('a')]).toEqual([null, null])
    }
  })

  it('are followed through redirects', async () => {
    answer = (request, response) => {
      if (request.url?.startsWith('/uploads/')) send(302, { Location: '/moved/a.jpg' })(request, response)
      else whole(request, response)
    }
    expect((await origin.head('a.jpg'))?.size).toBe(5000)
    expect(await read((await origin.open('a.jpg'))?.body)).toEqual(BYTES)
  })
})

describe('a failure names the folder and no address', () => {
  it.each<[string, Answer, RegExp]>([
    ['an error', send(500, {}, 'stack trace with a secret'), /^source_unavailable: The web server of "\/blog" answered 500\.$/],
    ['a refusal', send(403), /answered 403/],
    ['nothing of use', send(204), /answered 204/],
    ['a redirect inside', send(302, { Location: 'http://169.254.169.254/latest/' }), /leads to an address that may not be reached/],
    [
      'a redirect to another port of this machine',
      send(302, { Location: 'http://127.0.0.1:1/' }),
      /leads to an address that may not be reached/,
    ],
    ['a redirect to a file', send(302, { Location: 'file:///etc/passwd' }), /leads to an address that may not be reached/],
    ['a redirect to nowhere', send(302), /redirects to nowhere/],
    [
      'a redirect to itself',
      (request, response) => send(302, { Location: String(request.url) })(request, response),
      /redirects more than 5 times/,
    ],
    [
      'a length that is no number',
      (_request, response) => void response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'),
      /did not answer/,
    ],
    ['an encoding', send(200, { 'Content-Encoding': 'br', 'Content-Length': 3 }, 'abc'), /in the encoding "br"|broke off|did not answer/],
    ['a closed connection', (request) => request.destroy(), /did not answer/],
  ])('%s', async (_, given, wanted) => {
    answer = given
    const problem = await problemOf(origin.open('a.jpg').then((open) => read(open?.body)))
    expect(problem).toMatch(wanted)
    expect(problem).not.toMatch(/secret|169\.254|127\.0\.0\.1|stack/)
  })

  it('no length', async () => {
    answer = (_request, response) => {
      response.writeHead(200)
      response.write('some')
      response.end('thing')
    }
    expect(await problemOf(origin.head('a'))).toMatch(/does not tell the length/)
  })

  it('a body that breaks off', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'Content-Length': 5000 })
      response.write(BYTES.subarray(0, 1000))
      setImmediate(() => response.destroy())
    }
    const open = await origin.open('a.jpg')
    expect(await problemOf(read(open?.body))).toMatch(/broke off/)
  })

  it('no server', async () => {
    const closed = createWebOrigin({ folder: '/blog', base: 'http://127.0.0.1:1/', allowHosts: ['127.0.0.1:1'], via: 'x' })
    expect(await problemOf(closed.head('a'))).toMatch(/did not answer/)
  })
})
