import { beforeAll, describe, expect, it } from 'vitest'
import type { ConfigDefinition } from '../../../src/config/schema.ts'
import { ORIGIN, picture } from '../support/client.ts'
import { ownedService, type Send } from '../support/owned-service.ts'
import { decodePixels } from '../support/pixels.ts'

const ACCOUNT = 'W142hJw'
const URL_KEY = '0123456789abcdef0123456789abcdef'
const VARIABLES = { KEY: 'secret_W142hJwTestTestTestTestTest1', URL_KEY: btoa(URL_KEY) }
type Account = ConfigDefinition['accounts'][number]

const service = (more: Partial<Account> = {}, defaultAccount = ACCOUNT): Send =>
  ownedService(
    {
      accounts: [{ id: ACCOUNT, keys: [{ id: 'main', kind: 'secret', key: { env: 'KEY' }, secureUrlKey: { env: 'URL_KEY' } }], ...more }],
      defaultAccount,
    },
    VARIABLES,
  )
const owner = { Authorization: `Bearer ${VARIABLES.KEY}` }
const send = service()
const WEBP = { Accept: 'image/webp,*/*' }

/** The same wish of each door, as an image URL says it. Paths of the doors have no account. */
const WISHES: readonly (readonly [door: string, url: string, query: string])[] = [
  ['next', '/_next/image?url=%2Fa.jpg&w=40&q=75', 'w=40&fit=shrink&f=auto&q=75'],
  ['vercel', '/_vercel/image?url=%2Fa.jpg&w=40&q=75', 'w=40&fit=shrink&f=auto&q=75'],
  ['netlify', '/.netlify/images?url=a.jpg&w=40', 'w=40&fit=shrink&f=auto&q=75'],
  ['netlify', '/.netlify/images?url=/a.jpg&w=30&h=20&fit=fill&fm=png', 'w=30&h=20&fit=stretch&f=png&q=75'],
  ['ipx', '/_ipx/w_40,f_webp,q_75/a.jpg', 'w=40&fit=shrink&f=webp&q=75&anim=false'],
  ['ipx', `/_ipx/w_40/${ORIGIN}/${ACCOUNT}/raw/a.jpg`, 'w=40&fit=shrink'],
  ['ipx', '/_ipx/f_auto/a.jpg', 'f=auto&anim=false'],
  ['cloudflare', '/cdn-cgi/image/width=40,quality=75,format=auto/a.jpg', 'w=40&fit=shrink&f=auto&q=75'],
  ['cloudflare', '/cdn-cgi/image/w=40,h=30,fit=cover,f=png/a.jpg', 'w=40&h=30&fit=crop&f=png&q=85'],
]
const REFUSED: readonly (readonly [door: string, url: string, type: string, text: RegExp, header: string | null])[] = [
  ['next', '/_next/image?url=/a.jpg&w=40', 'text/plain', /^A parameter is invalid\. Expected "q"/, null],
  ['vercel', '/_vercel/image?url=/a.jpg&w=40&q=0', 'text/plain', /^INVALID_IMAGE_OPTIMIZE_REQUEST: /, 'X-Vercel-Error'],
  ['netlify', '/.netlify/images?url=/a.jpg&fit=x', 'text/plain', /^A parameter is invalid\. Received "x" for "fit"/, null],
  ['ipx', '/_ipx/zoom_2/a.jpg', 'application/json', /^\{"error":\{"message":"\[400\] \[IPX_ERROR\] .*zoom/, null],
  ['cloudflare', '/cdn-cgi/image/zoom=2/a.jpg', 'text/plain', /^ERROR 9401: .*zoom/, 'Cf-Resized'],
]
/** One URL a door, of another file. */
const URLS: Readonly<Record<string, (path: string) => string>> = {
  next: (path) => `/_next/image?url=${path}&w=40&q=75`,
  vercel: (path) => `/_vercel/image?url=${path}&w=40&q=75`,
  netlify: (path) => `/.netlify/images?url=${path}&w=40&q=75`,
  ipx: (path) => `/_ipx/w_40,f_auto,q_75${path}`,
  cloudflare: (path) => `/cdn-cgi/image/w=40,f=auto,q=75${path}`,
}
const DOORS = Object.entries(URLS)
const below = (url: string): string => `/${ACCOUNT}${url}`

async function signed(url: string): Promise<string> {
  const text = `${url}${url.includes('?') ? '&' : '?'}exp=${Math.floor(Date.now() / 1000) + 3600}`
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(URL_KEY), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(new URL(ORIGIN).host + text))
  return `${text}&sig=1.main.${btoa(String.fromCharCode(...new Uint8Array(mac)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')}`
}

beforeAll(async () => {
  for (const [path, body] of [
    ['/a.jpg', picture('photo.jpg')],
    ['/closed/a.jpg', picture('photo.jpg')],
    ['/text.jpg', 'no picture'],
    ['/missing.png', picture('photo.png')],
  ] as const) {
    const stored = await send(`/v2/accounts/${ACCOUNT}/uploads/binary?filePath=${path}`, { method: 'POST', headers: owner, body })
    expect(stored.status).toBe(200)
  }
  const closed = await send(`/v2/accounts/${ACCOUNT}/folders`, {
    method: 'PUT',
    headers: owner,
    body: JSON.stringify({ folderPath: '/closed', folderSettings: { publicPermissions: { set: true, value: [] } } }),
  })
  expect(closed.status).toBe(200)
})

describe('equal wishes', () => {
  it.each(WISHES)('%s %s: bytes, key and headers of image URLs', async (door, url, query) => {
    for (const Accept of ['*/*', WEBP.Accept]) {
      const ours = await send(`/${ACCOUNT}/image/a.jpg?${query}`, { headers: { Accept } })
      const bytes = Buffer.from(await ours.arrayBuffer())
      for (const at of [below(url), ...(door === 'cloudflare' ? [] : [url])]) {
        const answer = await send(at, { headers: { Accept } })
        expect([answer.status, answer.headers.get('Emulsion-Cache')]).toEqual([200, 'edge'])
        for (const name of ['ETag', 'Content-Type', 'Vary', 'Cache-Control', 'Content-Disposition'])
          expect(answer.headers.get(name), name).toBe(ours.headers.get(name))
        expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), bytes)).toBe(0)
      }
    }
  })

  it('are answered by what the client accepts, and say so', async () => {
    for (const [door, url] of DOORS) {
      const [webp, any] = [await send(below(url('/a.jpg')), { headers: WEBP }), await send(below(url('/a.jpg')))]
      expect([webp.headers.get('Content-Type'), any.headers.get('Content-Type')], door).toEqual(['image/webp', 'image/jpeg'])
      expect([webp.headers.get('Vary'), any.headers.get('Vary')], door).toEqual(['Accept', 'Accept'])
    }
  })

  it('are answered without a body where none is wished', async () => {
    for (const [, url] of DOORS) {
      const at = below(url('/a.jpg'))
      const whole = await send(at)
      const etag = whole.headers.get('ETag') ?? ''
      expect((await send(at, { headers: { 'If-None-Match': etag } })).status).toBe(304)
      const head = await send(at, { method: 'HEAD' })
      expect([head.status, head.headers.get('ETag'), (await head.arrayBuffer()).byteLength]).toEqual([200, etag, 0])
    }
  })
})

describe('errors', () => {
  it.each(REFUSED)('%s %s', async (_door, url, type, text, header) => {
    const answer = await send(below(url))
    expect([answer.status, answer.headers.get('Content-Type')?.split(';')[0]]).toEqual([400, type])
    expect(await answer.text()).toMatch(text)
    if (header !== null) expect(answer.headers.get(header)).toMatch(/^(err=9401|INVALID_IMAGE_OPTIMIZE_REQUEST)$/)
  })

  it('of files have the statuses of image URLs', async () => {
    for (const path of ['/none.jpg', '/text.jpg'])
      for (const [door, url] of DOORS) {
        const [answer, ours] = [await send(below(url(path))), await send(`/${ACCOUNT}/image${path}?w=40`)]
        expect([answer.status, answer.headers.get('Cache-Control')], door).toEqual([ours.status, ours.headers.get('Cache-Control')])
      }
  })

  it('of parameters that image URLs do not have either', async () => {
    for (const [, url] of DOORS) {
      const text = `${url('/a.jpg')}${url('/a.jpg').includes('?') ? '&' : '?'}widht=1`
      const answer = await send(below(text))
      expect([answer.status, (await answer.text()).includes('widht')]).toEqual([400, true])
    }
  })

  it('of methods', async () => {
    for (const [, url] of DOORS) expect((await send(below(url('/a.jpg')), { method: 'POST', headers: owner })).status).toBe(405)
  })

  it('lead to the stored file where Cloudflare’s option wishes it', async () => {
    const answer = await send(below('/cdn-cgi/image/onerror=redirect,w=4/text.jpg'), { redirect: 'manual' })
    expect([answer.status, answer.headers.get('Location')]).toEqual([302, `${ORIGIN}/${ACCOUNT}/raw/text.jpg`])
    expect((await send(below('/cdn-cgi/image/onerror=redirect,w=4/a.jpg'))).status).toBe(200)
  })
})

describe('the root', () => {
  it('shows the default account, and nothing where there is none', async () => {
    const none = service({}, '')
    for (const [door, url] of DOORS) {
      expect((await send(url('/a.jpg'))).status, door).toBe(door === 'cloudflare' ? 404 : 200)
      expect((await none(url('/a.jpg'))).status, door).toBe(404)
      expect((await none(below(url('/a.jpg')))).status, door).toBe(200)
      expect((await send(`/Other11${url('/a.jpg')}`)).status, door).toBe(404)
    }
  })
})

describe('what holds for image URLs', () => {
  it('holds: signatures', async () => {
    const strict = service({ urls: { allow: 'signed' } })
    for (const [door, url] of DOORS) {
      const at = below(url('/a.jpg'))
      const unsigned = await strict(at)
      expect([unsigned.status, (await unsigned.text()).includes('signed URL')], door).toEqual([403, true])
      const right = await signed(at)
      expect((await strict(right)).status, door).toBe(200)
      expect((await strict(right.replace('a.jpg', 'missing.png'))).status, door).toBe(403)
      expect((await strict(right.replace('40', '41'))).status, door).toBe(403)
      expect((await strict(at, { headers: owner })).status, door).toBe(200)
    }
  })

  it('holds: folders that are not public', async () => {
    for (const [door, url] of DOORS) {
      const stranger = await send(below(url('/closed/a.jpg')))
      expect([stranger.status, stranger.headers.get('Cache-Control')], door).toEqual([401, expect.not.stringContaining('public')])
      const answer = await send(below(url('/closed/a.jpg')), { headers: owner })
      expect([answer.status, answer.headers.get('Cache-Control')], door).toEqual([200, expect.stringMatching(/^private/)])
    }
  })

  it('holds: ladders of widths, and the most pixels', async () => {
    const ladder = service({ urls: { widths: [24, 48] } })
    const small = service({ urls: { maxUnsignedPixels: 100 } })
    for (const [door, url] of DOORS) {
      expect((await decodePixels(await ladder(below(url('/a.jpg')), { headers: WEBP }))).width, door).toBe(48)
      expect((await small(below(url('/a.jpg')))).status, door).toBe((await small(`/${ACCOUNT}/image/a.jpg?w=40&fit=shrink`)).status)
    }
  })

  it('holds: fallbacks', async () => {
    const standing = service({ fallback: { path: '/missing.png', seconds: 30 } })
    for (const [door, url] of DOORS) {
      const answer = await standing(below(url('/none.jpg')), { headers: WEBP })
      expect([answer.status, answer.headers.get('Emulsion-Fallback'), answer.headers.get('Content-Type')], door).toEqual([
        404,
        'file_not_found',
        'image/webp',
      ])
    }
  })

  it('holds: explanations for holders of a key', async () => {
    for (const [door, url] of DOORS) {
      const at = `${below(url('/a.jpg'))}${url('/a.jpg').includes('?') ? '&' : '?'}explain=true`
      expect((await send(at)).status, door).toBe(401)
      const told = (await (await send(at, { headers: { ...owner, ...WEBP } })).json()) as { dialect: string; canonical: string }
      expect(told.dialect).toBe(door)
    }
  })

  it('holds: deadlines, versions and downloads', async () => {
    for (const [door, url] of DOORS) {
      const at = `${below(url('/a.jpg'))}${url('/a.jpg').includes('?') ? '&' : '?'}version=7&download=true&deadline=60000`
      const answer = await send(at)
      expect([answer.status, answer.headers.get('Cache-Control')], door).toEqual([200, expect.stringContaining('immutable')])
      expect(answer.headers.get('Content-Disposition'), door).toContain('attachment')
    }
  })
})
