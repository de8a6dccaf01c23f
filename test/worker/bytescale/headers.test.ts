import { exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { ALLOWED_HEADERS } from '../../../src/http/cors.ts'
import { ACCOUNT, picture, SECRET_KEY, upload } from '../support/client.ts'
import { ownedService, type Send } from '../support/owned-service.ts'

const bearer = { Authorization: `Bearer ${SECRET_KEY}` }
const SITE = 'https://site.example'
let send: Send
let cookie: string

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  send = ownedService(
    {
      accounts: [
        {
          id: ACCOUNT,
          keys: [{ id: 'main', kind: 'secret', key: { env: 'EMULSION_SECRET_KEY' } }],
          tokenKeys: [{ env: 'EMULSION_TOKEN_KEY' }],
        },
      ],
    },
    { EMULSION_TOKEN_KEY: await exportSPKI(publicKey) },
  )
  const grants = [{ match: { path: '/closed', scope: 'Children' }, permissions: { read: { file: { downloadFile: ['*'] } } } }]
  const token = await new SignJWT({ allowedOrigins: [SITE], access: { pathPermissions: grants } })
    .setProtectedHeader({ alg: 'RS256' })
    .setSubject('user')
    .setExpirationTime('1h')
    .sign(privateKey)
  cookie = `emulsion-token-${ACCOUNT}=${token}`
  await upload('/open/photo.png', picture('photo.png'))
  await upload('/open/broken.png', 'no picture')
  await upload('/open/empty.dat', '')
  await upload('/closed/photo.png', picture('photo.png'))
  await upload('/closed/broken.png', 'no picture')
  await upload('/closed/broken.crop', 'no JSON')
  await upload('/open/to-closed.crop', JSON.stringify({ inputPath: '/closed/photo.png', pipeline: { steps: [] } }))
  await send(`/v2/accounts/${ACCOUNT}/folders`, {
    method: 'PUT',
    headers: bearer,
    body: JSON.stringify({ folderPath: '/closed', folderSettings: { publicPermissions: { set: true, value: [] } } }),
  })
})

describe('Vary says what an answer varies by', () => {
  it.each<[path: string, headers: Record<string, string>, vary: string | null]>([
    ['/image/open/photo.png?w=10&f=png', {}, null],
    ['/image/open/photo.png?w=10&f=png', { Origin: SITE }, null],
    ['/image/open/photo.png?w=10&f=webp&f2=png', { Origin: SITE }, 'Accept'],
    ['/image/open/photo.png?w=10&f=auto', { Origin: SITE, Accept: 'image/avif,image/webp,*/*;q=0.8' }, 'Accept'],
    ['/raw/open/photo.png', { Origin: SITE }, null],
    ['/raw/open/nothing.png', { Origin: SITE }, null],
    ['/raw/closed/photo.png', { Origin: SITE, Cookie: '{cookie}' }, 'Origin'],
    ['/image/closed/photo.png?w=10&f=webp&f2=png', { Origin: SITE, Cookie: '{cookie}' }, 'Origin, Accept'],
  ])('%s %j: %s', async (path, headers, vary) => {
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('{cookie}', cookie)]))
    const response = await send(`/${ACCOUNT}${path}`, { headers: given })
    expect(response.headers.get('Vary')).toBe(vary)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe(headers['Cookie'] === undefined ? '*' : SITE)
    const etag = response.headers.get('ETag')
    if (etag === null) return
    const again = await send(`/${ACCOUNT}${path}`, { headers: { ...given, 'If-None-Match': etag } })
    expect([again.status, again.headers.get('Vary')]).toEqual([304, vary])
  })
})

describe('preflights', () => {
  const preflight = (path: string, headers: Record<string, string>): Promise<Response> =>
    send(path, { method: 'OPTIONS', headers: { Origin: SITE, 'Access-Control-Request-Method': 'POST', ...headers } })

  it('allow every header that the service reads, with the same answer for every site', async () => {
    const response = await preflight(`/${ACCOUNT}/save/image/x.jpg`, { 'Access-Control-Request-Headers': 'prefer, if-match' })
    const allowed = (response.headers.get('Access-Control-Allow-Headers') ?? '').split(/,\s*/)
    expect(allowed).toEqual(ALLOWED_HEADERS)
    expect([response.headers.get('Vary'), response.headers.get('Access-Control-Allow-Origin')]).toEqual([null, '*'])
  })

  it('of token sessions name the site', async () => {
    const { headers } = await preflight(`/api/v1/access_tokens/${ACCOUNT}`, {})
    expect([headers.get('Vary'), headers.get('Access-Control-Allow-Origin'), headers.get('Access-Control-Allow-Credentials')]).toEqual([
      'Origin',
      SITE,
      'true',
    ])
  })
})

describe('ranges behind the end are 416 with the size', () => {
  const size = (): number => picture('photo.png').length
  it.each<[path: string, range: string, size: () => number | string]>([
    ['/raw/open/photo.png', 'bytes={size}-', size],
    ['/raw/open/photo.png', 'bytes=-0', size],
    ['/raw/open/empty.dat', 'bytes=0-', () => 0],
    ['/image/open/photo.png?w=10&f=png', 'bytes=99999-', () => '\\d+'],
  ])('%s %s', async (path, range, expected) => {
    const response = await send(`/${ACCOUNT}${path}`, { headers: { Range: range.replace('{size}', String(size())) } })
    expect(response.status).toBe(416)
    expect(response.headers.get('Content-Range')).toMatch(new RegExp(`^bytes \\*/${expected()}$`))
  })

  it.each(['/raw/open/photo.png', '/image/open/photo.png?w=10&f=png'])('a HEAD of %s has no ranges', async (path) => {
    for (const range of ['bytes=99999-', 'bytes=0-3']) {
      const response = await send(`/${ACCOUNT}${path}`, { method: 'HEAD', headers: { Range: range } })
      expect([response.status, response.headers.get('Content-Range')]).toEqual([200, null])
    }
  })
})

describe('shared caches keep nothing of a private file', () => {
  it.each<[path: string, status: number, cacheControl: string | RegExp]>([
    ['/raw/closed/photo.png', 200, /^private, max-age=\d+$/],
    ['/raw/closed/missing.png', 404, 'private, max-age=0'],
    ['/raw/closed/missing.png?cache-ttl-404=60', 404, 'private, max-age=0'],
    ['/image/closed/missing.png?w=10', 404, 'private, max-age=0'],
    ['/image/closed/missing.png?w=10&cache-ttl-404=60', 404, 'private, max-age=0'],
    ['/image/closed/broken.png?w=10', 415, 'no-cache'],
    ['/image/closed/broken.crop?w=10', 422, 'private, max-age=0'],
    ['/image/closed/missing.crop?w=10', 404, 'private, max-age=0'],
    ['/image/closed/photo.png?w=10', 200, /^private, max-age=\d+$/],
    ['/image/open/photo.png?w=10&image=/closed/photo.png', 200, /^private, max-age=\d+$/],
    ['/image/open/photo.png?w=10&image=/closed/missing.png', 404, 'private, max-age=0'],
    ['/image/open/to-closed.crop?w=10', 200, /^private, max-age=\d+$/],
    // Of what everybody may see neither, when it is asked with a key.
    ['/image/open/photo.png?w=10&image=/open/photo.png', 200, /^private, max-age=\d+$/],
    ['/raw/open/missing.png?cache-ttl-404=60', 404, 'private, max-age=60'],
  ])('%s → %i %s', async (path, status, cacheControl) => {
    const response = await send(`/${ACCOUNT}${path}`, { headers: bearer })
    expect(response.status).toBe(status)
    expect(response.headers.get('Cache-Control')).toMatch(cacheControl)
  })
})

it('an unknown path answers JSON with its path', async () => {
  const response = await send('/no/such/path')
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: { code: 'not_found', message: expect.stringContaining('"/no/such/path"') } })
})
