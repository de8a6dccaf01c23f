import { expect } from 'vitest'
import { type ApiClient, done, refused } from '../held.ts'
import { bearer, type World } from './world.ts'

/** Image URLs, files as they are, saves and access tokens of the Bytescale protocol. `/api/photo.jpg` is there. */
export async function pictureCalls(client: ApiClient, { account, secretKey }: World): Promise<void> {
  const show = '/{accountId}/{processing}/{filePath}'
  const path = { accountId: account, processing: 'image', filePath: 'api/photo.jpg' }
  const secret = bearer(secretKey)
  const bytes = { parseAs: 'arrayBuffer' } as const

  const shown = await client.GET(show, {
    params: { path, query: { w: 20, h: 10, fit: 'crop', crop: 'top-left', f: 'png', q: 60 } },
    ...bytes,
  })
  expect([shown.response.status, shown.response.headers.get('Content-Type')]).toEqual([200, 'image/png'])
  for (const query of [
    { w: 8, f: 'webp', lossless: true },
    { w: 8, dpr: 2, 'border-radius': 'max', bg: 'fff', f: 'png' },
    { 'crop-x': 1, 'crop-y': 1, 'crop-w': 9, 'crop-h': 9, rotate: 90, flip: true, flop: true },
    { trim: true, blur: 2, sharpen: true, grayscale: true, q: 'auto' },
    { brightness: 1.1, saturation: 0.5, hue: 20, lightness: 5, contrast: 10, gamma: true, f: 'jpg', cm: 'srgb', metadata: 'copyright' },
    { w: 30, text: 'Hi', color: 'ff0000', 'font-size': 8, gravity: 'bottom-right', padding: 2, 'layer-opacity': 50 },
    { w: 30, image: '/api/photo.jpg', 'layer-w': 8, blend: 'multiply', repeat: true },
    { w: 9, 'cache-ttl': 60, version: '2', download: true, cache: false },
    { tint: '00f', f: 'gif', 'max-bytes': 4000 },
    { w: 9, h: 9, fit: 'pad', bg: '00ff0080', threshold: 100, negate: true, palette: true, f: 'png' },
  ] as const)
    done(await client.GET(show, { params: { path, query }, ...bytes }))
  const told = done(await client.GET(show, { params: { path, query: { f: 'json', fields: 'width,height,blurHash' } } }))
  expect(told).toMatchObject({ width: expect.any(Number) })
  done(await client.GET(show, { params: { path, query: { w: 20, explain: true } }, ...secret }))
  expect((await client.GET(show, { params: { path, query: { w: 8 } }, headers: { Range: 'bytes=0-9' }, ...bytes })).response.status).toBe(
    206,
  )
  const etag = shown.response.headers.get('ETag') ?? ''
  const query = { w: 20, h: 10, fit: 'crop', crop: 'top-left', f: 'png', q: 60 } as const
  expect((await client.GET(show, { params: { path, query }, headers: { 'If-None-Match': etag }, ...bytes })).response.status).toBe(304)
  // @ts-expect-error A width is a number.
  expect(refused(await client.GET(show, { params: { path, query: { w: 'wide' } } }), 400).error.details?.field).toBe('w')
  // @ts-expect-error There is no such parameter.
  expect(refused(await client.GET(show, { params: { path, query: { widht: 8 } } }), 400).error.code).toBe('unknown_parameter')
  refused(await client.GET(show, { params: { path: { ...path, filePath: 'none.jpg' } } }), 404)
  refused(await client.GET(show, { params: { path, query: { sig: '1.none.bm9uZQ' } } }), 403)
  refused(await client.GET(show, { params: { path, query: { 'cache-only': true, w: 17 } } }), 404)

  const file = { accountId: account, filePath: 'api/photo.jpg' }
  done(await client.GET('/{accountId}/raw/{filePath}', { params: { path: file, query: { download: true } }, ...bytes }))
  refused(await client.GET('/{accountId}/raw/{filePath}', { params: { path: file }, headers: { Range: 'bytes=9999999-' }, ...bytes }), 416)
  refused(await client.GET('/{accountId}/raw/{filePath}', { params: { path: file }, headers: { 'If-Match': '"none"' }, ...bytes }), 412)

  const save = '/{accountId}/save/{processing}/{filePath}'
  const saved = done(
    await client.POST(save, {
      params: { path, query: { w: 12 } },
      body: { destination: '/api/small.jpg', tags: { value: ['small'] } },
      ...secret,
    }),
  )
  expect(saved.async ? saved.jobType : saved.filePath).toBe('/api/small.jpg')
  const later = done(
    await client.POST(save, {
      params: { path, query: { w: 13 }, header: { Prefer: 'respond-async' } },
      body: { destination: '/api/later.jpg' },
      ...secret,
    }),
  )
  expect(later.async ? later.jobType : later.filePath).toBe('ProcessImageJob')
  done(await client.POST(save, { params: { path, query: { w: 14 } }, ...secret }))
  refused(await client.POST(save, { params: { path, query: { w: 12 } }, body: {} }), 401)
  refused(
    await client.PUT('/api/v1/access_tokens/{accountId}', { params: { path: { accountId: account } }, body: { accessToken: 'none' } }),
    401,
  )
  done(await client.DELETE('/api/v1/access_tokens/{accountId}', { params: { path: { accountId: account } } }))
}
