import { beforeAll, describe, expect, it } from 'vitest'
import type { ConfigDefinition } from '../../../src/config/schema.ts'
import { errorOf, picture } from '../support/client.ts'
import { ownedService, type Send } from '../support/owned-service.ts'
import { decodePixels } from '../support/pixels.ts'
import { logo, logoShare } from './support/marked.ts'

const ACCOUNT = 'W142hJb'
const VARIABLES = { KEY: 'secret_W142hJbTestTestTestTestTest1', APP: 'AppFallbackTestTest01', SECRET: 'SECRETOFTHEAPP0000005' }
type Account = Partial<ConfigDefinition['accounts'][number]>

const service = (more: Account): Send =>
  ownedService(
    {
      accounts: [
        {
          id: ACCOUNT,
          keys: [{ id: 'main', kind: 'secret', key: { env: 'KEY' } }],
          presets: { small: 'w=20&f=png&fallback=/own.png' },
          ...more,
        },
      ],
      filestackApps: [
        { key: { env: 'APP' }, secrets: [{ env: 'SECRET' }], account: ACCOUNT, containers: [{ name: 'default', folder: '/stored' }] },
      ],
    },
    VARIABLES,
  )
const owner = { Authorization: `Bearer ${VARIABLES.KEY}` }
const FALLBACK = { path: '/missing.bmp', seconds: 30 }
const [plain, standing] = [service({}), service({ fallback: FALLBACK })]
let damaged = ''

beforeAll(async () => {
  for (const [path, body] of [
    ['/a.jpg', picture('photo.jpg')],
    ['/damaged.jpg', picture('truncated.jpg').subarray(0, 30)],
    ['/text.jpg', 'no picture'],
    ['/missing.bmp', logo()],
    ['/own.png', picture('photo.png')],
    ['/closed/a.bmp', logo()],
  ] as const) {
    const stored = await plain(`/v2/accounts/${ACCOUNT}/uploads/binary?filePath=${path}`, { method: 'POST', headers: owner, body })
    expect(stored.status).toBe(200)
  }
  const sent = await plain(`/api/store/S3?key=${VARIABLES.APP}`, {
    method: 'POST',
    body: 'no picture',
    headers: { 'Content-Type': 'image/jpeg' },
  })
  damaged = ((await sent.json()) as { url: string }).url.split('/').at(-1) ?? ''
})

/** Status, the failure in whose place it stands, width, and whether it shows the account's fallback. */
async function seen(response: Response): Promise<readonly unknown[]> {
  const shown = await decodePixels(new Response(await response.clone().arrayBuffer(), { headers: response.headers }))
  return [response.status, response.headers.get('Emulsion-Fallback'), shown.width, logoShare(shown) > 0.9]
}
const image = (rest: string): string => `/${ACCOUNT}/image${rest}`

describe('a fallback', () => {
  it.each<[string, string, readonly unknown[]]>([
    ['for a file that is missing', image('/none.jpg?w=24&f=png'), [404, 'file_not_found', 24, true]],
    ['for what is no picture', image('/text.jpg?w=24&f=png'), [415, 'unsupported_format', 24, true]],
    ['for a damaged picture', image('/damaged.jpg?w=24&f=png'), [422, 'invalid_image', 24, true]],
    ['of the URL', image('/none.jpg?w=24&f=png&fallback=/own.png'), [404, 'file_not_found', 24, false]],
    ['of a preset', `/${ACCOUNT}/small/none.jpg`, [404, 'file_not_found', 20, false]],
    ['not for a picture that can be shown', image('/a.jpg?w=24&f=png'), [200, null, 24, false]],
  ])('%s', async (_, url, expected) => {
    expect(await seen(await standing(url))).toEqual(expected)
  })

  it('in processing URLs: of the account with the status of the failure, of a task as the vendor answers', async () => {
    const key = VARIABLES.APP
    expect(await seen(await standing(`/resize=width:24/output=format:png/${damaged}`))).toEqual([415, 'unsupported_format', 24, true])
    expect(await seen(await standing(`/${key}/resize=width:24/output=format:png/${'N'.repeat(20)}`))).toEqual([
      404,
      'file_not_found',
      24,
      true,
    ])
    expect((await plain(`/resize=width:24/${damaged}`)).status).toBe(415)
  })

  it('is kept for a short time only, and has no version of its own', async () => {
    const response = await standing(image('/none.jpg?w=25&f=png&version=7'))
    expect(response.headers.get('Cache-Control')).toBe('public, max-age=30')
    expect(response.headers.get('ETag')).toBe(null)
    const again = await standing(image('/none.jpg?w=25&f=png'), { headers: { 'If-None-Match': '*', Range: 'bytes=0-3' } })
    expect(await seen(again)).toEqual([404, 'file_not_found', 25, true])
    expect((await standing(image('/none.jpg?w=25&f=png&cache-ttl-404=5'))).headers.get('Cache-Control')).toBe('public, max-age=5')
  })

  it.each<[string, string, number, string]>([
    ['for a wrong parameter', image('/none.jpg?w=x'), 400, 'invalid_parameter'],
    ['for a layer that is missing', image('/a.jpg?image=/none.png'), 404, 'file_not_found'],
    ['for information', image('/none.jpg?f=json'), 404, 'file_not_found'],
    ['that is missing itself', image('/none.jpg?fallback=/none.png'), 404, 'file_not_found'],
    ['with no path', image('/none.jpg?fallback=own.png'), 400, 'invalid_path'],
    ['for raw files', `/${ACCOUNT}/raw/none.jpg`, 404, 'file_not_found'],
  ])('is not shown %s', async (_, url, status, code) => {
    const response = await standing(url)
    expect([response.status, (await errorOf(response)).code]).toEqual([status, code])
  })

  it('that not everybody may see is shown to nobody else, whether it is needed or not', async () => {
    const put = await plain(`/v2/accounts/${ACCOUNT}/folders`, {
      method: 'PUT',
      headers: owner,
      body: JSON.stringify({ folderPath: '/closed', folderSettings: { publicPermissions: { set: true, value: [] } } }),
    })
    expect(put.status).toBe(200)
    const urls = [image('/a.jpg?fallback=/closed/a.bmp'), image('/none.jpg?fallback=/closed/a.bmp')]
    expect(await Promise.all(urls.map(async (url) => (await service({})(url)).status))).toEqual([401, 401])
  })

  it('is a wish that an account may leave out', async () => {
    const strict = service({ urls: { parameters: ['resize'] } })
    expect((await strict(image('/none.jpg?w=24&fallback=/own.png'))).status).toBe(403)
  })
})
