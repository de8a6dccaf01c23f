import { expect } from 'vitest'
import { type ApiClient, done, refused } from '../held.ts'
import { bearer, type World } from './world.ts'

/** The service's own calls. `/api/photo.jpg` is there. */
export async function serviceCalls(client: ApiClient, { account, secretKey, batchSecret, metricsToken }: World): Promise<void> {
  const secret = bearer(secretKey)
  expect(done(await client.GET('/-/health')).status).toBe('ok')
  expect(done(await client.GET('/-/metrics', { ...bearer(metricsToken), parseAs: 'text' }))).toContain('emulsion_http_requests_total')
  refused(await client.GET('/-/metrics'), 401)
  refused(await client.GET('/-/metrics', bearer('none')), 401)

  const url = `/${account}/image/api/photo.jpg?w=8&h=8&fit=crop&blur=2`
  const explained = done(await client.POST('/-/explain', { body: { url, accept: 'image/avif' }, ...secret }))
  expect([explained.dialect, explained.account]).toEqual(['bytescale', account])
  done(await client.POST('/-/explain', { body: { url: `/${account}/image/api/photo.jpg` }, ...secret }))
  done(
    await client.POST('/-/explain', {
      body: { job: { service_id: 1, source: '/api/photo.jpg', destination: '/a.webp', transformations: [] } },
      ...bearer(batchSecret),
    }),
  )
  refused(await client.POST('/-/explain', { body: { url } }), 401)
  done(await client.POST('/-/explain', { body: { url: `/${account}/image/none.jpg` }, ...secret }))
  done(await client.POST('/-/explain', { body: { url: `/${account}/image/api/photo.jpg?widht=1` }, ...secret }))
  // @ts-expect-error Nothing is wished.
  refused(await client.POST('/-/explain', { body: {}, ...secret }), 400)
  // @ts-expect-error A URL is a text.
  refused(await client.POST('/-/explain', { body: { url: 1 }, ...secret }), 400)

  const params = { path: { account } }
  const ingest = done(await client.GET('/-/ingest/{account}', { params, ...secret }))
  expect([ingest.preset?.name, ingest.stripLocation, ingest.limits.heic]).toEqual(['upload', true, true])
  expect(
    done(await client.GET('/-/ingest/{account}', { params: { ...params, query: { preset: 'thumbnail' } }, ...secret })).preset?.parameters,
  ).toContainEqual(['w', '200'])
  refused(await client.GET('/-/ingest/{account}', { params: { ...params, query: { preset: 'none' } }, ...secret }), 400)
  refused(await client.GET('/-/ingest/{account}', { params }), 401)

  for (const foreign of [
    'https://example.imgix.net/photo.jpg?w=400&h=300&fit=crop&mark=x',
    'https://example.com/cdn-cgi/image/width=80,quality=75/photo.jpg',
    'https://res.cloudinary.com/demo/image/upload/c_fill,w_200,h_100/sample.jpg',
    'https://ik.imagekit.io/demo/tr:w-300,h-200/photo.jpg',
    'https://ucarecdn.com/1bac376c-aa7e-4356-861b-dd2657b5bfd2/-/resize/300x/',
    'https://cdn.shopify.com/s/files/1/0001/products/shoe_300x.jpg',
  ]) {
    const translation = done(await client.POST('/-/translate', { body: { url: foreign } }))
    expect(translation.url).toContain(`/${account}/image/`)
  }
  expect(
    done(await client.POST('/-/translate', { body: { url: 'https://example.com/unsafe/300x200/photo.jpg', service: 'thumbor', account } }))
      .service,
  ).toBe('thumbor')
  expect(refused(await client.POST('/-/translate', { body: { url: 'https://example.com/a.jpg' } }), 400).error).toMatchObject({
    code: 'invalid_parameter',
  })
  // @ts-expect-error There is no such service.
  refused(await client.POST('/-/translate', { body: { url: 'https://example.com/a.jpg', service: 'none' } }), 400)
  refused(await client.POST('/-/translate', { body: { url: 'https://a.imgix.net/%ff.jpg' } }), 400)
}
