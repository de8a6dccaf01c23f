import { afterEach, describe, expect, it, vi } from 'vitest'
import definition from '../../../../emulsion.config.ts'
import { picture } from '../../support/client.ts'
import { basic, OPEN } from '../../support/filestack.ts'
import { ownedService } from '../../support/owned-service.ts'
import { judge, type Shape } from './answer.ts'

const STORE = 'https://store.example.org'
const VARIABLES = {
  EMULSION_S3_ENDPOINT: STORE,
  EMULSION_S3_BUCKET: 'bucket',
  EMULSION_S3_ACCESS_KEY_ID: 'STOREACCESSKEY1',
  EMULSION_S3_SECRET_ACCESS_KEY: 'STORESECRET1',
  EMULSION_S3_SESSION_TOKEN: 'STORESECRET2',
}

type Objects = Map<string, { readonly body: ArrayBuffer; readonly headers: Headers }>

/** As much of S3 as one object needs. */
async function s3(request: Request, objects: Objects): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (request.method === 'PUT') objects.set(pathname, { body: await request.arrayBuffer(), headers: new Headers(request.headers) })
  const found = objects.get(pathname)
  if (!found) return new Response('<Error><Code>NoSuchKey</Code></Error>', { status: 404 })
  const headers = new Headers({ ETag: '"a"', 'Last-Modified': new Date(0).toUTCString(), 'Content-Length': String(found.body.byteLength) })
  for (const name of ['Content-Type', 'Content-Disposition', 'x-amz-meta-emulsion']) headers.set(name, found.headers.get(name) ?? '')
  return new Response(request.method === 'HEAD' ? null : found.body, { headers })
}

/** How a store fails. Each tells its credentials, as a careless one may. */
const FAILURES: Readonly<Record<string, () => Response>> = {
  'it is not reached': () => {
    throw new TypeError(`connect ECONNREFUSED ${STORE} STORESECRET1`)
  },
  'its credentials are wrong': () =>
    new Response(
      '<Error><Code>InvalidAccessKeyId</Code><Message>STORESECRET1</Message><AWSAccessKeyId>STOREACCESSKEY1</AWSAccessKeyId></Error>',
      { status: 403 },
    ),
  'it is overloaded': () => new Response('<html>STORESECRET1', { status: 503 }),
  'it leads elsewhere': () =>
    new Response(null, { status: 301, headers: { Location: `https://STOREACCESSKEY1:STORESECRET1@other.example.org/` } }),
}

const CALLS: readonly (readonly [name: string, shape: Shape, path: string, init: RequestInit])[] = [
  ['read', 'api', '/api/file/{h}', {}],
  ['head', 'api', '/api/file/{h}', { method: 'HEAD' }],
  ['stat', 'api', '/api/file/{h}/metadata', {}],
  ['hashes', 'api', '/api/file/{h}/metadata?md5=true&width=true', {}],
  ['overwrite', 'api', '/api/file/{h}', { method: 'POST', body: 'abc', headers: basic(OPEN.secret) }],
  ['store', 'api', `/api/store/S3?key=${OPEN.key}`, { method: 'POST', body: 'abc' }],
  ['copy', 'api', '/process', { method: 'POST', body: JSON.stringify({ apikey: OPEN.key, sources: ['{h}'], tasks: [{ name: 'store' }] }) }],
  ['deliver', 'processing', '/{h}', {}],
  ['metadata', 'processing', '/{h}/metadata', {}],
  ['resize', 'processing', '/resize=w:9/{h}', {}],
  ['imagesize', 'processing', '/imagesize/{h}', {}],
  ['store a result', 'processing', `/${OPEN.key}/flip/store/{h}`, { method: 'POST' }],
]

/** The service tries these three times, which takes two seconds: a call of each kind is enough. */
const TRIED_AGAIN: readonly string[] = ['it is not reached', 'it is overloaded']
const callsOf = (failure: string) => CALLS.filter(([name]) => !TRIED_AGAIN.includes(failure) || ['read', 'store', 'resize'].includes(name))

afterEach(() => void vi.restoreAllMocks())

describe.each(Object.keys(FAILURES))('a store that fails is 502 with its name: %s', (failure) => {
  it.each(callsOf(failure))('%s', async (_, shape, path, init) => {
    const objects: Objects = new Map()
    let answer = s3
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, more) => answer(new Request(input, more), objects))
    vi.spyOn(console, 'error').mockReturnValue(undefined)
    const send = ownedService(definition, VARIABLES)
    const stored = await send(`/api/store/S3?key=${OPEN.key}`, {
      method: 'POST',
      body: picture('photo.jpg'),
      headers: { 'Content-Type': 'image/jpeg' },
    })
    const { handle } = (await stored.json()) as { handle: string }
    expect([...objects.keys()]).toEqual([expect.stringMatching(/^\/bucket\//)])
    answer = async () => (FAILURES[failure] ?? FAILURES['it is overloaded'])?.() as Response
    const body = typeof init.body === 'string' ? { body: init.body.replace('{h}', handle) } : {}
    const told = await judge(await send(path.replace('{h}', handle), { ...init, ...body }), shape, 'failing')
    expect(told).toMatch(init.method === 'HEAD' ? /^502$/ : /^502 .*store "s3" (did not answer|answered \d+)/)
  })
})
