import { afterEach, describe, expect, it, vi } from 'vitest'
import { decodePixels } from '../support/pixels.ts'
import { ACCOUNT, picture, request, SECRET_KEY } from '../support/client.ts'
import { basic, OPEN, SECURED, signed, store } from '../support/filestack.ts'

const owner = basic(OPEN.secret)
const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> => request(path, { headers, method })
const bytes = async (response: Response): Promise<string> => {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return Buffer.from(await response.arrayBuffer()).toString('base64')
}
/** Status, and the sentence of an error in this protocol's shape. */
async function outcome(response: Response): Promise<string> {
  if (response.ok) return String(response.status)
  const body: unknown = await response.json()
  expect(Object.keys(body as object)).toEqual(['error'])
  return `${response.status} ${(body as { error: string }).error}`
}
const put = (app = OPEN, name = 'photo.jpg', query = ''): Promise<{ handle: string; key: string }> =>
  store(app, picture(name), `filename=${name}&${query}`, { 'Content-Type': 'image/jpeg' })
const task = (claims: object): string => {
  const query = new URLSearchParams(signed(claims, SECURED))
  return `security=policy:${query.get('policy') ?? ''},signature:${query.get('signature') ?? ''}`
}

describe('a picture by handle', () => {
  it('has the bytes and the result key of the same wish as an image URL, so one answer serves both', async () => {
    const { handle, key } = await put()
    const own = await get(`/resize=width:40,fit:max/output=format:png/${handle}`)
    const other = await get(`/${ACCOUNT}/image/filestack/default/${key}?w=40&fit=shrink&f=png`)
    expect([own.headers.get('Emulsion-Cache'), own.headers.get('ETag')]).toEqual(['miss', other.headers.get('ETag')])
    expect(await bytes(own)).toBe(await bytes(other))
    const again = await get(`/cdn/${OPEN.key}/resize=w:40,f:max/output=f:png/${handle}`)
    expect(again.headers.get('Emulsion-Cache')).toBe('edge')
  })
  it('comes with the headers of a picture', async () => {
    const { handle } = await put()
    const response = await get(`/flip/${handle}`)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'public, max-age=2592000',
      'x-content-type-options': 'nosniff',
      'content-disposition': expect.stringContaining('photo.jpg'),
      'server-timing': expect.stringContaining('recode'),
    })
    const etag = response.headers.get('ETag') ?? ''
    expect((await get(`/flip/${handle}`, { 'If-None-Match': etag })).status).toBe(304)
    expect((await get(`/flip/${handle}`, { Range: 'bytes=0-9' })).status).toBe(206)
    const head = await get(`/flip/${handle}`, {}, 'HEAD')
    expect([head.status, await head.text()]).toEqual([200, ''])
  })
  it('shows the new file after an overwrite, and nothing after a removal', async () => {
    const { handle } = await put()
    const before = await bytes(await get(`/resize=w:20/output=f:png/${handle}`))
    await request(`/api/file/${handle}`, {
      method: 'POST',
      headers: { ...owner, 'Content-Type': 'image/png' },
      body: picture('half-transparent.png'),
    })
    expect(await bytes(await get(`/resize=w:20/output=f:png/${handle}`))).not.toBe(before)
    await request(`/api/file/${handle}`, { method: 'DELETE', headers: owner })
    expect(await outcome(await get(`/resize=w:20/output=f:png/${handle}`))).toMatch(/^404 /)
  })
  it('is the file itself without tasks, as client.download asks for it', async () => {
    const { handle } = await put()
    const original = Buffer.from(picture('photo.jpg')).toString('base64')
    for (const path of [`/${handle}`, `/cdn/${handle}`, `/${OPEN.key}/${handle}`, `/${OPEN.key}/cache=expiry:60/${handle}`])
      expect(await bytes(await get(path)), path).toBe(original)
  })
  it.each([
    ['cache=false', 'no-store'],
    ['cache=expiry:60', 'public, max-age=60'],
    ['cache=e:max', 'public, max-age=31536000'],
  ])('%s', async (cache, header) => {
    const { handle } = await put()
    for (const tasks of [cache, `flop/${cache}`]) expect((await get(`/${tasks}/${handle}`)).headers.get('Cache-Control')).toBe(header)
  })
  it('follows Accept with auto_image', async () => {
    const { handle } = await put()
    const typeOf = async (accept: string): Promise<unknown> => {
      const response = await get(`/auto_image/resize=w:10/${handle}`, { Accept: accept })
      return [response.headers.get('Content-Type'), response.headers.get('Vary')]
    }
    expect(await typeOf('image/avif,image/webp,*/*;q=0.8')).toEqual(['image/webp', 'Accept'])
    expect(await typeOf('*/*')).toEqual(['image/jpeg', 'Accept'])
    expect(await typeOf('image/webp;q=0, */*')).toEqual(['image/jpeg', 'Accept'])
  })
  it('imagesize and metadata', async () => {
    const { handle } = await put()
    expect(await (await get(`/imagesize/resize=w:30,h:20,f:scale/${handle}`)).json()).toEqual({ width: 30, height: 20 })
    expect(await (await get(`/metadata=[filename,mimetype]/${handle}`)).json()).toEqual({ filename: 'photo.jpg', mimetype: 'image/jpeg' })
    expect(await (await get(`/${handle}/metadata`)).json()).toMatchObject({ filename: 'photo.jpg', container: 'default' })
  })
})

describe('store', () => {
  it.each(['GET', 'POST'])('%s keeps the result under a new handle', async (method) => {
    const { handle } = await put()
    const response = await get(`/${OPEN.key}/resize=w:25/output=f:png/store=filename:small.png,path:"thumbs/"/${handle}`, {}, method)
    const stored = (await response.json()) as Record<string, string>
    expect(stored).toMatchObject({
      container: 'default',
      filename: 'small.png',
      type: 'image/png',
      handle: expect.stringMatching(/^\w{20}$/),
    })
    expect(stored['key']).toMatch(/^thumbs\/\w{20}_small\.png$/)
    expect(await bytes(await get(`/${stored['handle'] ?? ''}`))).toBe(await bytes(await get(`/resize=w:25/output=f:png/${handle}`)))
    expect(response.headers.get('Cache-Control')).toBe('no-store')
  })
  it('HEAD stores nothing, and POST is for store alone', async () => {
    const { handle } = await put()
    expect((await get(`/${OPEN.key}/flip/store/${handle}`, {}, 'HEAD')).status).toBe(405)
    expect(await outcome(await get(`/${OPEN.key}/flip/${handle}`, {}, 'POST'))).toMatch(/^405 /)
  })
  it('keeps a file as it is without other tasks', async () => {
    const { handle } = await store(OPEN, 'abc', 'filename=a.txt', { 'Content-Type': 'text/plain' })
    const stored = (await (await get(`/${OPEN.key}/store/${handle}`)).json()) as Record<string, unknown>
    expect(stored).toMatchObject({ filename: 'a.txt', size: 3, type: 'text/plain' })
  })
})

describe('rights', () => {
  it('a secured app asks for the right to convert, before the cache is asked', async () => {
    const { handle } = await put(SECURED)
    const url = `/resize=w:9/${handle}`
    expect(await outcome(await get(url))).toMatch(/^403 /)
    const answer = await get(`/${task({ call: 'convert' })}${url}`)
    expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([200, 'private, max-age=2592000'])
    expect(await outcome(await get(url))).toMatch(/^403 /)
    expect(await outcome(await get(`/${task({ call: 'read' })}${url}`))).toMatch(/^403 /)
    expect(await outcome(await get(`/${task({ call: 'convert', handle: 'A'.repeat(20) })}${url}`))).toMatch(/^403 /)
    expect((await get(`${url}?${signed({ call: 'convert' }, SECURED)}`)).status).toBe(200)
    expect((await get(`/${task({ call: 'read' })}/${handle}`)).status).toBe(200)
    expect(await outcome(await get(`/${task({ call: 'convert' })}/store/${handle}`))).toMatch(/^403 /)
    expect((await get(`/${task({ call: ['convert', 'store'] })}/flip/store/${handle}`)).status).toBe(200)
  })
  it('no app reaches the files of another one, not even as a watermark or a fallback', async () => {
    const [secret, open] = [(await put(SECURED)).handle, (await put()).handle]
    expect(await outcome(await get(`/${OPEN.key}/flip/${secret}`))).toMatch(/^404 /)
    expect(await outcome(await get(`/watermark=file:${secret}/${open}`))).toMatch(/^404 /)
    expect(await outcome(await get(`/fallback=handle:${secret}/flip/${'Z'.repeat(20)}`))).toMatch(/^403 /)
  })
})

describe('fallback and watermark', () => {
  it('a fallback takes the place of a source that fails, and later tasks apply to it', async () => {
    const { handle } = await put()
    const text = (await store(OPEN, 'no picture', 'filename=a.txt', { 'Content-Type': 'text/plain' })).handle
    const wanted = await bytes(await get(`/resize=w:12/output=f:png/${handle}`))
    for (const source of ['Z'.repeat(20), text]) {
      const response = await get(`/fallback=handle:${handle},cache:10/resize=w:12/output=f:png/${source}`)
      expect(response.headers.get('Cache-Control')).toBe('public, max-age=10')
      expect(await bytes(response)).toBe(wanted)
    }
  })
  it('a watermark is the layer of the other dialects', async () => {
    const [base, logo] = [await put(), await put(OPEN, 'half-transparent.png')]
    const own = await bytes(await get(`/watermark=file:${logo.handle},position:[top,left]/output=f:png/${base.handle}`))
    const url = `/${ACCOUNT}/image/filestack/default/${base.key}?image=/filestack/default/${logo.key}&gravity=top-left&f=png`
    expect(own).toBe(await bytes(await get(url)))
    expect(await bytes(await get(`/watermark=file:${logo.handle},size:200,p:[top,left]/output=f:png/${base.handle}`))).not.toBe(own)
  })
})

describe('frames', () => {
  it.each([
    ['circle', { width: 30, height: 30 }],
    ['border=w:3', { width: 46, height: 36 }],
    ['rotate=deg:90', { width: 30, height: 40 }],
    ['upscale', { width: 80, height: 60 }],
    ['shadow=l:0,v:[5,-2]', { width: 45, height: 32 }],
    ['polaroid=rotate:0', { width: 104, height: 134 }],
  ])('%s gives its size', async (tasks, size) => {
    const { handle } = await put(OPEN, 'half-transparent.png')
    expect(await (await get(`/imagesize/${tasks}/output=f:png/${handle}`)).json()).toEqual(size)
  })
})

describe('collage', () => {
  it('puts the source and the files into a grid', async () => {
    const [photo, red] = [await put(), await put(OPEN, 'half-transparent.png')]
    const url = (fit: string): string => `/collage=files:[${red.handle},${red.handle}],w:60,h:50,m:4,c:0000ff,fit:${fit}/output=f:png`
    const size = await (await get(`/imagesize${url('crop')}/${photo.handle}`)).json()
    expect(size).toEqual({ width: 60, height: 50 })
    const crop = await decodePixels(await get(`${url('crop')}/${photo.handle}`))
    const whole = await decodePixels(await get(`${url('auto')}/${photo.handle}`))
    // Blue margins; half-transparent red over blue in the second cell, which begins at column 32.
    expect(crop.at(1, 1)).toEqual([0, 0, 255, 255])
    const [r = 0, g = 0, b = 0] = crop.at(45, 14)
    expect([Math.abs(r - 128) < 3, g, Math.abs(b - 127) < 3]).toEqual([true, 0, true])
    // The third picture has the last row for itself: its middle is red, and with whole pictures its left edge is not.
    expect(crop.at(6, 38)[0]).toBeGreaterThan(120)
    expect(whole.at(6, 38)).toEqual([0, 0, 255, 255])
    expect(whole.at(30, 38)[0]).toBeGreaterThan(120)
  })
})

describe('a list as the source', () => {
  it('is that of a collage and its files', async () => {
    const [photo, red] = [await put(), await put(OPEN, 'half-transparent.png')]
    const tasks = (files: string): string => `collage=${files}w:60,h:50,m:4,c:0000ff/output=f:png`
    const wanted = await bytes(await get(`/${tasks(`files:[${red.handle},${photo.handle}],`)}/${photo.handle}`))
    for (const list of [`[${photo.handle},${red.handle},${photo.handle}]`, `%5B${photo.handle}%2C${red.handle}%2C${photo.handle}%5D`])
      expect(await bytes(await get(`/${OPEN.key}/${tasks('')}/${list}`))).toBe(wanted)
  })
  it('of one file is that file', async () => {
    const { handle } = await put()
    expect(await bytes(await get(`/${OPEN.key}/flip/[${handle}]`))).toBe(await bytes(await get(`/flip/${handle}`)))
  })
  it.each([
    ['flip/[{h},{h}]', /^400 .*collage/],
    ['collage=files:[{h}],w:9,h:9/[{h},{h}]', /^400 .*files/],
    ['collage=w:60,h:60/[{h},[{h}]]', /^400 .*files/],
    ['collage=w:60,h:60/[[{h}],{h}]', /^400 .*list/],
    ['collage=w:60,h:60/[]', /^400 .*list/],
    ['collage=w:60,h:60/[{h}', /^400 /],
    [`collage=w:60,h:60/[{h},${'Z'.repeat(20)}]`, /^404 /],
    [`collage=w:600,h:600/[${'{h},'.repeat(21)}{h}]`, /^400 .*20/],
  ])('%s', async (path, wanted) => {
    const { handle } = await put()
    expect(await outcome(await get(`/${OPEN.key}/${path.replaceAll('{h}', handle)}`))).toMatch(wanted)
  })
})

describe('pictures from elsewhere', () => {
  const SOURCE = 'https://pictures.example.org/a,b/photo%20one.jpg?v=1'
  /** A stranger's server. Tells how often it was asked. */
  function serve(answers: Readonly<Record<string, () => Response>>): () => number {
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
      const url = input instanceof Request ? input.url : String(input)
      return answers[url]?.() ?? new Response('no', { status: 404 })
    })
    return () => spy.mock.calls.length
  }
  const jpeg = (name: string) => () => new Response(picture(name), { headers: { 'Content-Type': 'image/jpeg' } })
  afterEach(() => void vi.restoreAllMocks())

  it('are the same pictures, however their address is written, and are fetched once', async () => {
    const asked = serve({ [SOURCE]: jpeg('photo.jpg') })
    const { handle } = await put()
    const wanted = await bytes(await get(`/resize=w:21/output=f:png/${handle}`))
    const b64 = (text: string): string => Buffer.from(text).toString('base64url')
    for (const source of [SOURCE, encodeURIComponent(SOURCE), `"${SOURCE}"`, `b64://${b64(SOURCE)}`])
      expect(await bytes(await get(`/${OPEN.key}/resize=w:21/output=f:png/${source}`)), source).toBe(wanted)
    expect(asked()).toBe(1)
    const tasks = b64('[{"name":"resize","params":{"width":21}},{"name":"output","params":{"format":"png"}}]')
    expect(await bytes(await get(`/${OPEN.key}/b64/${tasks}/b64://${b64(SOURCE)}`))).toBe(wanted)
    await get(`/${OPEN.key}/resize=w:21/cache=false/${SOURCE}`)
    expect(asked()).toBe(2)
  })
  it('can be stored, by GET and POST', async () => {
    serve({ [SOURCE]: jpeg('photo.jpg') })
    for (const method of ['GET', 'POST']) {
      const stored = (await (await get(`/${OPEN.key}/store/${SOURCE}`, {}, method)).json()) as Record<string, unknown>
      expect(stored).toMatchObject({ filename: 'photo one.jpg', type: 'image/jpeg', size: picture('photo.jpg').length })
    }
  })
  it('need a policy for their address where security is required', async () => {
    serve({ [SOURCE]: jpeg('photo.jpg') })
    const url = `/${SECURED.key}/{task}resize=w:5/${SOURCE}`
    expect(await outcome(await get(url.replace('{task}', '')))).toMatch(/^403 /)
    expect(await outcome(await get(url.replace('{task}', `${task({ url: 'https://other.example/.*' })}/`)))).toMatch(/^403 .*url/)
    expect((await get(url.replace('{task}', `${task({ url: 'https://pictures.example.org/.*' })}/`))).status).toBe(200)
  })
  it.each([
    ['https://pictures.example.org/missing', /^404 /],
    ['https://pictures.example.org/inside', /^400 .*public address/],
    ['http://169.254.169.254/latest', /^400 .*public address/],
    ['http://2130706433/', /^400 .*public address/],
    ['http://emulsion.test/x', /^400 /],
    ['https://user:pass@example.org/x', /^400 /],
  ])('%s', async (source, wanted) => {
    const asked = serve({
      'https://pictures.example.org/inside': () => new Response(null, { status: 302, headers: { Location: 'http://169.254.169.254/' } }),
    })
    expect(await outcome(await get(`/${OPEN.key}/flip/${source}`))).toMatch(wanted)
    expect(asked()).toBeLessThanOrEqual(1)
  })
  it('tell their size and what is known of them', async () => {
    serve({ [SOURCE]: jpeg('photo.jpg') })
    const file = picture('photo.jpg')
    expect(await (await get(`/${OPEN.key}/imagesize/${SOURCE}`)).json()).toEqual({ width: 64, height: 48 })
    const known = { size: file.length, mimetype: 'image/jpeg', filename: 'photo one.jpg' }
    expect(await (await get(`/${OPEN.key}/metadata/${SOURCE}`)).json()).toEqual(known)
    const md5 = Array.from(new Uint8Array(await crypto.subtle.digest('MD5', file)), (byte) => byte.toString(16).padStart(2, '0')).join('')
    expect(await (await get(`/${OPEN.key}/metadata=[width,height,md5,source_url,size,container]/${SOURCE}`)).json()).toEqual({
      width: 64,
      height: 48,
      md5,
      source_url: SOURCE,
      size: file.length,
    })
    const secured = (claims: object): Promise<Response> => get(`/${SECURED.key}/${task(claims)}/metadata/${SOURCE}`)
    expect((await secured({ call: 'stat' })).status).toBe(200)
    expect(await outcome(await secured({ call: 'convert' }))).toMatch(/^403 .*stat/)
  })
  it('have a fallback too', async () => {
    serve({})
    const { handle } = await put()
    expect((await get(`/${OPEN.key}/fallback=handle:${handle}/flip/https://pictures.example.org/missing`)).status).toBe(200)
  })
})

describe('errors', () => {
  it.each([
    ['/zip/{h}', '400 Unsupported conversion'],
    ['/blur_faces/{h}', /^400 Unsupported conversion: .*smart_crop/],
    ['/output=f:pdf/{h}', /^400 Unsupported conversion: .*jpg/],
    ['/shine=a:1/{h}', /^400 .*shine/],
    ['/resize=w:1,w:2/{h}', /^400 .*resize\.w/],
    ['/resize=w:1/{h}?x=1', /^400 .*x/],
    [`/{key}/flip/src://shop/a.png`, /^400 .*not configured/],
    ['/{key}/flip/http://127.0.0.1/a.png', /^400 .*public address/],
    ['/{key}/flip/http://localhost/a.png', /^400 /],
    ['/flip/https://example.org/a.png', /^401 .*API key/],
    [`/flip/${'Z'.repeat(20)}`, /^404 /],
    ['/flip/short', /^404 /],
    ['/crop=dim:[9000,9000,5,5]/{h}', /^400 .*crop/],
    ['/flip/{text}', /^415 /],
  ])('%s', async (path, wanted) => {
    const { handle } = await put()
    const text = (await store(OPEN, 'no picture', 'filename=a.txt', { 'Content-Type': 'text/plain' })).handle
    expect(await outcome(await get(path.replace('{h}', handle).replace('{text}', text).replace('{key}', OPEN.key)))).toEqual(
      typeof wanted === 'string' ? wanted : expect.stringMatching(wanted),
    )
  })
  it('the paths of the other dialects stay theirs', async () => {
    expect((await get(`/${ACCOUNT}/image/none.jpg`)).headers.get('Content-Type')).toContain('json')
    const missing = (await (await get(`/${ACCOUNT}/image/none.jpg`)).json()) as { error: { code: string } }
    expect(missing.error.code).toBe('file_not_found')
    const listed = await request(`/v2/accounts/${ACCOUNT}/folders/list?folderPath=/`, {
      headers: { Authorization: `Bearer ${SECRET_KEY}` },
    })
    expect(listed.status).toBe(200)
  })
})
