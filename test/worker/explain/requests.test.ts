import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { ACCOUNT, picture, PUBLIC_KEY, request, SECRET_KEY, upload } from '../support/client.ts'
import { basic, OPEN, SECURED, store } from '../support/filestack.ts'

interface Told {
  readonly dialect: string
  readonly canonical: string
  readonly key: string
  readonly source: { readonly path: string }
  readonly tiers: readonly { readonly tier: string; readonly answers: boolean; readonly why: string }[]
  readonly spellings: Readonly<
    Record<string, { readonly url?: string; readonly body?: { readonly jobs: readonly object[] }; readonly reason?: string }>
  >
  readonly refused: { readonly code: string; readonly status: number } | null
}

const variables = env as unknown as Readonly<Record<string, string>> // set in vitest.config.ts
const bearer = (key: string): Record<string, string> => ({ Authorization: `Bearer ${key}` })
const SECRET = bearer(SECRET_KEY)
const BATCH = bearer(variables['EMULSION_BATCH_SECRET'] ?? '')

const ask = (body: unknown, headers: Record<string, string> = SECRET): Promise<Response> =>
  request('/-/explain', { method: 'POST', headers, body: JSON.stringify(body) })
async function told(body: unknown, headers?: Record<string, string>): Promise<Told> {
  const response = await ask(body, headers)
  expect(response.status).toBe(200)
  return response.json()
}

let handle: string
let path: string

beforeAll(async () => {
  await upload('/asked/photo.jpg', picture('photo.jpg'))
  handle = (await store(OPEN, picture('photo.jpg'))).handle
  path = (await told({ url: `/${OPEN.key}/resize=width:9/${handle}` })).source.path
}, 60_000)

describe('POST /-/explain', () => {
  it('explains URLs, jobs and tasks, and equal wishes have equal keys', async () => {
    const job = { source: path, destination: '/x.png', quality: 80, transformations: [{ type: 'resize', width: 40 }] }
    const tasks = [
      { name: 'resize', params: { width: 40 } },
      { name: 'output', params: { format: 'png', quality: 80 } },
    ]
    const all = await Promise.all([
      told({ url: `/${ACCOUNT}/image${path}?w=40&f=png` }),
      told({ url: `/resize=width:40/output=format:png,quality:80/${handle}` }, basic(OPEN.secret)),
      told({ process: { apikey: OPEN.key, sources: [handle], tasks } }),
      told({ job }),
      told({ job }, BATCH),
    ])
    expect(all.map(({ dialect }) => dialect)).toEqual(['bytescale', 'filestack', 'filestack', 'batch', 'batch'])
    expect(new Set(all.map(({ key }) => key)).size).toBe(1)
    expect(all[3]?.tiers[0]?.why).toContain('made anew')
  })

  it('gives the equal requests of the other dialects', async () => {
    const { spellings, key, canonical } = await told({ url: `/${ACCOUNT}/image${path}?w=40&flip=true&f=png` })
    expect(spellings['bytescale']?.url).toBe(`/${ACCOUNT}/image${path}?flip=true&w=40&f=png`)
    expect(spellings['filestack']?.url).toBe(`/${OPEN.key}/flip/resize=width:40/output=format:png,quality:80/${handle}`)
    expect((await told({ url: spellings['filestack']?.url })).key).toBe(key)
    expect(spellings['cloudflare']?.url).toBe(
      `/${ACCOUNT}/cdn-cgi/image/flip=h,width=40,fit=contain,format=png,quality=80${path}`.replace('flip=h', 'flip=v'),
    )
    expect((await told({ url: spellings['ipx']?.url })).key).toBe(key)
    const [job] = spellings['batch']?.body?.jobs ?? []
    expect((await told({ job: { ...job, source: path } })).canonical).toBe(canonical)
    const own = await told({ url: `/${ACCOUNT}/image${path}?w=40&sharpen=9&tint=f00&f=png` })
    expect(own.spellings['filestack']?.reason).toContain('tint')
    expect(own.spellings['batch']?.reason).toContain('sharpen')
    const stranger = await told({ url: `/${ACCOUNT}/image/asked/photo.jpg?w=40&f=png` })
    expect(stranger.spellings['filestack']?.reason).toContain('no handle')
  })

  it('follows the Accept header of the wish', async () => {
    const { spellings, canonical } = await told({ url: `/${ACCOUNT}/image${path}?w=40&f=auto`, accept: 'image/webp' })
    expect(canonical).toContain('auto-webp')
    expect(spellings['bytescale']).toMatchObject({ accept: 'image/webp' })
  })

  it('tells why a URL answers an error', async () => {
    expect((await told({ url: `/${ACCOUNT}/image/asked/nothing.jpg?w=40` })).refused).toMatchObject({ code: 'file_not_found', status: 404 })
    expect((await told({ url: `/${ACCOUNT}/image/asked/photo.jpg?width=40` })).refused).toMatchObject({
      code: 'unknown_parameter',
      status: 400,
    })
  })

  it.each<[string, unknown, Record<string, string>, number]>([
    ['a URL, to nobody', { url: `/${ACCOUNT}/image/asked/photo.jpg?w=4` }, {}, 401],
    ['a URL, to a public key', { url: `/${ACCOUNT}/image/asked/photo.jpg?w=4` }, bearer(PUBLIC_KEY), 403],
    ['a job, to nobody', { job: { source: '/asked/photo.jpg', destination: '/x.png' } }, {}, 401],
    ['a job, to a public key', { job: { source: '/asked/photo.jpg', destination: '/x.png' } }, bearer(PUBLIC_KEY), 401],
    ['tasks, to nobody', { process: { apikey: OPEN.key, sources: ['HANDLE'], tasks: [{ name: 'flip' }] } }, {}, 403],
    [
      'tasks, to another app',
      { process: { apikey: OPEN.key, sources: ['HANDLE'], tasks: [{ name: 'flip' }] } },
      basic(SECURED.secret),
      403,
    ],
    ['a URL that shows no picture', { url: '/-/health' }, SECRET, 404],
    ['a stored file', { url: `/${ACCOUNT}/raw/asked/photo.jpg` }, SECRET, 400],
    ['two wishes', { url: '/a', job: {} }, SECRET, 400],
    [
      'a field that is not known',
      { job: { source: '/asked/photo.jpg', destination: '/x.avi2', transformations: [{ type: 'x' }] } },
      SECRET,
      400,
    ],
  ])('refuses %s', async (_name, body, headers, status) => {
    const text = JSON.stringify(body).replace('HANDLE', handle)
    const response = await request('/-/explain', { method: 'POST', headers, body: text })
    expect(response.status).toBe(status)
    if (_name === 'two wishes') expect(await response.clone().text()).toContain('Expected one of')
    expect(Object.keys(await response.json<object>()).filter((name) => name !== 'error' && name !== 'result')).toEqual([])
  })
})
