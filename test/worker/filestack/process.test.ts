import { afterEach, describe, expect, it, vi } from 'vitest'
import definition from '../../../emulsion.config.ts'
import { picture, request } from '../support/client.ts'
import { OPEN, outcome, SECURED, signed, store } from '../support/filestack.ts'
import { ownedService } from '../support/owned-service.ts'

const SOURCE = 'https://pictures.example.org/a/photo.png'
const post = (path: string, body: object): Promise<Response> =>
  request(path, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } })
const grant = (claims: object, app = SECURED): Record<string, string> => Object.fromEntries(new URLSearchParams(signed(claims, app)))

/** A stranger's server, and what it was asked. */
function serve(answer: (url: string) => Response = () => new Response(picture('photo.png'), { headers: { 'Content-Type': 'image/png' } })) {
  const asked: { url: string; headers: Headers }[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const [url, headers] = [input instanceof Request ? input.url : String(input), new Headers(init?.headers)]
    asked.push({ url, headers })
    return answer(url)
  })
  return asked
}
afterEach(() => void vi.restoreAllMocks())

/** What `client.storeURL` sends. */
const order = (params?: object, more: object = {}) => ({ apikey: OPEN.key, sources: [SOURCE], tasks: [{ name: 'store', params }], ...more })

describe('POST /process', () => {
  it.each<[string, object | undefined, object]>([
    ['nothing', undefined, { filename: 'photo.png', type: 'image/png' }],
    ['a name and a folder', { filename: 'x.png', path: 'p/' }, { filename: 'x.png', container: 'default' }],
    ['a container', { container: 'custom_source', access: 'private', location: 's3', region: 'us-east-1' }, { container: 'custom_source' }],
    ['an exact path', { path: 'exact.png' }, { key: 'exact.png' }],
    ['base64 that is none', { base64decode: false }, { type: 'image/png' }],
  ])('stores what is at a URL: %s', async (_, params, expected) => {
    serve()
    const response = await post('/process', order(params, { upload_tags: { a: 'b' } }))
    const stored = (await response.json()) as { handle: string; url: string }
    expect(stored).toMatchObject({ ...expected, size: picture('photo.png').length, handle: expect.stringMatching(/^[A-Za-z0-9]{20}$/) })
    expect(stored.url.endsWith(`/${stored.handle}`)).toBe(true)
    expect((await request(`/api/file/${stored.handle}`)).status).toBe(200)
  })

  it('copies a file of the app by its handle', async () => {
    const { handle } = await store(OPEN, 'hello', 'filename=a.txt', { 'Content-Type': 'text/plain' })
    const copy = (await (await post('/process', order({}, { sources: [handle] }))).json()) as { handle: string; filename: string }
    expect(copy).toMatchObject({ filename: 'a.txt', type: 'text/plain', size: 5 })
    expect(copy.handle).not.toBe(handle)
    expect(await (await request(`/api/file/${copy.handle}`)).text()).toBe('hello')
  })

  it('sends the source the headers that the client gives, and nobody else', async () => {
    const asked = serve((url) =>
      url === SOURCE
        ? new Response(null, { status: 302, headers: { Location: 'https://other.example.org/b.png' } })
        : new Response(picture('photo.png')),
    )
    const sources = [{ source: SOURCE, headers: { Authorization: 'Bearer secret', 'User-Agent': 'mine' } }]
    expect(await outcome(await post('/process', order({}, { sources })))).toBe('200')
    expect(asked.map(({ headers }) => [headers.get('Authorization'), headers.get('User-Agent')])).toEqual([
      ['Bearer secret', 'mine'],
      [null, 'Emulsion'],
    ])
  })

  it.each<[string, object, RegExp]>([
    ['no key', { apikey: undefined }, /401/],
    ['a key of nobody', { apikey: 'nobody' }, /401/],
    ['no source', { sources: [] }, /400 .*sources/],
    ['two sources', { sources: [SOURCE, SOURCE] }, /400 .*sources/],
    ['a source that is none', { sources: ['photo'] }, /400 .*url/],
    ['a source inside', { sources: ['http://127.0.0.1/a'] }, /400 .*url/],
    ['this service itself', { sources: ['http://emulsion.test/api/file/x'] }, /400 .*url/],
    ['a source that is gone', { sources: ['https://pictures.example.org/gone'] }, /400 .*404/],
    ['a handle of nobody', { sources: ['A'.repeat(20)] }, /404/],
    ['no task', { tasks: [] }, /400 .*store/],
    ['a task that is none', { tasks: [{ name: 'shine' }, { name: 'store' }] }, /400 .*shine/],
    ['a task that is not offered', { tasks: [{ name: 'zip' }, { name: 'store' }] }, /400 .*not offered/],
    ['a conversion with a wrong argument', { tasks: [{ name: 'resize', params: { width: -5 } }] }, /400 .*resize.width/],
    ['a conversion with headers', { sources: [{ source: SOURCE, headers: { Accept: 'a' } }], tasks: [{ name: 'flip' }] }, /400 .*Headers/],
    ['two stores, as with workflows', { tasks: [{ name: 'store' }, { name: 'store', params: { workflows: ['a'] } }] }, /400 .*once/],
    ['workflows', { tasks: [{ name: 'store', params: { workflows: ['a'] } }] }, /400 .*Workflows/],
    ['an option that is not known', { tasks: [{ name: 'store', params: { colour: 'red' } }] }, /400 .*colour/],
    ['another store', { tasks: [{ name: 'store', params: { location: 'gcs' } }] }, /400 .*not configured/],
    ['a member that is not known', { colour: 'red' }, /400 .*colour/],
    ['Host', { sources: [{ source: SOURCE, headers: { Host: 'a' } }] }, /400 .*Host/],
    ['a header with a line break', { sources: [{ source: SOURCE, headers: { A: 'a\r\nB: b' } }] }, /400 .*printable/],
    ['a header without a name', { sources: [{ source: SOURCE, headers: { '': 'a' } }] }, /400 .*name/],
    [
      '21 headers',
      { sources: [{ source: SOURCE, headers: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`a${i}`, 'b'])) }] },
      /400 .*20/,
    ],
  ])('refuses %s', async (_, more, expected) => {
    serve((url) => (url === SOURCE ? new Response('x') : new Response('no', { status: 404 })))
    expect(await outcome(await post('/process', order({}, more)))).toMatch(expected)
  })

  it.each<[string, Record<string, string> | null, RegExp]>([
    ['no policy', null, /403 .*Policy required/],
    ['a policy to store', grant({ call: ['store'] }), /^200/],
    ['a policy to pick', grant({ call: ['pick'] }), /403 .*store/],
    ['for this URL', grant({ url: 'https://pictures\\.example\\.org/.*' }), /^200/],
    ['for another URL', grant({ url: 'https://other\\.example\\.org/.*' }), /403 .*url/],
    ['for smaller files', grant({ maxSize: 5 }), /413/],
    ['for another path', grant({ path: '/mine/.*' }), /403 .*path/],
    ['of another app', grant({}, OPEN), /403/],
  ])('where security is required: %s', async (_, credentials, expected) => {
    serve()
    const tasks = [{ name: 'store', params: {} }, ...(credentials ? [{ name: 'security', params: credentials }] : [])]
    expect(await outcome(await post('/process', order({}, { apikey: SECURED.key, tasks })))).toMatch(expected)
  })

  it('a copy needs the right to read', async () => {
    const { handle } = await store(SECURED, 'hello')
    const copyWith = async (claims: object): Promise<string> => {
      const tasks = [{ name: 'store' }, { name: 'security', params: grant(claims) }]
      return outcome(await post('/process', order({}, { apikey: SECURED.key, sources: [handle], tasks })))
    }
    expect(await copyWith({ call: ['store'] })).toMatch(/403 .*read/)
    expect(await copyWith({ call: ['store', 'read'], handle: 'A'.repeat(20) })).toMatch(/403 .*handle/)
    expect(await copyWith({ call: ['store', 'read'] })).toBe('200')
    expect(await outcome(await post('/process', order({}, { sources: [handle] })))).toMatch(/404/)
  })
})

describe('POST /process with tasks that make a picture', () => {
  const tasks = [
    { name: 'resize', params: { width: 20 } },
    { name: 'output', params: { format: 'png' } },
  ]
  const url = `/${OPEN.key}/resize=w:20/output=f:png`
  const bytesOf = async (response: Response): Promise<string> => {
    expect(response.status).toBe(200)
    return Buffer.from(await response.arrayBuffer()).toString('base64')
  }

  it('gives what the processing URL gives, of a handle and of a URL', async () => {
    serve()
    const { handle } = await store(OPEN, picture('photo.jpg'), 'filename=a.jpg', { 'Content-Type': 'image/jpeg' })
    for (const source of [handle, SOURCE]) {
      const wanted = await bytesOf(await request(`${url}/${source}`))
      expect(await bytesOf(await post('/process', order({}, { sources: [source], tasks })))).toBe(wanted)
      const stored = (await (await post('/process', order({}, { sources: [source], tasks: [...tasks, { name: 'store' }] }))).json()) as {
        handle: string
      }
      expect(await bytesOf(await request(`/api/file/${stored.handle}`))).toBe(wanted)
    }
    expect(await (await post('/process', order({}, { tasks: [...tasks, { name: 'imagesize' }] }))).json()).toEqual({
      width: 20,
      height: 15,
    })
  })
  it('asks for the rights that the URL asks for', async () => {
    const { handle } = await store(SECURED, picture('photo.jpg'), '', { 'Content-Type': 'image/jpeg' })
    const send = async (claims: object | null, more: readonly object[] = []): Promise<string> => {
      const security = claims === null ? [] : [{ name: 'security', params: grant(claims) }]
      return outcome(await post('/process', { apikey: SECURED.key, sources: [handle], tasks: [...tasks, ...more, ...security] }))
    }
    expect(await send(null)).toMatch(/^403 /)
    expect(await send({ call: 'store' })).toMatch(/^403 .*convert/)
    expect(await send({ call: 'convert' })).toBe('200')
    expect(await send({ call: 'convert' }, [{ name: 'store' }])).toMatch(/^403 .*store/)
    expect(await send({ call: ['convert', 'store'] }, [{ name: 'store' }])).toBe('200')
    expect(await outcome(await post('/process', { apikey: OPEN.key, sources: [handle], tasks }))).toMatch(/^404 /)
  })
})

describe('POST /prefetch', () => {
  it('says what there is', async () => {
    const body = {
      apikey: OPEN.key,
      permissions: ['intelligent_ingestion', 'transforms_ui', 'toString'],
      settings: ['inapp_browser'],
      picker_config: { a: 1 },
      events: ['picker'],
    }
    expect(await (await post('/prefetch', body)).json()).toEqual({
      permissions: { intelligent_ingestion: true, transforms_ui: false, toString: false },
      settings: { inapp_browser: false },
    })
  })

  it.each<[string, object, RegExp]>([
    ['a key alone', { apikey: OPEN.key }, /^200/],
    ['of a secured app', { apikey: SECURED.key, security: grant({ call: 'pick' }) }, /^200/],
    ['no key', {}, /401/],
    ['a wrong policy', { apikey: SECURED.key, security: grant({}, OPEN) }, /403/],
    ['a member that is not known', { apikey: OPEN.key, colour: 'red' }, /400 .*colour/],
  ])('%s', async (_, body, expected) => {
    expect(await outcome(await post('/prefetch', body))).toMatch(expected)
  })
})

describe('too many unfinished uploads', () => {
  const start = { method: 'POST', body: JSON.stringify({ apikey: OPEN.key, filename: 'a', size: 0 }) }

  it.each([
    ['of an app', { maxPending: 2 }, /This app has 2/],
    ['of an address', { maxPendingPerAddress: 2 }, /Your address has 2/],
  ])('%s: 429, which tells the limit', async (name, uploads, expected) => {
    const [app, ...apps] = definition.filestackApps ?? []
    const key = `quota-${name.replaceAll(' ', '-')}`
    const send = ownedService(
      { ...definition, uploads, filestackApps: app ? [{ ...app, key: { env: 'QUOTA_KEY' } }, ...apps] : [] },
      { QUOTA_KEY: key },
    )
    const begin = { ...start, body: start.body.replace(OPEN.key, key) }
    const started: object[] = []
    for (const _ of [1, 2]) started.push(await (await send('/multipart/start', begin)).json())
    const before = Math.floor(Date.now() / 1000)
    const refused = await send('/multipart/start', begin)
    expect([refused.headers.get('Filestack-Limit'), refused.headers.get('Filestack-Remaining')]).toEqual(['2', '0'])
    expect(Number(refused.headers.get('Filestack-Reset'))).toBeGreaterThanOrEqual(before + 5)
    expect(await outcome(refused)).toMatch(expected)
    // One that has ended counts no more.
    const { uri, upload_id } = started[0] as { uri: string; upload_id: string }
    const end = JSON.stringify({ apikey: key, uri, upload_id, size: 0, parts: [] })
    expect(await outcome(await send('/multipart/complete', { method: 'POST', body: end }))).toBe('200')
    expect((await send('/multipart/start', begin)).status).toBe(200)
  })

  it('other errors have no such headers', async () => {
    expect((await post('/multipart/start', {})).headers.get('Filestack-Remaining')).toBeNull()
  })
})

it('other sites may read what the SDK needs', async () => {
  const exposed = (await request('/multipart/start', { method: 'POST', headers: { Origin: 'https://site.example' } })).headers
  expect(exposed.get('Access-Control-Allow-Origin')).toBe('*')
  for (const name of ['ETag', 'Filestack-Limit', 'Filestack-Remaining', 'Filestack-Reset'])
    expect(exposed.get('Access-Control-Expose-Headers')).toContain(name)
  const preflight = await request('/multipart/part/a/b/1', {
    method: 'OPTIONS',
    headers: {
      Origin: 'https://site.example',
      'Access-Control-Request-Method': 'PUT',
      'Access-Control-Request-Headers': 'filestack-source',
    },
  })
  expect(preflight.headers.get('Access-Control-Allow-Methods')).toContain('PUT')
  expect(preflight.headers.get('Access-Control-Allow-Headers')).toContain('Filestack-Upload-Region')
})
