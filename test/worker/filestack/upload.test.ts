import { describe, expect, it } from 'vitest'
import { request, requestAt } from '../support/client.ts'
import { basic, OPEN, outcome, SECURED, signed, store as storeFile } from '../support/filestack.ts'
import {
  bytesOf,
  bytesOfHandle,
  complete,
  finish,
  md5,
  MIB,
  partUrl,
  post,
  put,
  send,
  sha256,
  start,
  type Ticket,
} from '../support/filestack-upload.ts'

const HELLO = new Uint8Array(new TextEncoder().encode('hello'))
const SMALL = 5 * MIB

describe('what is uploaded is there', () => {
  it('answers as documented, and the same again', async () => {
    const ticket = await start(5, { filename: 'täst.txt', mimetype: 'text/plain', alt: 'a word' }, { path: '/a/folder/' })
    const part = await send(ticket, 1, HELLO)
    const done = await finish(ticket, 5, [part], { upload_tags: { a: 'b' }, alt: 'a word' })
    expect(done).toEqual({
      handle: expect.stringMatching(/^[A-Za-z0-9]{20}$/),
      url: `http://emulsion.test/api/file/${done.handle}`,
      container: 'default',
      key: expect.stringMatching(/^a\/folder\/[A-Za-z0-9]{20}_täst\.txt$/),
      filename: 'täst.txt',
      type: 'text/plain',
      mimetype: 'text/plain',
      size: 5,
      status: 'Stored',
    })
    expect(await finish(ticket, 5, [part])).toEqual(done)
    expect(await finish(ticket, 5, [])).toEqual(done)
    expect(await (await request(`/api/file/${done.handle}/metadata`)).json()).toMatchObject({
      size: 5,
      filename: 'täst.txt',
      key: done.key,
    })
  })

  it('parts in any order, and one of them sent again with other bytes', async () => {
    const whole = bytesOf(2 * SMALL + 3)
    const [a, b, c] = [whole.slice(0, SMALL), whole.slice(SMALL, 2 * SMALL), whole.slice(2 * SMALL)]
    const ticket = await start(whole.length)
    const last = await send(ticket, 3, c)
    const wrong = await send(ticket, 2, bytesOf(SMALL, 5))
    const first = await send(ticket, 1, a)
    const right = await send(ticket, 2, b)
    expect(await outcome(await complete(ticket, whole.length, [first, wrong, last]))).toMatch(/400 .*ETag of part 2/)
    const { handle } = await finish(ticket, whole.length, [last, first, right])
    expect(sha256(await bytesOfHandle(handle))).toBe(sha256(whole))
  })

  it.each<[string, object, object, object]>([
    ['a type by its name', { filename: 'a.png', mimetype: 'application/octet-stream' }, {}, { type: 'image/png' }],
    ['no type', { filename: 'a.css', mimetype: undefined }, {}, { type: 'text/css' }],
    ['a path', {}, { path: 'exact.txt' }, { key: 'exact.txt' }],
    ['a path without a key in the name, as the SDK makes it', {}, { path: '/a.txt' }, { key: 'a.txt' }],
    ['no key in the name', { filename: 'plain.txt' }, { path: 'p/', disableStorageKey: true }, { key: 'p/plain.txt' }],
    ['a container', {}, { container: 'custom_source', region: 'eu-west-1', access: 'public' }, { container: 'custom_source' }],
    [
      'a name that is a path',
      { filename: '../../etc/passwd' },
      {},
      { key: expect.stringMatching(/^[A-Za-z0-9]{20}_\.\._\.\._etc_passwd$/) },
    ],
    ['R2 by its other name', {}, { location: 'S3' }, { status: 'Stored' }],
  ])('%s', async (_, options, store, expected) => {
    const ticket = await start(5, options, store)
    expect(await finish(ticket, 5, [await send(ticket, 1, HELLO)])).toMatchObject(expected)
  })

  it('an empty file', async () => {
    const ticket = await start(0)
    const { handle } = await finish(ticket, 0)
    expect((await bytesOfHandle(handle)).length).toBe(0)
  })

  it('two uploads to one path: both handles show the later one', async () => {
    const [one, two] = [await start(5, {}, { path: 'same.txt' }), await start(6, {}, { path: 'same.txt' })]
    const before = await finish(one, 5, [await send(one, 1, HELLO)])
    const after = await finish(two, 6, [await send(two, 1, new Uint8Array(new TextEncoder().encode('hello!')))])
    for (const { handle } of [before, after]) expect(new TextDecoder().decode(await bytesOfHandle(handle))).toBe('hello!')
  })
})

describe('intelligent ingestion', () => {
  const FII = { fii: true }
  const PART = 6 * MIB
  const whole = bytesOf(PART + 2 * MIB)
  const chunk = (ticket: Ticket, part: number, offset: number, end: number) =>
    send(ticket, part, whole.slice((part - 1) * PART + offset, (part - 1) * PART + end), { ...FII, offset })
  const commit = (ticket: Ticket, part: number): Promise<Response> => post('commit', { ...ticket, part, size: whole.length })

  it('parts are made of chunks in any order, also of chunks that came again in smaller ones', async () => {
    const ticket = await start(whole.length, FII)
    await chunk(ticket, 2, MIB, 2 * MIB)
    await chunk(ticket, 1, 0, 4 * MIB)
    await chunk(ticket, 1, 2 * MIB, 6 * MIB)
    await chunk(ticket, 1, 0, 2 * MIB)
    expect(await outcome(await commit(ticket, 2))).toMatch(/400 .*a chunk at 0/)
    await chunk(ticket, 2, 0, MIB)
    for (const part of [1, 2, 2]) expect(await outcome(await commit(ticket, part))).toBe('200')
    const { handle } = await finish(ticket, whole.length)
    expect(sha256(await bytesOfHandle(handle))).toBe(sha256(whole))
  })

  it('some parts in chunks, others as a whole: the fallback of the SDK', async () => {
    const ticket = await start(whole.length, FII)
    const first = await send(ticket, 1, whole.slice(0, PART), { fii: undefined })
    await chunk(ticket, 2, 0, 2 * MIB)
    expect(await outcome(await complete(ticket, whole.length, [first]))).toMatch(/400 .*together/)
    await commit(ticket, 2)
    expect(await outcome(await complete(ticket, whole.length, [first], { fii: undefined }))).toMatch(/400 .*together/)
    const { handle } = await finish(ticket, whole.length, [first])
    expect(sha256(await bytesOfHandle(handle))).toBe(sha256(whole))
  })
})

describe('what is refused', () => {
  it.each<[string, object, object, RegExp]>([
    ['no key', { apikey: undefined }, {}, /401 .*apikey/],
    ['a key of nobody', { apikey: 'nobody' }, {}, /401/],
    ['no size', { size: undefined }, {}, /400 .*size/],
    ['a negative size', { size: -1 }, {}, /400 .*size/],
    ['a broken size', { size: 1.5 }, {}, /400 .*size/],
    ['too large', { size: 600_000_000 }, {}, /413/],
    ['no name', { filename: '' }, {}, /400 .*filename/],
    ['a type that is none', { mimetype: 'so-and-so' }, {}, /400 .*mime/],
    ['a member that is not known', { colour: 'red' }, {}, /400 .*colour/],
    ['a store option that is not known', {}, { colour: 'red' }, /400 .*colour/],
    ['azure', {}, { location: 'azure' }, /400 .*not configured/],
    ['a location of nobody', {}, { location: 'moon' }, /400 .*location/],
    ['a container of nobody', {}, { container: 'moon' }, /400 .*container/],
    ['a path out of its folder', {}, { path: '../../other/a.txt' }, /400 .*path/],
    ['access that is none', {}, { access: 'all' }, /400 .*access/],
    ['workflows', {}, { workflows: ['a'] }, /400 .*Workflows/],
    ['a policy that is none', { policy: '!', signature: '00' }, {}, /400 .*policy/],
    ['a signature alone', { signature: '00' }, {}, /403/],
  ])('start: %s', async (_, options, store, expected) => {
    const body = { apikey: OPEN.key, filename: 'a.txt', mimetype: 'text/plain', size: 5, store: { location: 's3', ...store }, ...options }
    expect(await outcome(await post('start', body))).toMatch(expected)
  })

  it.each<[string, object, RegExp]>([
    ['part 0', { part: 0 }, /400 .*part/],
    ['part 10001', { part: 10_001 }, /400 .*part/],
    ['a part behind the end of the file', { part: 3 }, /400 .*part/],
    ['half a part', { part: 1.5 }, /400 .*part/],
    ['no bytes', { size: 0 }, /400 .*size/],
    ['more bytes than the file has', { size: SMALL + 7 }, /400 .*part/],
    ['an offset of a whole part', { offset: 3 }, /400 .*offset/],
    ['a chunk behind the end', { fii: true, offset: SMALL + 1, size: 6 }, /400 .*part/],
    ['an MD5 that is none', { md5: 'abc' }, /400 .*md5/i],
    ['another uri', { uri: '/default/b.txt' }, /400 .*uri/],
    ['an upload that never was', { upload_id: 'A'.repeat(40) }, /404/],
    ['an id that is none', { upload_id: '../x' }, /400 .*upload_id/],
    ['another app', { apikey: SECURED.key }, /404/],
  ])('a part: %s', async (_, change, expected) => {
    const ticket = await start(SMALL + 6)
    expect(await outcome(await post('upload', { ...ticket, part: 1, size: 6, md5: md5(HELLO), ...change }))).toMatch(expected)
  })

  it.each<[string, (url: string) => Promise<Response>, RegExp]>([
    ['other bytes than the MD5 says', (url) => put(url, 'HELLO'), /400 .*MD5/],
    ['too few bytes', (url) => put(url, 'hell'), /400/],
    ['too many bytes', (url) => put(url, 'hello!'), /400/],
    ['none', (url) => request(url.slice('http://emulsion.test'.length), { method: 'PUT' }), /400/],
    ['another part', (url) => put(url.replace('/1?', '/2?'), 'hello'), /403/],
    ['another size', (url) => put(url.replace('size=5', 'size=6'), 'hello!'), /403/],
    ['another time', (url) => put(url.replace('expires=1', 'expires=2'), 'hello'), /403/],
    ['no MD5', (url) => put(url.replace(/&md5=[^&]*/, ''), 'HELLO'), /403/],
    ['an offset', (url) => put(`${url}&offset=0`, 'hello'), /403/],
    ['another app', (url) => put(url.replace(OPEN.key, SECURED.key), 'hello'), /403/],
    ['an app of nobody', (url) => put(url.replace(OPEN.key, 'nobody'), 'hello'), /401/],
    ['no signature', (url) => put(url.replace(/&signature=.*/, ''), 'hello'), /403/],
    ['another method', (url) => request(url.slice('http://emulsion.test'.length), { method: 'POST', body: 'hello' }), /405/],
  ])('bytes to an address: %s', async (_, send, expected) => {
    const ticket = await start(5)
    const url = await partUrl(ticket, 1, HELLO)
    expect(await outcome(await send(url))).toMatch(expected)
    // Nothing was stored, and the address still takes what it is for.
    expect(await outcome(await complete(ticket, 5, []))).toMatch(/400/)
    const part = { part_number: 1, etag: (await put(url, 'hello')).headers.get('ETag') ?? '' }
    expect(await (await request(`/api/file/${(await finish(ticket, 5, [part])).handle}`)).text()).toBe('hello')
  })

  it('an address of another upload', async () => {
    const [one, two] = [await start(5), await start(5)]
    const url = await partUrl(one, 1, HELLO)
    expect(await outcome(await put(url.replace(one.upload_id, two.upload_id), 'hello'))).toMatch(/403/)
  })

  it('bytes with a wrong MD5 leave the part as it was', async () => {
    const ticket = await start(5)
    const part = await send(ticket, 1, HELLO)
    expect(await outcome(await put(await partUrl(ticket, 1, HELLO), 'HELLO'))).toMatch(/400 .*MD5/)
    expect(new TextDecoder().decode(await bytesOfHandle((await finish(ticket, 5, [part])).handle))).toBe('hello')
  })

  it.each<[string, (parts: readonly { part_number: number; etag: string }[]) => object, RegExp]>([
    ['no list', () => ({ parts: undefined }), /400 .*together/],
    ['a part too few', ([a, b]) => ({ parts: [a, b] }), /400 .*together/],
    ['the first one missing', ([, b, c]) => ({ parts: [b, c] }), /400 .*Part 1 is missing/],
    ['one twice', ([a, b, c]) => ({ parts: [a, b, c, c] }), /400 .*once/],
    ['one that never came', (parts) => ({ parts: [...parts, { part_number: 4, etag: '"x"' }] }), /400 .*Part 4/],
    ['a wrong ETag', ([a, b]) => ({ parts: [a, b, { part_number: 3, etag: '"x"' }] }), /400 .*ETag of part 3/],
    ['a part number that is none', ([a]) => ({ parts: [{ ...a, part_number: 0 }] }), /400 .*part_number/],
    ['another size', () => ({ size: 7 }), /400 .*size/],
    ['workflows', () => ({ store: { location: 's3', workflows: ['a'] } }), /400 .*Workflows/],
    ['another uri', () => ({ uri: '/default/b.txt' }), /400 .*uri/],
    ['another app', () => ({ apikey: SECURED.key }), /403/],
  ])('complete: %s', async (_, change, expected) => {
    const size = 2 * SMALL + 1
    const ticket = await start(size)
    const parts = [await send(ticket, 1, bytesOf(SMALL)), await send(ticket, 2, bytesOf(SMALL)), await send(ticket, 3, bytesOf(1))]
    expect(await outcome(await complete(ticket, size, parts, change(parts)))).toMatch(expected)
    expect(await outcome(await complete(ticket, size, parts))).toBe('200')
  })

  it.each([
    ['unequal', [SMALL, SMALL + 1, 3]],
    ['with a larger last one', [SMALL, SMALL + 1]],
  ])('parts that are %s', async (_, sizes) => {
    const size = sizes.reduce((sum, part) => sum + part, 0)
    const ticket = await start(size)
    const parts = []
    for (const [i, part] of sizes.entries()) parts.push(await send(ticket, i + 1, bytesOf(part)))
    expect(await outcome(await complete(ticket, size, parts))).toMatch(/400 .*one size/)
  })

  it('much more than was announced', async () => {
    const ticket = await start(SMALL + 5, { fii: true })
    const ask = async (offset: number, size: number): Promise<string> =>
      outcome(await post('upload', { ...ticket, part: 1, offset, size, md5: md5(HELLO) }))
    await send(ticket, 1, bytesOf(SMALL), { fii: undefined })
    await send(ticket, 1, bytesOf(SMALL), { fii: true, offset: 5 })
    expect(await ask(5, SMALL)).toBe('200')
    expect(await ask(0, SMALL)).toMatch(/413/)
  })

  it('parts and commits after the end', async () => {
    const ticket = await start(5)
    const url = await partUrl(ticket, 1, HELLO)
    await finish(ticket, 5, [await send(ticket, 1, HELLO)])
    expect(await outcome(await put(url, 'hello'))).toMatch(/409/)
    expect(await outcome(await post('upload', { ...ticket, part: 1, size: 5 }))).toMatch(/409/)
    expect(await outcome(await post('commit', { ...ticket, part: 1, size: 5 }))).toMatch(/409/)
  })

  it.each(['GET', 'PUT', 'DELETE'])('%s of the calls, and paths that are none', async (method) => {
    expect((await request('/multipart/start', { method })).status).toBe(405)
    expect((await request('/multipart/other', { method })).status).toBe(404)
  })
})

describe('rights', () => {
  const grant = (claims: object): Record<string, string> => Object.fromEntries(new URLSearchParams(signed(claims, SECURED)))
  const GOOD = grant({ call: ['pick'], maxSize: 5, path: '/mine/.*', container: 'default' })
  const MINE = { path: 'mine/a.txt' }

  it.each<[string, object, object, RegExp]>([
    ['no policy', {}, MINE, /403 .*Policy required/],
    ['a policy for pick', GOOD, MINE, /^200/],
    ['a policy for store', grant({ call: 'store' }), MINE, /^200/],
    ['a policy for all calls', grant({}), MINE, /^200/],
    ['for another call', grant({ call: ['read', 'write', 'remove'] }), MINE, /403 .*call/],
    ['for smaller files', grant({ maxSize: 4 }), MINE, /413 .*4 bytes/],
    ['for larger files', grant({ minSize: 6 }), MINE, /413/],
    ['for another path', GOOD, { path: 'yours/a.txt' }, /403 .*path/],
    ['for another container', GOOD, { ...MINE, container: 'custom_source' }, /403 .*container/],
    ['expired', grant({ expiry: 1 }), MINE, /403 .*expired/],
    ['of another secret', Object.fromEntries(new URLSearchParams(signed({}, OPEN))), MINE, /403/],
    ['without its signature', { policy: GOOD['policy'] }, MINE, /403 .*Signature required/],
  ])('start: %s', async (_, credentials, store, expected) => {
    const body = {
      apikey: SECURED.key,
      filename: 'a.txt',
      mimetype: 'text/plain',
      size: 5,
      store: { location: 's3', ...store },
      ...credentials,
    }
    expect(await outcome(await post('start', body))).toMatch(expected)
  })

  it.each([
    ['with a secret of the app', SECURED.secret, /^200/],
    ['with another one', OPEN.secret, /403/],
  ])('a server by Basic %s', async (_, secret, expected) => {
    const body = JSON.stringify({ apikey: SECURED.key, filename: 'a.txt', size: 5, store: MINE })
    expect(await outcome(await request('/multipart/start', { method: 'POST', body, headers: basic(secret) }))).toMatch(expected)
  })

  it('every call asks again, and for the same', async () => {
    const ticket = await start(5, GOOD, MINE, SECURED)
    const piece = { part: 1, size: 5, md5: md5(HELLO) }
    const others: readonly [object, RegExp][] = [
      [grant({ call: ['read'] }), /403 .*call/],
      [grant({ maxSize: 4 }), /413/],
      [grant({ path: '/yours/.*' }), /403 .*path/],
      [grant({ container: 'custom_source' }), /403 .*container/],
    ]
    for (const [other, expected] of others) {
      expect(await outcome(await post('upload', { ...ticket, ...piece, ...other }))).toMatch(expected)
      expect(await outcome(await post('commit', { ...ticket, part: 1, ...other }))).toMatch(expected)
      expect(await outcome(await complete(ticket, 5, [], other))).toMatch(expected)
    }
    const { handle } = await finish(ticket, 5, [await send(ticket, 1, HELLO)])
    expect((await request(`/api/file/${handle}`)).status).toBe(403)
    expect((await request(`/api/file/${handle}?${signed({ call: 'read' }, SECURED)}`)).status).toBe(200)
  })

  it('parts need the id alone, as the SDK for Python sends them; the end needs the right', async () => {
    const ticket = await start(5, { ...GOOD, fii: true }, MINE, SECURED)
    const bare = { ...ticket, policy: undefined, signature: undefined, store: { location: 's3' } }
    await send(bare, 1, HELLO, { fii: true, offset: 0 })
    expect(await outcome(await post('commit', { ...bare, fii: undefined, part: 1, size: 5 }))).toBe('200')
    expect(await outcome(await complete(bare, 5))).toMatch(/403 .*Policy required/)
    expect((await finish(ticket, 5, undefined, { upload_type: 'intelligent_ingestion' })).key).toBe('mine/a.txt')
  })

  it.each([
    ['http://emulsion.test', 'http://emulsion.test'],
    ['https://emulsion.test', 'emulsion.test'],
  ])('under %s the next calls go to %s', async (origin, location) => {
    const body = JSON.stringify({ apikey: OPEN.key, filename: 'a.txt', size: 5 })
    const answer = await requestAt(`${origin}/multipart/start`, { method: 'POST', body })
    expect(((await answer.json()) as { location_url: string }).location_url).toBe(location)
  })

  it("another app's upload does not exist", async () => {
    const ticket = await start(5, GOOD, MINE, SECURED)
    const foreign = { ...ticket, apikey: OPEN.key, policy: undefined, signature: undefined }
    expect(await outcome(await post('upload', { ...foreign, part: 1, size: 5 }))).toMatch(/404/)
    expect(await outcome(await complete(foreign, 5, []))).toMatch(/404/)
  })

  it('a file of a secured app is not to be had by an upload of the open one', async () => {
    const { handle } = await storeFile(SECURED, 'secret', 'path=secret.txt')
    const ticket = await start(5, {}, { path: 'secret.txt' })
    await finish(ticket, 5, [await send(ticket, 1, HELLO)])
    expect(await (await request(`/api/file/${handle}?${signed({ call: 'read' }, SECURED)}`)).text()).toBe('secret')
  })
})
