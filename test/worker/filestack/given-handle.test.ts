import { describe, expect, it } from 'vitest'
import { request } from '../support/client.ts'
import { basic, metadata, OPEN, outcome, SECURED, signed, store } from '../support/filestack.ts'

let made = 0
/** A handle that nobody has. */
const fresh = (): string => `Given${String(++made).padStart(15, '0')}`
const owner = basic(OPEN.secret)
const put = (handle: string, query = '', headers: Record<string, string> = owner, body = 'abc', app = OPEN): Promise<Response> =>
  request(`/api/file/${handle}?key=${app.key}&${query}`, { method: 'PUT', headers: { 'Content-Type': 'text/plain', ...headers }, body })

describe('PUT /api/file/{handle} stores under a handle that the sender has chosen', () => {
  it('as the store call does', async () => {
    const handle = fresh()
    const response = await put(handle, 'filename=a.txt&path=moved/a.txt&container=custom_source&location=s3')
    expect([response.status, await response.json()]).toEqual([
      200,
      {
        container: 'custom_source',
        handle,
        url: `http://emulsion.test/api/file/${handle}`,
        filename: 'a.txt',
        key: 'moved/a.txt',
        type: 'text/plain',
        size: 3,
      },
    ])
    expect(await (await request(`/api/file/${handle}`)).text()).toBe('abc')
    expect(await metadata(OPEN, handle, 'path=true')).toEqual({ path: 'moved/a.txt' })
  })

  it.each([
    ['nothing', OPEN, 'off', () => '', 403],
    ['a policy for everything', OPEN, 'off', () => signed({}, OPEN), 403],
    ['a policy for another handle', OPEN, 'off', () => signed({ handle: 'B'.repeat(20) }, OPEN), 403],
    ['a policy for the handle', OPEN, 'off', (handle: string) => signed({ handle }, OPEN), 200],
    ['a policy for the handle', SECURED, 'required', (handle: string) => signed({ handle }, SECURED), 200],
    ['a policy to read the handle', SECURED, 'required', (handle: string) => signed({ handle, call: 'read' }, SECURED), 403],
    ['a policy for larger files', SECURED, 'required', (handle: string) => signed({ handle, minSize: 4 }, SECURED), 413],
    ['a policy of another app', SECURED, 'required', (handle: string) => signed({ handle }, OPEN), 403],
  ] as const)('with %s, security %s', async (_, app, __, query, status) => {
    const handle = fresh()
    expect((await put(handle, query(handle), {}, 'abc', app)).status).toBe(status)
    expect((await request(`/api/file/${handle}`, { headers: basic(app.secret) })).status).toBe(status === 200 ? 200 : 404)
  })

  it('a handle that is taken is 409, whosever it is, and its file stays', async () => {
    for (const app of [OPEN, SECURED]) {
      const { handle } = await store(app, 'before')
      expect(await outcome(await put(handle, '', owner, 'after'))).toMatch(/^409 .*names a file/)
      expect(await (await request(`/api/file/${handle}`, { headers: basic(app.secret) })).text()).toBe('before')
    }
  })
  it('of two at the same time, one gets the handle', async () => {
    const handle = fresh()
    const answers = await Promise.all(['one', 'two', 'three'].map((body) => put(handle, '', owner, body)))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409])
    const winner = ['one', 'two', 'three'][answers.findIndex(({ ok }) => ok)]
    expect(await (await request(`/api/file/${handle}`)).text()).toBe(winner)
  })
  it('a handle whose file was removed may be given again, also after a store that failed', async () => {
    const handle = fresh()
    expect(await outcome(await put(handle, 'base64decode=true', owner, '***'))).toMatch(/^400 /)
    expect((await put(handle)).status).toBe(200)
    expect((await request(`/api/file/${handle}`, { method: 'DELETE', headers: owner })).status).toBe(200)
    expect((await put(handle, '', owner, 'again')).status).toBe(200)
    expect(await (await request(`/api/file/${handle}`)).text()).toBe('again')
  })
  it.each(['short', 'A'.repeat(21), `${'A'.repeat(19)}-`, `${'A'.repeat(20)}+pdf`])('%s is no handle', async (handle) => {
    expect(await outcome(await put(handle))).toMatch(/^400 .*handle/)
  })
  it.each([
    ['colour=1', /^400 .*colour/],
    ['location=ftp', /^400 .*location/],
    ['location=azure', /^400 .*not configured/],
    ['container=nobodys', /^400 .*container/],
    ['path=../a', /^400 .*path/],
    ['access=all', /^400 .*access/],
  ])('%s is refused, and the handle stays free', async (query, wanted) => {
    const handle = fresh()
    expect(await outcome(await put(handle, query))).toMatch(wanted)
    expect((await put(handle)).status).toBe(200)
  })
})
