import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ACCOUNT, picture, request, SECRET_KEY } from '../support/client.ts'
import { basic, metadata, OPEN, outcome, SECURED, signed, store } from '../support/filestack.ts'

const TEXT = { 'Content-Type': 'text/plain' }
const owner = basic(OPEN.secret)
const get = (path: string, headers: Record<string, string> = {}): Promise<Response> => request(`/api/file/${path}`, { headers })
const put = (body: string, query = ''): Promise<{ handle: string; key: string }> => store(OPEN, body, query, TEXT)

describe('the content', () => {
  it('comes with type, size and name, and no script of it runs here', async () => {
    const { handle } = await store(OPEN, '<script>alert(1)</script>', `filename=${encodeURIComponent('na"ïve\u202e.html')}`, {
      'Content-Type': 'text/html',
    })
    const response = await get(handle)
    expect(await response.text()).toBe('<script>alert(1)</script>')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html',
      'content-length': '25',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
      'x-file-name': encodeURIComponent('na"ïve\u202e.html'),
      'cache-control': 'public, no-cache',
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^"\w+"$/),
    })
    expect(response.headers.get('Content-Disposition')).toMatch(/^inline; filename="na\\"\?ve\?\.html"; filename\*=UTF-8''na%22%C3%AFve/)
  })

  it.each([
    ['dl=true', '', 'Content-Disposition', /^attachment; filename="?a\.txt"?$/],
    ['dl=false', '', 'Content-Disposition', /^inline; filename="?a\.txt"?$/],
    ['', '+pdf', 'Content-Disposition', /filename="?a\.pdf"?$/],
    ['', '%2Bpdf', 'X-File-Name', /^a\.pdf$/],
    ['cache=true', '', 'Cache-Control', /^public, max-age=2592000$/],
    ['cache=false', '', 'Cache-Control', /^no-store$/],
    [`key=${OPEN.key}&policy=&signature=`, '', 'X-File-Name', /^a\.txt$/],
  ])('?%s %s', async (query, extension, header, wanted) => {
    const { handle } = await put('abc', 'filename=a.txt')
    expect((await get(`${handle}${extension}?${query}`)).headers.get(header)).toMatch(wanted)
  })

  it('HEAD tells the same without a body', async () => {
    const { handle } = await put('abc', 'filename=a.txt')
    const head = await request(`/api/file/${handle}`, { method: 'HEAD' })
    expect([head.status, head.headers.get('Content-Length'), head.headers.get('Content-Type')]).toEqual([200, '3', 'text/plain'])
    expect(await head.text()).toBe('')
  })

  it('ranges and conditions', async () => {
    const { handle } = await put('0123456789')
    const etag = (await get(handle)).headers.get('ETag') ?? ''
    const part = await get(handle, { Range: 'bytes=2-4' })
    expect([part.status, part.headers.get('Content-Range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234'])
    expect((await get(handle, { Range: 'bytes=10-' })).status).toBe(416)
    expect((await get(handle, { 'If-None-Match': etag })).status).toBe(304)
    expect((await get(handle, { 'If-Match': '"other"' })).status).toBe(412)
  })

  it.each(['shine=1', 'dl=yes', 'cache=expiry:5', 'dl=true&dl=true'])('?%s is 400', async (query) => {
    const { handle } = await put('abc')
    expect(await outcome(await get(`${handle}?${query}`))).toMatch(/^400 /)
  })
})

describe('a handle that is none', () => {
  it.each(['A'.repeat(20), 'short', `${'A'.repeat(19)}-`, 'A'.repeat(21), '../../x', '%00', `${'A'.repeat(20)}+`, '__proto__'])(
    '%s is 404',
    async (handle) => {
      for (const [method, path] of [
        ['GET', ''],
        ['GET', '/metadata'],
        ['DELETE', ''],
        ['POST', '/remove'],
      ] as const) {
        const response = await request(`/api/file/${encodeURIComponent(handle)}${path}`, { method, headers: owner })
        expect(await outcome(response)).toMatch(/^404 /)
      }
    },
  )
})

describe('metadata', () => {
  it('without a selection: what is known without reading', async () => {
    const before = Date.now()
    const { handle, key } = await put('abc', 'filename=a.txt&container=custom_source')
    const { uploaded, ...rest } = await metadata(OPEN, handle)
    expect(rest).toEqual({
      size: 3,
      mimetype: 'text/plain',
      filename: 'a.txt',
      writeable: true,
      location: 'S3',
      path: key,
      key,
      container: 'custom_source',
    })
    expect(uploaded).toBeGreaterThanOrEqual(before - 1000)
    expect(uploaded).toBeLessThan(Date.now() + 1000)
  })

  it('with a selection: what is asked', async () => {
    const { handle } = await put('abc', 'filename=a.txt')
    expect(await metadata(OPEN, handle, 'size=true&filename=false&cloud=true')).toEqual({ size: 3, cloud: null })
    expect(await metadata(OPEN, handle, 'sourceUrl=true&source_url=true')).toEqual({ source_url: null })
    expect(await outcome(await get(`${handle}/metadata?colour=true`))).toMatch(/^400 /)
  })

  it('EXIF for the owner and for a policy that names it, with the place', async () => {
    const { handle } = await store(SECURED, picture('camera.jpg'))
    const known = { exif: expect.objectContaining({ Model: 'Camera 1', GPSLatitudeRef: 'N', GPSLatitude: [51, 30, 0] }) as object }
    expect(await metadata(SECURED, handle, 'exif=true')).toEqual(known)
    const told = async (path: string): Promise<unknown> => (await request(path)).json()
    for (const [claims, expected] of [
      [{ call: ['stat', 'exif'] }, known],
      [{ call: ['stat'] }, {}],
      [{}, {}],
    ] as const) {
      expect(await told(`/api/file/${handle}/metadata?exif=true&${signed(claims, SECURED)}`)).toEqual(expected)
      const { policy, signature } = Object.fromEntries(new URLSearchParams(signed(claims, SECURED)))
      expect(await told(`/security=p:${policy},s:${signature}/metadata=exif/${handle}`)).toEqual(expected)
    }
    const open = await store(OPEN, picture('camera.jpg'))
    expect(await told(`/api/file/${open.handle}/metadata?exif=true&size=true`)).toEqual({ size: open.size })
    expect(await metadata(OPEN, (await put('abc')).handle, 'exif=true')).toEqual({ exif: null })
  })

  it.each(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'])('%s', async (name) => {
    const text = 'x'.repeat(200_000)
    const { handle } = await put(text)
    expect(await metadata(OPEN, handle, `${name}=true`)).toEqual({ [name]: createHash(name).update(text).digest('hex') })
  })

  it.each([
    ['photo.jpg', 64, 48],
    ['photo.png', 64, 48],
    ['photo.webp', 64, 48],
    ['orientation-6.jpg', 48, 64],
  ])('width and height of %s are those of the upright picture', async (name, width, height) => {
    const { handle } = await store(OPEN, picture(name))
    expect(await metadata(OPEN, handle, 'width=true&height=true')).toEqual({ width, height })
  })

  it('a file that is no picture has no width', async () => {
    for (const body of ['abc', '', '\u0089PNG']) {
      const { handle } = await put(body)
      expect(await metadata(OPEN, handle, 'width=true')).toEqual({ width: null })
    }
    const { handle } = await store(OPEN, picture('photo.png').slice(0, 20), '', { 'Content-Type': 'image/png' })
    expect(await metadata(OPEN, handle, 'height=true')).toEqual({ height: null })
  })

  it('the header of a picture that is larger than what is read of it', async () => {
    const png = picture('photo.png')
    const large = new Uint8Array(1_500_000)
    large.set(png)
    const { handle } = await store(OPEN, large, '', { 'Content-Type': 'image/png' })
    expect(await metadata(OPEN, handle, 'width=true')).toEqual({ width: 64 })
  })
})

describe('overwriting', () => {
  const overwrite = (handle: string, body: BodyInit, query = '', headers: Record<string, string> = TEXT): Promise<Response> =>
    request(`/api/file/${handle}?${query}`, { method: 'POST', body, headers: { ...owner, ...headers } })

  it.each<[string, BodyInit, string, Record<string, string>, object, string]>([
    ['bytes', 'new', '', TEXT, { size: 3, mimetype: 'text/plain', filename: 'a.txt' }, 'new'],
    ['base64', 'SGVsbG8=', 'base64decode=true', TEXT, { size: 5 }, 'Hello'],
    [
      'another name and type',
      '{}',
      'filename=b.json&mimetype=application/json',
      TEXT,
      { filename: 'b.json', mimetype: 'application/json' },
      '{}',
    ],
    [
      'a form',
      (() => {
        const form = new FormData()
        form.append('fileUpload', new File(['formed'], 'f.md', { type: 'text/markdown' }))
        return form
      })(),
      '',
      {},
      { filename: 'f.md', mimetype: 'text/markdown' },
      'formed',
    ],
  ])('%s', async (_, body, query, headers, wanted, text) => {
    const { handle, key } = await put('old', 'filename=a.txt')
    const response = await overwrite(handle, body, query, headers)
    expect(await outcome(response.clone())).toBe('200')
    expect(await response.json()).toMatchObject({ url: `http://emulsion.test/api/file/${handle}`, isWriteable: true, ...wanted })
    expect(await (await get(handle)).text()).toBe(text)
    expect(await metadata(OPEN, handle)).toMatchObject({ key, size: text.length })
  })

  it('parameters of a place are unknown, and a refused file changes nothing', async () => {
    const { handle } = await put('old')
    expect(await outcome(await overwrite(handle, 'new', 'path=b.txt'))).toMatch(/^400 A parameter is not known/)
    expect(await outcome(await overwrite(handle, '*', 'base64decode=true'))).toMatch(/^400 /)
    expect(await (await get(handle)).text()).toBe('old')
  })
})

describe('removing', () => {
  const everywhere = async (handle: string): Promise<readonly string[]> =>
    Promise.all(
      [
        request(`/api/file/${handle}`),
        request(`/api/file/${handle}+png`, { method: 'HEAD' }),
        request(`/api/file/${handle}/metadata`),
        request(`/api/file/${handle}`, { method: 'POST', body: 'new', headers: { ...owner, ...TEXT } }),
        request(`/api/file/${handle}`, { method: 'DELETE', headers: owner }),
        request(`/api/file/${handle}/remove`, { method: 'POST', headers: owner }),
      ].map(async (response) => String((await response).status)),
    )
  const gone = Array.from({ length: 6 }, () => '404')

  it.each([
    ['DELETE', ''],
    ['POST', '/remove'],
  ])('%s %s: 404 everywhere, and the file is gone', async (method, path) => {
    const { handle, key } = await put('abc')
    const response = await request(`/api/file/${handle}${path}?key=${OPEN.key}`, { method, headers: owner })
    expect(await response.json()).toEqual({ success: true })
    expect(await everywhere(handle)).toEqual(gone)
    expect((await request(`/${ACCOUNT}/raw/filestack/default/${key}`)).status).toBe(404)
  })

  it('skip_storage=true keeps the file', async () => {
    const { handle, key } = await put('abc')
    await request(`/api/file/${handle}?skip_storage=true`, { method: 'DELETE', headers: owner })
    expect(await everywhere(handle)).toEqual(gone)
    expect(await (await request(`/${ACCOUNT}/raw/filestack/default/${key}`)).text()).toBe('abc')
  })

  it('a file that another API has deleted is 404', async () => {
    const { handle } = await put('abc', 'path=elsewhere.txt')
    const path = encodeURIComponent('/filestack/default/elsewhere.txt')
    await request(`/v2/accounts/${ACCOUNT}/files?filePath=${path}`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${SECRET_KEY}` },
    })
    expect((await get(handle)).status).toBe(404)
    expect((await get(`${handle}/metadata`)).status).toBe(404)
  })
})

it('a second store to one path replaces the object: both handles show it, and it lives until the last is removed', async () => {
  const one = await put('one', 'path=shared.txt')
  const two = await put('second', 'path=shared.txt')
  for (const { handle } of [one, two]) {
    expect(await (await get(handle)).text()).toBe('second')
    expect(await metadata(OPEN, handle)).toMatchObject({ size: 6 })
  }
  await request(`/api/file/${one.handle}`, { method: 'DELETE', headers: owner })
  expect(await (await get(two.handle)).text()).toBe('second')
  await request(`/api/file/${two.handle}`, { method: 'DELETE', headers: owner })
  expect((await request(`/${ACCOUNT}/raw/filestack/default/shared.txt`)).status).toBe(404)
})

it('conversion by the old call is 400 and says what does it', async () => {
  const { handle } = await put('abc')
  expect(await outcome(await get(`${handle}/convert?w=10`))).toMatch(/^400 .*\/\{account\}\/image\//)
  expect(await outcome(await request(`/api/file/${handle}/metadata`, { method: 'POST' }))).toMatch(/^405 /)
  expect(await outcome(await get(`${handle}/other`))).toMatch(/^404 /)
})

describe('another app', () => {
  it('reaches no handle, whatever it signs', async () => {
    const { handle } = await put('abc')
    const query = signed({ call: ['read', 'stat', 'write', 'remove'] }, SECURED)
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/metadata'],
      ['POST', ''],
      ['DELETE', ''],
      ['POST', '/remove'],
    ] as const) {
      const init = { method, ...(method === 'POST' && path === '' && { body: 'new', headers: TEXT }) }
      expect((await request(`/api/file/${handle}${path}?key=${SECURED.key}&${query}`, init)).status).toBe(404)
      expect((await request(`/api/file/${handle}${path}?${query}`, init)).status).toBe(403)
      expect((await request(`/api/file/${handle}${path}`, { ...init, headers: { ...TEXT, ...basic(SECURED.secret) } })).status).toBe(403)
    }
    expect(await (await get(handle)).text()).toBe('abc')
  })

  it('has folders of its own: an equal path is another file', async () => {
    const mine = await put('mine', 'path=equal.txt')
    const other = await store(SECURED, 'other', 'path=equal.txt', TEXT)
    expect(await (await get(mine.handle)).text()).toBe('mine')
    expect(await (await get(other.handle, basic(SECURED.secret))).text()).toBe('other')
  })

  it('an unknown key is 401', async () => {
    const { handle } = await put('abc')
    expect(await outcome(await get(`${handle}?key=nobody`))).toMatch(/^401 /)
  })
})
