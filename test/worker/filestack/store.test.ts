import { afterEach, describe, expect, it, vi } from 'vitest'
import { ACCOUNT, picture, request } from '../support/client.ts'
import { metadata, OPEN, outcome, send, store, type Stored } from '../support/filestack.ts'

const contentOf = async (handle: string): Promise<string> => (await request(`/api/file/${handle}`)).text()
const form = (fields: Record<string, string | Blob>): FormData => {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof File) data.append(name, value, value.name)
    else data.append(name, value)
  }
  return data
}
const TEXT = { 'Content-Type': 'text/plain' }
const JSON_TYPE = { 'Content-Type': 'application/json' }
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' }

/** A stranger's server. */
function serve(answers: Readonly<Record<string, () => Response>>): void {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const url = input instanceof Request ? input.url : String(input)
    return answers[url]?.() ?? new Response('no', { status: 404 })
  })
}
afterEach(() => void vi.restoreAllMocks())

it('answers what the documentation shows', async () => {
  const response = await request(`/api/store/S3?key=${OPEN.key}&filename=tester.txt`, {
    method: 'POST',
    body: 'this is a test',
    headers: TEXT,
  })
  expect(response.status).toBe(200)
  const stored: Stored = await response.json()
  expect(stored).toEqual({
    handle: expect.stringMatching(/^[A-Za-z0-9]{20}$/),
    url: `http://emulsion.test/api/file/${stored.handle}`,
    filename: 'tester.txt',
    key: expect.stringMatching(/^[A-Za-z0-9]{20}_tester\.txt$/),
    type: 'text/plain',
    size: 14,
  })
  expect(await contentOf(stored.handle)).toBe('this is a test')
  expect(await (await request(`/${ACCOUNT}/raw/filestack/default/${stored.key}`)).text()).toBe('this is a test')
})

describe('the four bodies', () => {
  const SOURCE = 'https://pictures.example.org/a/photo%20one.png'
  const answers = { [SOURCE]: () => new Response(picture('photo.png'), { headers: { 'Content-Type': 'image/png' } }) }
  const png = new File([picture('photo.png')], 'form.png', { type: 'image/png' })

  it.each<[string, BodyInit, Record<string, string>, Partial<Stored>]>([
    ['a form', form({ fileUpload: png }), {}, { filename: 'form.png', type: 'image/png', size: picture('photo.png').length }],
    [
      'a form with options behind the file',
      form({ fileUpload: png, filename: 'x.png', path: 'p/' }),
      {},
      { filename: 'x.png', container: 'default' },
    ],
    ['a form with text in the field', form({ fileUpload: 'hello' }), {}, { size: 5, filename: 'file' }],
    ['a form with a URL', form({ url: SOURCE }), {}, { filename: 'photo one.png' }],
    ['bytes with a type', picture('photo.jpg'), { 'Content-Type': 'image/jpeg' }, { type: 'image/jpeg', filename: 'file' }],
    ['a picture without a type', picture('photo.jpg'), {}, { type: 'image/jpeg' }],
    [
      'bytes of an unknown kind',
      new Uint8Array([1, 2, 3]),
      { 'Content-Type': 'application/octet-stream' },
      { type: 'application/octet-stream' },
    ],
    ['bytes without a type', new Uint8Array([1, 2, 3]), {}, { type: 'text/plain', size: 3 }],
    ['what curl -d sends', 'this is a test', FORM_TYPE, { type: 'text/plain', size: 14 }],
    ['url=', `url=${encodeURIComponent(SOURCE)}`, FORM_TYPE, { filename: 'photo one.png', type: 'image/png' }],
    [
      'url= with options',
      `filename=u.png&url=${encodeURIComponent(SOURCE)}&path=/u/v.png`,
      FORM_TYPE,
      { filename: 'u.png', key: 'u/v.png' },
    ],
    ['JSON', JSON.stringify({ url: SOURCE, filename: 'j.png', tags: { a: 1 } }), JSON_TYPE, { filename: 'j.png', type: 'image/png' }],
    ['JSON without a URL', '{"a":1}', JSON_TYPE, { type: 'application/json', size: 7 }],
    ['what is no JSON', '{"url":', JSON_TYPE, { type: 'application/json', size: 7 }],
    ['an array with a URL', '["url"]', JSON_TYPE, { type: 'application/json', size: 7 }],
    [
      'an empty file of a form',
      form({ fileUpload: new File([], 'empty.txt', { type: 'text/plain' }) }),
      {},
      { size: 0, filename: 'empty.txt' },
    ],
    ['an empty body with a type', new Uint8Array(), TEXT, { size: 0 }],
  ])('%s', async (_, body, headers, wanted) => {
    serve(answers)
    const response = await send(OPEN, body, '', headers)
    expect(await outcome(response.clone())).toBe('200')
    const stored: Stored = await response.json()
    expect(stored).toMatchObject(wanted)
    expect(await metadata(OPEN, stored.handle)).toMatchObject({ size: stored.size, mimetype: stored.type, filename: stored.filename })
  })

  it('a long body that calls itself urlencoded or JSON is a file', async () => {
    const long = `url=${'a'.repeat(70_000)}`
    expect((await store(OPEN, long, '', FORM_TYPE)).size).toBe(long.length)
    const stream = new Response(long).body ?? ''
    expect((await store(OPEN, stream, '', FORM_TYPE)).size).toBe(long.length)
  })

  it.each<[string, BodyInit, Record<string, string>, string]>([
    ['no body at all', new Uint8Array(), {}, '400 The request body is not valid. Expected a file'],
    ['a form without a file', form({ other: 'a' }), {}, '400 The request body is not valid. Expected the form field "fileUpload"'],
    [
      'a form with two files',
      (() => {
        const f = form({ fileUpload: png })
        f.append('fileUpload', png)
        return f
      })(),
      {},
      '400 The request body is not valid. Expected one file',
    ],
    [
      'a form that breaks off',
      '--q\r\nContent-Disposition: form-data; name="fileUpload"; filename="a"\r\n\r\nabc',
      { 'Content-Type': 'multipart/form-data; boundary=q' },
      '400',
    ],
    ['a form without a boundary', 'abc', { 'Content-Type': 'multipart/form-data' }, '400'],
    [
      'a form with an unknown field',
      form({ fileUpload: png, submit: 'Send' }),
      {},
      '400 A parameter is not known. The parameter is "submit"',
    ],
    ['a URL that is no text', '{"url":5}', JSON_TYPE, '400'],
    ['a URL that is none', 'url=abc', FORM_TYPE, '400'],
    [
      'a URL that is not there',
      'url=https%3A%2F%2Fpictures.example.org%2Fmissing',
      FORM_TYPE,
      '400 A parameter is invalid. It answered 404.',
    ],
    ['a URL that leads inside', 'url=http%3A%2F%2F127.0.0.1%3A1%2F', FORM_TYPE, '400 A parameter is invalid. Expected'],
    ['a URL of this service', 'url=http%3A%2F%2Femulsion.test%2F', FORM_TYPE, '400'],
    ['a redirect that leads inside', 'url=https%3A%2F%2Fpictures.example.org%2Finside', FORM_TYPE, '400'],
    ['another scheme', 'url=file%3A%2F%2F%2Fetc%2Fpasswd', FORM_TYPE, '400'],
  ])('%s is refused', async (_, body, headers, wanted) => {
    serve({
      'https://pictures.example.org/inside': () => new Response(null, { status: 302, headers: { Location: 'http://169.254.169.254/' } }),
    })
    expect(await outcome(await send(OPEN, body, '', headers))).toContain(wanted)
  })
})

describe('parameters', () => {
  const put = (query: string): Promise<Stored> => store(OPEN, 'abc', query, TEXT)

  it.each<[string, string, object]>([
    ['a path', 'path=a/b.txt', { key: 'a/b.txt', container: 'default' }],
    ['a path with a slash in front', 'path=/a/c.txt', { key: 'a/c.txt' }],
    ['a folder', 'path=myfiles/&filename=p.txt', { key: expect.stringMatching(/^myfiles\/[A-Za-z0-9]{20}_p\.txt$/) }],
    ['the root as a folder', 'path=/&filename=p.txt', { key: expect.stringMatching(/^[A-Za-z0-9]{20}_p\.txt$/) }],
    ['a folder without an id', 'path=plain/&filename=p.txt&disableStorageKey=true', { key: 'plain/p.txt' }],
    ['a container', 'container=custom_source&path=c.txt', { container: 'custom_source', key: 'c.txt' }],
    ['a type', 'mimetype=text/markdown', { type: 'text/markdown' }],
    ['public access', 'access=public', { size: 3 }],
    ['private access', 'access=private', { size: 3 }],
    ['options of the SDK', 'region=eu-west-1&tags=x&altText=y', { size: 3 }],
    [
      'a name with folders',
      `filename=${encodeURIComponent('../../etc/passwd')}`,
      { filename: '../../etc/passwd', key: expect.stringMatching(/^[A-Za-z0-9]{20}_\.\._\.\._etc_passwd$/) },
    ],
    ['a name with line breaks', `filename=${encodeURIComponent('a\r\nSet-Cookie: b.txt')}`, { filename: 'aSet-Cookie: b.txt' }],
    ['a name of dots', 'filename=..', { key: expect.stringMatching(/_file$/) }],
    ['an empty name', 'filename=', { filename: 'file' }],
    ['a long name', `filename=${encodeURIComponent('я'.repeat(600))}.txt`, { filename: `${'я'.repeat(251)}.txt` }],
    [
      'a name in Chinese',
      `filename=${encodeURIComponent('图片.txt')}`,
      { filename: '图片.txt', key: expect.stringMatching(/_图片\.txt$/) },
    ],
  ])('%s', async (_, query, wanted) => {
    const stored = await put(query)
    expect(stored).toMatchObject(wanted)
    const response = await request(`/api/file/${stored.handle}`)
    expect(await response.text()).toBe('abc')
    expect(response.headers.get('Set-Cookie')).toBeNull()
    expect(decodeURIComponent(response.headers.get('X-File-Name') ?? '')).toBe(stored.filename)
  })

  it.each([
    ['an unknown one', 'shine=1', '400 A parameter is not known.'],
    ['one twice', 'filename=a&filename=b', '400'],
    ['another access', 'access=secret', '400'],
    ['another flag', 'base64decode=yes', '400'],
    ['an unknown container', 'container=elsewhere', '400 A parameter is invalid. Expected one of default, custom_source'],
    ['a container of Object.prototype', 'container=constructor', '400'],
    ['a path that leaves the folder', 'path=../x.txt', '400 The file path is not valid.'],
    ['a path with an empty segment', 'path=a//x.txt', '400'],
    ['a path with a backslash', `path=${encodeURIComponent('a\\b')}`, '400'],
    ['a path with a line break', `path=${encodeURIComponent('a\nb')}`, '400'],
    ['a long path', `path=${'a'.repeat(600)}`, '400'],
    ['a type that is none', `mimetype=${encodeURIComponent('text/html\r\nX: y')}`, '400'],
    ['workflows', 'workflows=abc', '400 This kind of processing is not offered here.'],
  ])('%s is refused', async (_, query, wanted) => {
    expect(await outcome(await send(OPEN, 'abc', query, TEXT))).toContain(wanted)
  })

  it.each<[string, string]>([
    ['SGVsbG8sIHdvcmxk', 'Hello, world'],
    ['SGVsbG8', 'Hello'],
    ['SGVs\r\nbG8=\n', 'Hello'],
    ['_-8', '\uFFFD\uFFFD'],
    ['', ''],
  ])('base64 %j is decoded', async (text, wanted) => {
    const stored = await store(OPEN, text, 'base64decode=true', TEXT)
    expect(await contentOf(stored.handle)).toBe(wanted)
    expect(stored.size).toBe((await (await request(`/api/file/${stored.handle}`)).arrayBuffer()).byteLength)
  })

  it('base64 of a large file is decoded', async () => {
    const bytes = Uint8Array.from({ length: 300_001 }, (_, i) => i * 7)
    const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    const stored = await store(OPEN, form({ fileUpload: new File([text], 'a.bin') }), 'base64decode=true')
    expect(new Uint8Array(await (await request(`/api/file/${stored.handle}`)).arrayBuffer())).toEqual(bytes)
  })

  it.each(['SGVsbG8*', 'SGVsbG8==', 'A', 'QQ=A', 'QUJD=', '===='])('%s is no base64', async (text) => {
    expect(await outcome(await send(OPEN, text, 'base64decode=true', TEXT))).toContain('400')
  })
})

describe('where it is sent', () => {
  const to = async (path: string, method = 'POST'): Promise<string> =>
    outcome(await request(`${path}?key=${OPEN.key}`, { method, headers: TEXT, ...(method === 'POST' && { body: 'abc' }) }))

  it.each(['/api/store', '/api/store/', '/api/store/S3', '/api/store/s3', '/store/S3', `/store/s3/${'a'.repeat(20)}`, '/api/store/S3/x'])(
    '%s',
    async (path) => {
      expect(await to(path)).toBe('200')
    },
  )
  it.each(['azure', 'dropbox', 'rackspace', 'gcs', 'GCS'])('%s is not configured', async (location) => {
    expect(await to(`/api/store/${location}`)).toMatch(/^400 .*stores\[\w+\]\.\w+: the variable EMULSION_\w+ is empty/)
    expect(await to(`/store/${location}`)).toMatch(/^400 /)
  })
  it('another location is 400, another method 405, another path 404', async () => {
    expect(await to('/api/store/ftp')).toMatch(/^400 .*Expected one of S3, azure/)
    expect(await to('/api/store/S3', 'GET')).toMatch(/^405 /)
    expect(await to('/store/a/b/c')).toMatch(/^404 /)
  })
  it.each([
    ['none', ''],
    ['an unknown one', '?key=nobody'],
    ['an empty one', '?key='],
  ])('without a known key: %s is 401', async (_, query) => {
    expect(await outcome(await request(`/api/store/S3${query}`, { method: 'POST', body: 'abc' }))).toMatch(/^401 /)
  })

  it('a page of another site may ask, and sees the ETag', async () => {
    const preflight = await request('/api/store/S3', {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://a.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'filestack-source',
      },
    })
    expect(preflight.headers.get('Access-Control-Allow-Headers')).toMatch(/Filestack-Source.*Filestack-Upload-Region/)
    const response = await send(OPEN, 'abc', '', { ...TEXT, Origin: 'https://a.example' })
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(response.headers.get('Access-Control-Expose-Headers')).toMatch(/\bETag\b/)
  })
})
