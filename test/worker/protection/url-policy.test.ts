import { beforeAll, describe, expect, it } from 'vitest'
import type { ConfigDefinition } from '../../../src/config/schema.ts'
import { signPolicy } from '../../support/filestack-policy.ts'
import { ORIGIN, picture } from '../support/client.ts'
import { ownedService, type Send } from '../support/owned-service.ts'
import { decodePixels } from '../support/pixels.ts'

const ACCOUNT = 'W142hJk'
const URL_KEY = '0123456789abcdef0123456789abcdef'
const VARIABLES = {
  KEY: 'secret_W142hJkTestTestTestTestTest1',
  PUBLIC: 'public_W142hJkTestTestTestTestTest1',
  URL_KEY: btoa(URL_KEY),
  APP: 'AppPolicyTestTestTest1',
  SECRET: 'SECRETOFTHEAPP0000001',
}

type Urls = NonNullable<ConfigDefinition['accounts'][number]['urls']>
const service = (urls: Urls): Send =>
  ownedService(
    {
      accounts: [
        {
          id: ACCOUNT,
          keys: [
            { id: 'main', kind: 'secret', key: { env: 'KEY' }, secureUrlKey: { env: 'URL_KEY' } },
            { id: 'open', kind: 'public', key: { env: 'PUBLIC' } },
          ],
          presets: { small: 'w=40&f=png' },
          urls,
        },
      ],
      filestackApps: [
        { key: { env: 'APP' }, secrets: [{ env: 'SECRET' }], account: ACCOUNT, containers: [{ name: 'default', folder: '/stored' }] },
      ],
    },
    VARIABLES,
  )
const bearer = (key: string): Record<string, string> => ({ Authorization: `Bearer ${key}` })

/** A signed URL as the vendor describes it. */
async function signed(path: string): Promise<string> {
  const text = `${path}${path.includes('?') ? '&' : '?'}exp=${Math.floor(Date.now() / 1000) + 3600}`
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(URL_KEY), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(new URL(ORIGIN).host + text))
  const base64 = btoa(String.fromCharCode(...new Uint8Array(mac)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
  return `${text}&sig=1.main.${base64}`
}
const withPolicy = (): string =>
  new URLSearchParams({ ...signPolicy({ expiry: Math.floor(Date.now() / 1000) + 3600 }, VARIABLES.SECRET) }).toString()

let handle = ''

beforeAll(async () => {
  const send = service({})
  const stored = await send(`/v2/accounts/${ACCOUNT}/uploads/binary?filePath=/a.jpg`, {
    method: 'POST',
    headers: { ...bearer(VARIABLES.KEY), 'Content-Type': 'image/jpeg' },
    body: picture('photo.jpg'),
  })
  expect(stored.status).toBe(200)
  const answer = await send(`/api/store/S3?key=${VARIABLES.APP}`, {
    method: 'POST',
    body: picture('photo.jpg'),
    headers: { 'Content-Type': 'image/jpeg' },
  })
  handle = ((await answer.json()) as { url: string }).url.split('/').at(-1) ?? ''
})

const image = `/${ACCOUNT}/image/a.jpg`
const raw = `/${ACCOUNT}/raw/a.jpg`
const preset = `/${ACCOUNT}/small/a.jpg`
const task = (): string => `/resize=width:40/${handle}`
const original = (): string => `/cdn/${handle}`
const file = (): string => `/api/file/${handle}`

describe('who may have what', () => {
  type Row = readonly [image: number, preset: number, raw: number, task: number, original: number, file: number]
  it.each<[string, Urls, Row]>([
    ['nothing set', {}, [200, 200, 200, 200, 200, 200]],
    ['presets', { allow: 'presets' }, [403, 200, 200, 403, 200, 200]],
    ['signed', { allow: 'signed' }, [403, 403, 403, 403, 403, 403]],
    ['other parameters', { parameters: ['blur'] }, [403, 200, 200, 403, 200, 200]],
    ['other widths', { widths: [41], snap: 'reject' }, [400, 200, 200, 400, 200, 200]],
    ['fewer pixels', { maxUnsignedPixels: 100 }, [422, 422, 200, 422, 200, 200]],
  ])('%s', async (_, urls, expected) => {
    const send = service(urls)
    const paths = [`${image}?w=40`, preset, raw, task(), original(), file()]
    const statuses = async (urlsOf: readonly string[], headers: Record<string, string> = {}) => {
      const all: number[] = []
      for (const url of urlsOf) all.push((await send(url, { headers })).status)
      return all
    }
    expect(await statuses(paths)).toEqual(expected)
    expect(await statuses(paths.slice(0, 3), bearer(VARIABLES.PUBLIC))).toEqual(expected.slice(0, 3))
    const free = [200, 200, 200]
    expect(await statuses(paths.slice(0, 3), bearer(VARIABLES.KEY))).toEqual(free)
    expect(await statuses(await Promise.all(paths.slice(0, 3).map(signed)))).toEqual(free)
    expect(await statuses(paths.slice(3).map((path) => `${path}?${withPolicy()}`))).toEqual(free)
    expect(await statuses(paths.slice(3), { Authorization: `Basic ${btoa(`app:${VARIABLES.SECRET}`)}` })).toEqual(free)
  })

  it('says in the words of each dialect what is allowed', async () => {
    const send = service({ widths: [41], snap: 'reject' })
    expect(await (await send(`${image}?w=40`)).json()).toMatchObject({
      error: { code: 'invalid_parameter', message: expect.stringContaining('a width of 41 pixels'), details: { field: 'width' } },
    })
    expect(await (await send(task())).json()).toEqual({ error: expect.stringContaining('a width of 41 pixels') })
  })
})

describe('widths that snap', () => {
  it('are one result: the second URL renders nothing', async () => {
    const send = service({ widths: [64, 128] })
    const first = await send(`${image}?w=50&f=png`)
    expect((await decodePixels(first)).width).toBe(64)
    const second = await send(`${image}?w=63&f=png`)
    expect(second.headers.get('Emulsion-Cache')).not.toBe('miss')
    expect(second.headers.get('ETag')).toBe(first.headers.get('ETag'))
    const own = await send(await signed(`${image}?w=50&f=png`))
    expect((await decodePixels(own)).width).toBe(50)
  })
})

it('a save by a public key is held to the policy too', async () => {
  const body = { method: 'POST', headers: { ...bearer(VARIABLES.PUBLIC), 'Content-Type': 'application/json' }, body: '{}' }
  expect((await service({ allow: 'presets' })(`/${ACCOUNT}/save/image/a.jpg?w=40`, body)).status).toBe(403)
  expect((await service({})(`/${ACCOUNT}/save/image/a.jpg?w=40`, body)).status).toBe(200)
})
