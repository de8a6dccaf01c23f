import { beforeAll, describe, expect, it } from 'vitest'
import { signPolicy } from '../../support/filestack-policy.ts'
import { request, SECRET_KEY } from '../support/client.ts'
import { type App, basic, OPEN, outcome, SECURED, signed, store } from '../support/filestack.ts'

const HOUR = 3600
const now = (): number => Math.floor(Date.now() / 1000)
const TEXT = { 'Content-Type': 'text/plain' }
const apps = { off: OPEN, required: SECURED }

/** Each call with the name under which a policy allows it. */
const CALLS = {
  store: { allowedBy: 'store', path: (key: string) => `/api/store/S3?key=${key}&`, init: { method: 'POST', body: 'abc', headers: TEXT } },
  read: { allowedBy: 'read', path: (_: string, handle: string) => `/api/file/${handle}?`, init: {} },
  head: { allowedBy: 'read', path: (_: string, handle: string) => `/api/file/${handle}?`, init: { method: 'HEAD' } },
  stat: { allowedBy: 'stat', path: (_: string, handle: string) => `/api/file/${handle}/metadata?`, init: {} },
  write: {
    allowedBy: 'write',
    path: (_: string, handle: string) => `/api/file/${handle}?`,
    init: { method: 'POST', body: 'new', headers: TEXT },
  },
  remove: { allowedBy: 'remove', path: (_: string, handle: string) => `/api/file/${handle}?`, init: { method: 'DELETE' } },
  'remove by POST': { allowedBy: 'remove', path: (_: string, handle: string) => `/api/file/${handle}/remove?`, init: { method: 'POST' } },
} as const
type Name = keyof typeof CALLS
const NAMES = Object.keys(CALLS) as Name[]
/** Where security is off, these need no right. */
const FREE: readonly Name[] = ['store', 'read', 'head', 'stat']

async function call(name: Name, app: App, query: string, headers: Record<string, string> = {}): Promise<number> {
  const { handle } = await store(app, 'abc', '', TEXT)
  const { path, init } = CALLS[name]
  const given = 'headers' in init ? init.headers : {}
  return (await request(path(app.key, handle) + query, { ...init, headers: { ...given, ...headers } })).status
}

const others = (name: Name): string[] =>
  ['pick', 'read', 'stat', 'write', 'writeUrl', 'store', 'convert', 'remove'].filter((each) => each !== CALLS[name].allowedBy)

describe.each(['off', 'required'] as const)('security %s', (security) => {
  const app = apps[security]
  it.each(NAMES)('%s without anything', async (name) => {
    expect(await call(name, app, '')).toBe(security === 'off' && FREE.includes(name) ? 200 : 403)
  })
  it.each(NAMES)('%s with empty texts', async (name) => {
    expect(await call(name, app, 'policy=&signature=')).toBe(security === 'off' && FREE.includes(name) ? 200 : 403)
  })
  it.each(NAMES)('%s with its policy', async (name) => {
    expect(await call(name, app, signed({ call: [CALLS[name].allowedBy] }, app))).toBe(200)
  })
  it.each(NAMES)('%s with a policy for everything', async (name) => {
    expect(await call(name, app, signed({}, app))).toBe(200)
  })
  it.each(NAMES)('%s with a policy for all others', async (name) => {
    expect(await call(name, app, signed({ call: others(name) }, app))).toBe(403)
  })
  it.each(NAMES)('%s with an expired policy', async (name) => {
    expect(await call(name, app, signed({ expiry: now() - 1 }, app))).toBe(403)
  })
  it.each(NAMES)('%s with a policy that another app has signed', async (name) => {
    expect(await call(name, app, signed({}, app === OPEN ? SECURED : OPEN))).toBe(403)
  })
  it.each(NAMES)('%s with a policy alone, or a signature alone', async (name) => {
    const { policy, signature } = signPolicy({ expiry: now() + HOUR }, app.secret)
    expect(await call(name, app, `policy=${policy}`)).toBe(403)
    expect(await call(name, app, `signature=${signature}`)).toBe(403)
  })
  it.each(NAMES)('%s with a policy that is none', async (name) => {
    expect(await call(name, app, `policy=%7B%7D&signature=${'0'.repeat(64)}`)).toBe(400)
  })
  it.each(NAMES)('%s by Basic', async (name) => {
    expect(await call(name, app, '', basic(app.secret))).toBe(200)
    expect(await call(name, app, '', basic(`${app.secret}x`))).toBe(403)
    expect(await call(name, app, '', basic(app.secret, 'root'))).toBe(403)
    expect(await call(name, app, '', { Authorization: 'Basic ***' })).toBe(security === 'off' && FREE.includes(name) ? 403 : 403)
  })
})

describe('what a policy is about', () => {
  let handle = ''
  beforeAll(async () => void ({ handle } = await store(SECURED, 'abcdef', '', TEXT)))
  const storing = async (claims: object, query = '', body: BodyInit = 'abcdef', headers: Record<string, string> = TEXT): Promise<string> =>
    outcome(
      await request(`/api/store/S3?key=${SECURED.key}&${query}&${signed({ call: 'store', ...claims }, SECURED)}`, {
        method: 'POST',
        body,
        headers,
      }),
    )

  it.each(['read', 'stat', 'write', 'remove'] as const)('%s of another handle', async (name) => {
    const { path, init } = CALLS[name]
    const response = await request(path('', handle) + signed({ handle: 'B'.repeat(20) }, SECURED), init)
    expect(await outcome(response)).toMatch(/^403 .*another handle/)
    if (name !== 'remove' && name !== 'write')
      expect((await request(path('', handle) + signed({ handle }, SECURED), init)).status).toBe(200)
  })

  const form = (() => {
    const data = new FormData()
    data.append('fileUpload', new File(['abcdef'], 'a.txt'))
    return data
  })()
  it.each<[string, object, string, BodyInit, Record<string, string>, RegExp]>([
    ['maxSize', { maxSize: 6 }, '', 'abcdef', TEXT, /^200/],
    ['maxSize', { maxSize: 5 }, '', 'abcdef', TEXT, /^413 .*0 to 5 bytes/],
    ['maxSize of a form', { maxSize: 5 }, '', form, {}, /^413/],
    ['maxSize of decoded base64', { maxSize: 5 }, 'base64decode=true', 'SGVsbG8=', TEXT, /^200/],
    ['maxSize of decoded base64', { maxSize: 4 }, 'base64decode=true', 'SGVsbG8=', TEXT, /^413/],
    ['minSize', { minSize: 7 }, '', 'abcdef', TEXT, /^413/],
    ['path', { path: '/users/7/.*' }, 'path=users/7/a.txt', 'abcdef', TEXT, /^200/],
    ['path', { path: 'users/7/.*' }, 'path=/users/7/a.txt', 'abcdef', TEXT, /^200/],
    ['path', { path: '/users/7/.*' }, 'path=users/8/a.txt', 'abcdef', TEXT, /^403 .*path/],
    ['path of a file without one', { path: '/users/7/.*' }, '', 'abcdef', TEXT, /^403 .*path/],
    ['container', { container: 'custom_source' }, 'container=custom_source', 'abcdef', TEXT, /^200/],
    ['container', { container: 'custom_source' }, '', 'abcdef', TEXT, /^403 .*container/],
    [
      'url',
      { url: 'https://a\\.example/.*' },
      '',
      'url=https%3A%2F%2Fb.example%2Fx',
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      /^403 .*url/,
    ],
  ])('%s %j', async (_, claims, query, body, headers, wanted) => {
    expect(await storing(claims, query, body, headers)).toMatch(wanted)
  })

  it('writing from a URL needs writeUrl', async () => {
    const write = async (name: string): Promise<string> =>
      outcome(
        await request(`/api/file/${handle}?${signed({ call: name }, SECURED)}`, {
          method: 'POST',
          body: 'url=http%3A%2F%2F127.0.0.1%2F',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        }),
      )
    expect(await write('write')).toMatch(/^403 .*writeUrl/)
    expect(await write('writeUrl')).toMatch(/^400 .*url/)
  })

  it('policy and signature may stand in a form or in JSON', async () => {
    const given = signPolicy({ expiry: now() + HOUR, call: 'store' }, SECURED.secret)
    const data = new FormData()
    data.append('fileUpload', new File(['abc'], 'a.txt'))
    for (const [name, value] of Object.entries(given)) data.append(name, value)
    const url = `/api/store/S3?key=${SECURED.key}`
    expect((await request(url, { method: 'POST', body: data })).status).toBe(200)
    const json = JSON.stringify({ url: 'http://127.0.0.1/', ...given })
    expect(await outcome(await request(url, { method: 'POST', body: json, headers: { 'Content-Type': 'application/json' } }))).toMatch(
      /^400 /,
    )
    const without = JSON.stringify({ url: 'http://127.0.0.1/' })
    expect(await outcome(await request(url, { method: 'POST', body: without, headers: { 'Content-Type': 'application/json' } }))).toMatch(
      /^403 .*Policy required/,
    )
  })

  it('the answers of a secured app are private', async () => {
    const response = await request(`/api/file/${handle}?cache=true`, { headers: basic(SECURED.secret) })
    expect(response.headers.get('Cache-Control')).toBe('private, max-age=2592000')
  })

  it('what is refused stores nothing', async () => {
    await storing({ maxSize: 1 }, 'path=refused.txt')
    const headers = { Authorization: `Bearer ${SECRET_KEY}` }
    expect((await request('/Emu1s1n/raw/filestack-secured/default/refused.txt', { headers })).status).toBe(404)
  })
})

describe('files through another dialect', () => {
  const CLOSED = { publicPermissions: { set: true, value: [] } }
  const OPENED = {
    publicPermissions: {
      set: true,
      value: ['Children', 'Grandchildren+'].map((scope) => ({ permissions: { file: { downloadFile: ['*'] } }, scope })),
    },
  }
  const settings = async (folderPath: string, folderSettings: object): Promise<void> => {
    const headers = { Authorization: `Bearer ${SECRET_KEY}`, 'Content-Type': 'application/json' }
    const body = JSON.stringify({ folderPath, folderSettings })
    expect((await request('/v2/accounts/Emu1s1n/folders', { method: 'PUT', headers, body })).status).toBe(200)
  }
  const read = async (path: string, headers: Record<string, string> = {}): Promise<number> =>
    (await request(`/Emu1s1n/${path}`, { headers })).status

  it('of a secured app are not for the public', async () => {
    await store(SECURED, 'secret', 'path=through/a.txt', TEXT)
    const path = 'raw/filestack-secured/default/through/a.txt'
    expect(await read(path)).toBe(401)
    expect(await read(path.replace('raw', 'image'))).toBe(401)
    expect(await read(path, { Authorization: `Bearer ${SECRET_KEY}` })).toBe(200)
  })
  it('of a secured app stay closed when the public may read all other files', async () => {
    await store(SECURED, 'secret', 'path=above/a.txt', TEXT)
    await settings('/filestack-secured', OPENED)
    expect(await read('raw/filestack-secured/default/above/a.txt')).toBe(401)
  })
  it('of a secured app follow the permissions that the owner gives them', async () => {
    await store(SECURED, 'for all', 'path=own/a.txt', TEXT)
    await settings('/filestack-secured/default/own', OPENED)
    expect(await read('raw/filestack-secured/default/own/a.txt')).toBe(200)
  })
  it('of an open app are public until the owner closes their folder', async () => {
    await store(OPEN, 'for all', 'path=shown/a.txt', TEXT)
    const path = 'raw/filestack/default/shown/a.txt'
    expect(await read(path)).toBe(200)
    await settings('/filestack/default/shown', CLOSED)
    await store(OPEN, 'for some', 'path=shown/b.txt', TEXT)
    expect(await read(path.replace('a.txt', 'b.txt'))).toBe(401)
  })
})
