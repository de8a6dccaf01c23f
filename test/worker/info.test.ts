import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { DEFAULT_INFO } from '../../src/image/info/fields.ts'
import { body, create, details, ended, post } from './support/batch.ts'
import { ACCOUNT, errorOf, picture, PUBLIC_KEY, request, SECRET_KEY, upload } from './support/client.ts'

const { RESULTS } = env as unknown as { readonly RESULTS: R2Bucket } // wrangler.toml
const NAMES = ['photo.jpg', 'photo.png', 'photo.webp', 'photo.avif', 'photo.bmp', 'photo.gif', 'photo.ico', 'photo.tiff']
const PLACE = { latitude: 51.5, longitude: -0.125, altitude: null }

beforeAll(async () => {
  for (const name of [...NAMES, 'camera.jpg', 'orientation-6.jpg', 'half-transparent.png']) await upload(`/${name}`, picture(name))
  await upload('/text.txt', 'no picture')
})

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> => request(`/${ACCOUNT}/image${path}`, { headers })
const told = async (path: string, headers?: Record<string, string>): Promise<unknown> => {
  const response = await get(path, headers)
  return response.ok ? response.json() : (await errorOf(response)).code
}
const bearer = (key: string): Record<string, string> => ({ Authorization: `Bearer ${key}` })

describe('f=json', () => {
  it.each(NAMES)('tells all of %s but the place', async (name) => {
    const response = await get(`/${name}?f=json`)
    const info = await response.json<Record<string, unknown>>()
    expect(Object.keys(info)).toEqual(DEFAULT_INFO)
    const { length } = picture(name)
    expect(info).toMatchObject({ mime: response.status === 200 && expect.any(String), bytes: length, width: 64, height: 48, frames: 1 })
    // A GIF of four colours has a table of eight.
    expect(info).toMatchObject({
      bitDepth: name === 'photo.gif' ? 3 : 8,
      colorSpace: 'rgb',
      result: { width: 64, height: 48 },
      c2pa: 'absent',
      gainMap: null,
    })
    expect(info['placeholder']).toMatch(/^data:image\/(jpeg|png);base64,/)
    expect((info['palette'] as { color: string }[]).length).toBeGreaterThanOrEqual(4)
  })

  it('tells of an SVG, which is drawn small', async () => {
    await upload(
      '/drawn.svg',
      '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="150"><rect width="300" height="150" fill="#0080ff"/></svg>',
    )
    expect(await told('/drawn.svg?f=json&fields=format,width,height,colorSpace,palette,result')).toEqual({
      format: 'svg',
      width: 300,
      height: 150,
      colorSpace: 'rgb',
      result: { width: 300, height: 150 },
      palette: [{ color: '#0080ff', share: 1 }],
    })
  })

  it('is JSON with an ETag, kept like a picture', async () => {
    const first = await get('/photo.png?f=json&fields=width,palette&cache-perm=true')
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'content-type': 'application/json',
      'emulsion-cache': 'miss',
      'content-disposition': 'inline; filename=photo.json',
      'x-content-type-options': 'nosniff',
    })
    const etag = first.headers.get('ETag') ?? ''
    const text = await first.text()
    const second = await get('/photo.png?f=json&fields=palette,width')
    expect([second.headers.get('Emulsion-Cache'), second.headers.get('ETag'), await second.text()]).toEqual(['edge', etag, text])
    expect((await get('/photo.png?f=json&fields=palette,width', { 'If-None-Match': etag })).status).toBe(304)
    expect((await get('/photo.png?f=json&fields=width', { 'If-None-Match': etag })).status).toBe(200)
    const part = await get('/photo.png?f=json&fields=palette,width', { Range: 'bytes=0-8' })
    expect([part.status, await part.text()]).toEqual([206, text.slice(0, 9)])
  })

  it('tells of the picture that the other parameters make, and of its source', async () => {
    const info = await told('/orientation-6.jpg?w=10&h=10&fit=crop&f=json&fields=width,height,storedWidth,orientation,result')
    expect(info).toEqual({ width: 48, height: 64, storedWidth: 64, orientation: 6, result: { width: 10, height: 10 } })
    // The upper left quarter is red.
    const corner = 'crop-x=0&crop-y=0&crop-w=30&crop-h=20'
    expect(await told(`/photo.png?${corner}&f=json&fields=result,dominantColor,palette`)).toEqual({
      result: { width: 30, height: 20 },
      dominantColor: '#ff0000',
      palette: [{ color: '#ff0000', share: 1 }],
    })
    // Steps that look at the picture first: what is left of the half is known afterwards.
    expect(await told('/photo.png?trim=true&f=json&fields=result')).toEqual({ result: { width: expect.any(Number), height: 48 } })
  })

  it('is the same whatever the URL says of the encoding, as a preset may', async () => {
    const etag = async (query: string) => (await get(`/photo.png?${query}`)).headers.get('ETag')
    const first = await etag('f=json&w=20')
    for (const more of ['q=3', 'c=50', 'f2=jpg', 'cm=keep', 'metadata=keep']) expect(await etag(`f=json&w=20&${more}`)).toBe(first)
    expect(await etag('f=json&w=21')).not.toBe(first)
    expect(await etag('w=20')).not.toBe(first)
  })

  it.each([
    ['/photo.png?f=json&fields=size', 'invalid_parameter'],
    ['/photo.png?f=json&fields=', 'invalid_parameter'],
    ['/photo.png?f=json&fields=width,', 'invalid_parameter'],
    ['/photo.png?fields=width', 'invalid_parameter'],
    ['/photo.png?f=json&page=2', 'invalid_parameter'],
    ['/photo.png?f=json&nope=1', 'unknown_parameter'],
    ['/nobody.png?f=json', 'file_not_found'],
    ['/text.txt?f=json&fields=width', 'unsupported_format'],
    ['/text.txt?f=json', 'unsupported_format'],
  ])('%s → %s', async (path, code) => expect(await told(path)).toBe(code))

  it('names the known fields to whom sends another', async () => {
    const { message, details: more } = await errorOf(await get('/photo.png?f=json&fields=width,depth'))
    expect(more?.field).toBe('fields')
    for (const name of [...DEFAULT_INFO, 'gps']) expect(message).toContain(name)
  })

  it('is nothing that a save stores', async () => {
    const response = await request(`/${ACCOUNT}/save/image/photo.png?f=json`, { method: 'POST', headers: bearer(SECRET_KEY), body: '{}' })
    expect([response.status, (await errorOf(response)).code]).toEqual([400, 'invalid_parameter'])
  })
})

describe('the place', () => {
  const PATH = '/camera.jpg?f=json&fields=gps,exif'

  it('is told to a secret key alone', async () => {
    expect(await told(PATH)).toBe('unauthorized')
    expect(await told(PATH, bearer(PUBLIC_KEY))).toBe('forbidden')
    expect(await told(PATH, bearer(SECRET_KEY))).toEqual({ exif: { Model: 'Camera 1' }, gps: PLACE })
    expect(await told('/photo.png?f=json&fields=gps', bearer(SECRET_KEY))).toEqual({ gps: null })
  })

  it('is in no other answer, whoever asks', async () => {
    for (const key of [SECRET_KEY, PUBLIC_KEY])
      expect(JSON.stringify(await told('/camera.jpg?f=json', bearer(key)))).not.toMatch(/gps|51\.5/i)
  })

  it('is kept nowhere: not by caches, and not under a key that others reach', async () => {
    const path = `${PATH}&cache-perm=true&cache-ttl=1000`
    const first = await get(path, bearer(SECRET_KEY))
    expect([first.headers.get('Cache-Control'), first.headers.get('Emulsion-Cache')]).toEqual(['private, no-store', 'miss'])
    expect(JSON.stringify(await first.json())).toContain('51.5')
    for (let i = 0; i < 2; i++) {
      const again = await get(path, bearer(SECRET_KEY))
      expect(again.headers.get('Emulsion-Cache')).toBe('miss')
      expect(await told(path)).toBe('unauthorized')
      expect(await told(path, bearer(PUBLIC_KEY))).toBe('forbidden')
    }
    const { objects } = await RESULTS.list({ prefix: `${ACCOUNT}/camera.jpg` })
    for (const { key } of objects) expect(await (await RESULTS.get(key))?.text()).not.toContain('51.5')
  })
})

describe('the batch type info', () => {
  const job = (info: object, destination = '/info/photo.json', before: readonly object[] = []) => ({
    source: '/camera.jpg',
    jobs: [{ destination, transformations: [...before, { type: 'info', ...info }] }],
  })

  it('stores what is told, and shows it in the details', async () => {
    const id = await create(job({ fields: ['width', 'exif', 'result', 'dominantColor'] }, '/info/a.json', [{ type: 'resize', width: 8 }]))
    const { jobs } = await ended(id)
    const info = {
      width: 64,
      exif: { Model: 'Camera 1' },
      result: { width: 8, height: 6 },
      dominantColor: expect.stringMatching(/^#/) as string,
    }
    expect(jobs[0]?.result).toMatchObject({ path: '/info/a.json', mime: 'application/json', info })
    const stored = await request(`/${ACCOUNT}/raw/info/a.json`)
    expect(stored.headers.get('Content-Type')).toBe('application/json')
    expect(await stored.json()).toEqual(jobs[0]?.result?.['info'])
  })

  it('stands beside pictures in one request', async () => {
    const both = [
      { destination: '/info/b.png', transformations: [{ type: 'resize', width: 8 }] },
      { destination: '/info/b.json', transformations: [{ type: 'info' }] },
      { destination: '/info/c.json', transformations: [{ type: 'info', fields: 'width,gps' }] },
    ]
    const { status, jobs } = await ended(await create({ source: '/camera.jpg', jobs: both }))
    expect([status, jobs[0]?.result?.['width'], jobs[2]?.result?.['info']]).toEqual(['FINISHED', 8, { width: 64, gps: PLACE }])
    expect(await told('/camera.jpg?f=json')).toEqual(jobs[1]?.result?.['info'])
  })

  it.each([
    ['an unknown field', job({ fields: ['width', 'nope'] }), 'fields'],
    ['no field', job({ fields: [] }), 'fields'],
    ['a number', job({ fields: 7 }), 'fields'],
    ['a destination that is no JSON', job({}, '/info/x.jpg'), 'destination'],
    [
      'a place that is not the last',
      { jobs: [{ destination: '/info/x.json', transformations: [{ type: 'info' }, { type: 'ulb' }] }] },
      'type',
    ],
  ])('400 for %s', async (_, more, field) => {
    const response = await post('/request', body(more))
    expect([response.status, (await response.json<{ message: string }>()).message]).toEqual([400, expect.stringContaining(field)])
  })

  it('names what it does not know, as other types do', async () => {
    const id = await create(job({ fields: 'width', colour: 1 }, '/info/w.json'))
    expect(await details(id)).toMatchObject({ warnings: [expect.stringContaining('colour')] })
  })
})
