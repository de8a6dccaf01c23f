import { beforeAll, describe, expect, it } from 'vitest'
import type { ConfigDefinition } from '../../../src/config/schema.ts'
import { signPolicy } from '../../support/filestack-policy.ts'
import { errorOf } from '../support/client.ts'
import { ownedService, type Send } from '../support/owned-service.ts'
import { decodePixels } from '../support/pixels.ts'
import { logo, logoShare, SECRET_AREA, secretPicture, secretShare } from './support/marked.ts'

const ACCOUNT = 'W142hJr'
const VARIABLES = {
  KEY: 'secret_W142hJrTestTestTestTestTest1',
  SHOP_KEY: 'secret_W142hJrTestTestTestTestTest2',
  PUBLIC: 'public_W142hJrTestTestTestTestTest1',
  APP: 'AppRulesTestTestTest1',
  SECRET: 'SECRETOFTHEAPP0000002',
}
type Rules = NonNullable<ConfigDefinition['accounts'][number]['rules']>

const HIDE = { op: 'partialPixelate', params: { areas: [SECRET_AREA], softness: 0, size: 16 } } as const
const MARK = { op: 'composite', params: { path: '/shop/logo.bmp', position: 'bottom-right', width: { percent: 50, of: 'width' } } } as const
const RULES: Rules = [
  { folder: '/faces', before: [HIDE] },
  { folder: '/shop', after: [MARK], bypass: 'signed' },
]
const service = (rules: Rules): Send =>
  ownedService(
    {
      accounts: [
        {
          id: ACCOUNT,
          keys: [
            { id: 'main', kind: 'secret', key: { env: 'KEY' } },
            { id: 'shop', kind: 'secret', key: { env: 'SHOP_KEY' }, folder: '/shop' },
            { id: 'open', kind: 'public', key: { env: 'PUBLIC' } },
          ],
          presets: { small: 'w=48&f=png' },
          rules,
        },
      ],
      filestackApps: [
        {
          key: { env: 'APP' },
          secrets: [{ env: 'SECRET' }],
          account: ACCOUNT,
          containers: [
            { name: 'faces', folder: '/faces' },
            { name: 'shop', folder: '/shop' },
            { name: 'free', folder: '/free' },
          ],
        },
      ],
    },
    VARIABLES,
  )
const bearer = (key: string): Record<string, string> => ({ Authorization: `Bearer ${key}` })
const ruled = service(RULES)
const free = service([])

const handles: Record<string, string> = {}

beforeAll(async () => {
  for (const [path, body] of [
    ['/faces/a.bmp', secretPicture()],
    ['/shop/a.bmp', secretPicture()],
    ['/free/a.bmp', secretPicture()],
    ['/shop/logo.bmp', logo()],
    ['/free/face.crop', JSON.stringify({ inputPath: '/faces/a.bmp', pipeline: { steps: [] } })],
  ] as const) {
    const stored = await free(`/v2/accounts/${ACCOUNT}/uploads/binary?filePath=${path}`, {
      method: 'POST',
      headers: { ...bearer(VARIABLES.KEY), 'Content-Type': path.endsWith('bmp') ? 'image/bmp' : 'application/json' },
      body,
    })
    expect(stored.status).toBe(200)
  }
  for (const container of ['faces', 'shop', 'free']) {
    const answer = await free(`/api/store/S3?key=${VARIABLES.APP}&container=${container}`, {
      method: 'POST',
      body: secretPicture(),
      headers: { 'Content-Type': 'image/bmp' },
    })
    handles[container] = ((await answer.json()) as { url: string }).url.split('/').at(-1) ?? ''
  }
})

const seen = async (response: Response): Promise<readonly [secret: boolean, logo: boolean]> => {
  const picture = await decodePixels(response)
  return [secretShare(picture) > 0.02, logoShare(picture) > 0.1]
}
const image = (rest: string): string => `/${ACCOUNT}/image${rest}`

describe('pictures of every dialect', () => {
  it.each<[string, () => string, readonly [boolean, boolean]]>([
    ['hidden', () => image('/faces/a.bmp?f=png'), [false, false]],
    ['hidden when a part is cut out', () => image(`/faces/a.bmp?f=png&crop-x=24&crop-y=16&crop-w=48&crop-h=32`), [false, false]],
    ['hidden when it is turned', () => image('/faces/a.bmp?f=png&rotate=90&w=40'), [false, false]],
    ['hidden by a preset', () => `/${ACCOUNT}/small/faces/a.bmp`, [false, false]],
    ['hidden in a layer', () => image('/free/a.bmp?w=48&f=png&image=/faces/a.bmp'), [false, false]],
    ['hidden in a layer over itself', () => image('/faces/a.bmp?f=png&image=/faces/a.bmp'), [false, false]],
    ['hidden behind a .crop file', () => image('/free/face.crop?f=png'), [false, false]],
    ['hidden in tasks', () => `/output=format:png/${handles['faces']}`, [false, false]],
    ['hidden without tasks', () => `/${handles['faces']}`, [false, false]],
    [
      'hidden in a watermark',
      () => `/resize=width:96/watermark=file:${handles['faces']},size:100/output=format:png/${handles['free']}`,
      [false, false],
    ],
    ['hidden behind a fallback', () => `/fallback=handle:${handles['faces']}/output=format:png/${'A'.repeat(20)}`, [false, false]],
    ['marked', () => image('/shop/a.bmp?f=png'), [true, true]],
    ['marked after a layer of its own', () => image('/shop/a.bmp?f=png&image=/free/a.bmp'), [true, true]],
    ['marked in tasks', () => `/resize=width:40/output=format:png/${handles['shop']}`, [true, true]],
    ['marked without tasks', () => `/${handles['shop']}`, [true, true]],
    ['free elsewhere', () => image('/free/a.bmp?f=png'), [true, false]],
  ])('%s', async (_, url, expected) => {
    const response = await ruled(url())
    expect(await seen(response)).toEqual(expected)
  })

  it.each<[string, string, Record<string, string>, readonly [boolean, boolean]]>([
    ['its secret key', '/faces/a.bmp?f=png', bearer(VARIABLES.KEY), [true, false]],
    ['a secret key of its folder', '/shop/a.bmp?f=png', bearer(VARIABLES.SHOP_KEY), [true, false]],
    ['a secret key of another folder', '/faces/a.bmp?f=png', bearer(VARIABLES.SHOP_KEY), [false, false]],
    ['a public key', '/shop/a.bmp?f=png', bearer(VARIABLES.PUBLIC), [true, true]],
  ])('for %s', async (_, path, headers, expected) => {
    expect(await seen(await ruled(image(path), { headers }))).toEqual(expected)
  })

  it('for a signed policy and the secret of an app', async () => {
    const signed = signPolicy({ expiry: Math.floor(Date.now() / 1000) + 3600 }, VARIABLES.SECRET)
    const policy = new URLSearchParams({ ...signed }).toString()
    const basic = { headers: { Authorization: `Basic ${btoa(`app:${VARIABLES.SECRET}`)}` } }
    expect(await seen(await ruled(`/output=format:png/${handles['shop']}?${policy}`))).toEqual([true, false])
    expect(await seen(await ruled(`/output=format:png/${handles['faces']}?${policy}`))).toEqual([false, false])
    expect(await seen(await ruled(`/output=format:png/${handles['faces']}`, basic))).toEqual([true, false])
  })

  it('of other rules are other results at once', async () => {
    const before = await ruled(image('/faces/a.bmp?f=png&w=90'))
    const after = await service([{ folder: '/faces', before: [{ op: 'blur', params: { sigma: 9 } }] }])(image('/faces/a.bmp?f=png&w=90'), {
      headers: { 'If-None-Match': before.headers.get('ETag') ?? '' },
    })
    expect([after.status, after.headers.get('Emulsion-Cache')]).toEqual([200, 'miss'])
    const layer = image('/free/a.bmp?f=png&w=91&image=/faces/a.bmp')
    expect((await ruled(layer)).headers.get('ETag')).not.toBe((await free(layer)).headers.get('ETag'))
  })

  it('are kept: the second request makes neither the picture nor its layer', async () => {
    const url = image('/free/a.bmp?f=png&w=47&image=/faces/a.bmp')
    await ruled(url)
    expect((await ruled(url)).headers.get('Emulsion-Cache')).not.toBe('miss')
    const hidden = await decodePixels(await ruled(url))
    expect([secretShare(hidden) > 0.02]).toEqual([false])
  })
})

describe('stored files', () => {
  const copy = (source: string, headers: Record<string, string>) =>
    ruled(`/v2/accounts/${ACCOUNT}/files/copy`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ source, destination: `/free/copy-${Math.random()}.bmp` }),
    })

  it('are refused as they are', async () => {
    const response = await ruled(`/${ACCOUNT}/raw/faces/a.bmp`)
    expect([response.status, (await errorOf(response)).code]).toEqual([403, 'forbidden'])
    expect((await ruled(`/api/file/${handles['faces']}`)).status).toBe(403)
    expect((await ruled(`/${ACCOUNT}/raw/free/a.bmp`)).status).toBe(200)
    expect((await ruled(`/${ACCOUNT}/raw/faces/a.bmp`, { headers: bearer(VARIABLES.KEY) })).status).toBe(200)
    expect((await ruled(`/${ACCOUNT}/raw/faces/a.bmp`, { headers: bearer(VARIABLES.SHOP_KEY) })).status).toBe(403)
  })

  it('are not copied away', async () => {
    expect((await copy('/free/a.bmp', bearer(VARIABLES.KEY))).status).toBe(200)
    expect((await copy('/faces/a.bmp', bearer(VARIABLES.KEY))).status).toBe(200)
    const process = (source: string | undefined) =>
      ruled('/process', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ apikey: VARIABLES.APP, sources: [source], tasks: [{ name: 'store', params: { container: 'free' } }] }),
      })
    expect((await process(handles['free'])).status).toBe(200)
    expect((await process(handles['faces'])).status).toBe(403)
  })

  it('are saved as their pictures', async () => {
    const save = async (key: string): Promise<string> => {
      const answer = await ruled(`/${ACCOUNT}/save/image/faces/a.bmp?f=png`, {
        method: 'POST',
        headers: { ...bearer(key), 'Content-Type': 'application/json' },
        body: JSON.stringify({ destination: { folderPath: '/free' } }),
      })
      return ((await answer.json()) as { filePath: string }).filePath
    }
    expect(await seen(await ruled(`/${ACCOUNT}/raw${await save(VARIABLES.PUBLIC)}`))).toEqual([false, false])
    expect(await seen(await ruled(`/${ACCOUNT}/raw${await save(VARIABLES.KEY)}`))).toEqual([true, false])
    for (const tasks of ['store=container:free', 'output=format:png/store=container:free']) {
      const stored = await ruled(`/${tasks}/${handles['faces']}`, { method: 'POST' })
      const { handle } = (await stored.json()) as { handle: string }
      expect(await seen(await ruled(`/output=format:png/${handle}`)), tasks).toEqual([false, false])
    }
  })

  it('tell only of their pictures', async () => {
    const fields = 'palette,dominantColor,thumbHash,blurHash,placeholder'
    const told = async (send: Send): Promise<Record<string, unknown>> => (await send(image(`/faces/a.bmp?f=json&fields=${fields}`))).json()
    const [hidden, shown] = [await told(ruled), await told(free)]
    for (const name of fields.split(',')) expect(hidden[name], name).not.toEqual(shown[name])
  })
})
