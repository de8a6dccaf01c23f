import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { signPolicy } from '../../../support/filestack-policy.ts'
import { type ApiClient, done, refused } from '../held.ts'
import { asItIs, type World } from './world.ts'

export async function filestackCalls(client: ApiClient, { app, picture, pictureUrl }: World): Promise<void> {
  const { key } = app
  const sent = asItIs('image/jpeg')
  const owner = { headers: { Authorization: `Basic ${btoa(`app:${app.secret}`)}` } }
  const location = { location: 'S3' }

  const stored = done(
    await client.POST('/api/store/{location}', {
      params: { path: location, query: { key, filename: 'a.jpg', path: 'photos/' } },
      body: picture,
      ...sent,
    }),
  )
  const { handle } = stored
  expect(stored).toMatchObject({ filename: 'a.jpg', size: picture.length, type: 'image/jpeg' })
  const second = done(
    await client.POST('/store/{location}', {
      params: { path: location, query: { key, container: 'custom_source', access: 'public' } },
      body: picture,
      ...sent,
    }),
  )
  done(
    await client.POST('/api/store/{location}', {
      params: { path: location, query: { key } },
      body: { url: pictureUrl },
      ...asItIs('application/x-www-form-urlencoded'),
      bodySerializer: () => new URLSearchParams({ url: pictureUrl }),
    }),
  )
  refused(await client.POST('/api/store/{location}', { params: { path: location, query: { key: 'none' } }, body: picture, ...sent }), 401)
  // @ts-expect-error The key is missing.
  refused(await client.POST('/api/store/{location}', { params: { path: location, query: { filename: 'a' } }, body: picture, ...sent }), 401)
  refused(
    await client.POST('/api/store/{location}', { params: { path: { location: 'tape' }, query: { key } }, body: picture, ...sent }),
    400,
  )

  const file = { path: { handle } }
  const none = { path: { handle: 'aaaaaaaaaaaaaaaaaaaa' } }
  done(await client.GET('/api/file/{handle}', { params: { ...file, query: { dl: true } }, parseAs: 'arrayBuffer' }))
  refused(await client.GET('/api/file/{handle}', { params: none }), 404)
  const metadata = done(
    await client.GET('/api/file/{handle}/metadata', { params: { ...file, query: { width: true, size: true, sha256: true } } }),
  )
  expect(metadata['sha256']).toBe(createHash('sha256').update(picture).digest('hex'))
  done(await client.GET('/api/file/{handle}/metadata', { params: file }))
  const over = done(
    await client.POST('/api/file/{handle}', {
      params: { ...file, query: { filename: 'b.jpg' } },
      body: picture,
      ...asItIs('image/jpeg', owner.headers),
    }),
  )
  expect(over.isWriteable).toBe(true)
  const rights = signPolicy({ expiry: Math.floor(Date.now() / 1000) + 60, call: ['read', 'store'] }, app.secret)
  done(await client.GET('/api/file/{handle}', { params: { ...file, query: rights }, parseAs: 'arrayBuffer' }))
  refused(await client.GET('/api/file/{handle}', { params: { ...file, query: { ...rights, signature: '00' } } }), 403)
  refused(await client.POST('/api/file/{handle}', { params: { ...file, query: rights }, body: picture, ...sent }), 403)
  const under = { path: { handle: 'chosenHandle00000001' }, query: { key, location: 'S3' } }
  done(await client.PUT('/api/file/{handle}', { params: under, body: picture, ...asItIs('image/jpeg', owner.headers) }))
  refused(await client.PUT('/api/file/{handle}', { params: under, body: picture, ...asItIs('image/jpeg', owner.headers) }), 409)

  const caller = { apikey: key }
  const started = done(
    await client.POST('/multipart/start', {
      body: { ...caller, filename: 'p.jpg', mimetype: 'image/jpeg', size: picture.length, store: { path: 'parts/' } },
    }),
  )
  const upload = { ...caller, uri: started.uri, upload_id: started.upload_id, region: started.region }
  const md5 = createHash('md5').update(picture).digest('base64')
  const { url } = done(await client.POST('/multipart/upload', { body: { ...upload, part: 1, size: picture.length, md5 } }))
  const given = new URL(url)
  const [, , , , uploadId = '', number = ''] = given.pathname.split('/')
  const query = Object.fromEntries(given.searchParams) as unknown as { size: number; expires: string; signature: string; md5?: string }
  const put = await client.PUT('/multipart/part/{app}/{uploadId}/{number}', {
    params: { path: { app: key, uploadId, number: Number(number) }, query: { ...query, size: Number(query.size) } },
    body: picture,
    ...asItIs('application/octet-stream'),
    parseAs: 'text',
  })
  done(put)
  const complete = {
    ...upload,
    filename: 'p.jpg',
    mimetype: 'image/jpeg',
    size: picture.length,
    parts: [{ part_number: 1, etag: put.response.headers.get('ETag') ?? '' }],
  }
  expect(done(await client.POST('/multipart/complete', { body: complete }))).toMatchObject({ status: 'Stored', filename: 'p.jpg' })
  refused(await client.POST('/multipart/upload', { body: { ...upload, upload_id: 'a'.repeat(40), part: 1, size: 1 } }), 404)
  // @ts-expect-error The size is missing.
  refused(await client.POST('/multipart/start', { body: { ...caller, filename: 'p.jpg' } }), 400)
  const chunked = done(await client.POST('/multipart/start', { body: { ...caller, filename: 'c.jpg', size: picture.length, fii: true } }))
  const chunk = { ...caller, uri: chunked.uri, upload_id: chunked.upload_id, region: chunked.region, fii: true, part: 1 }
  const piece = done(await client.POST('/multipart/upload', { body: { ...chunk, size: picture.length, offset: 0 } }))
  await fetch(piece.url, { method: 'PUT', body: picture.slice() })
  done(await client.POST('/multipart/commit', { body: { ...chunk, size: picture.length } }))

  const processed = done(
    await client.POST('/process', {
      body: { ...caller, sources: [pictureUrl], tasks: [{ name: 'store', params: { location: 's3', filename: 'url.jpg' } }] },
    }),
  )
  expect(processed).toMatchObject({ filename: 'url.jpg' })
  done(
    await client.POST('/process', {
      body: { ...caller, sources: [handle], tasks: [{ name: 'resize', params: { width: 9 } }] },
      parseAs: 'arrayBuffer',
    }),
  )
  refused(await client.POST('/process', { body: { ...caller, sources: [handle], tasks: [{ name: 'resise' }] } }), 400)
  expect(done(await client.POST('/prefetch', { body: { ...caller, permissions: ['whitelabel'], settings: ['x'] } })).permissions).toEqual({
    whitelabel: true,
  })

  const show = '/{app}/{tasks}'
  done(
    await client.GET(show, {
      params: { path: { app: key, tasks: `resize=width:20,height:10,fit:crop/output=format:png/${handle}` } },
      parseAs: 'arrayBuffer',
    }),
  )
  done(await client.GET(show, { params: { path: { app: key, tasks: `imagesize/${handle}` } } }))
  refused(await client.GET(show, { params: { path: { app: key, tasks: `resize=widht:20/${handle}` } } }), 400)
  refused(await client.GET(show, { params: { path: { app: key, tasks: 'resize=width:20/aaaaaaaaaaaaaaaaaaaa' } } }), 404)
  done(await client.POST(show, { params: { path: { app: key, tasks: `resize=width:20/store=location:s3/${handle}` } } }))

  expect(
    done(await client.POST('/api/file/{handle}/remove', { params: { path: { handle: second.handle }, query: { key } }, ...owner })).success,
  ).toBe(true)
  done(await client.DELETE('/api/file/{handle}', { params: { ...file, query: { key, skip_storage: true } }, ...owner }))
  refused(await client.DELETE('/api/file/{handle}', { params: { ...file, query: { key } }, ...owner }), 404)
  refused(await client.DELETE('/api/file/{handle}', { params: { path: under.path, query: { key } } }), 403)
}
