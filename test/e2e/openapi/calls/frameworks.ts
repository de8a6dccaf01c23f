import { type ApiClient, done, refused } from '../held.ts'
import type { World } from './world.ts'

/** `/api/photo.jpg` is there. */
export async function frameworkCalls(client: ApiClient, { account }: World): Promise<void> {
  const bytes = { parseAs: 'arrayBuffer' } as const
  const path = { accountId: account }
  const source = 'api/photo.jpg'
  for (const modifiers of ['_', 'w_20', 's_20x10,fit_cover', 'f_webp,q_50'])
    done(await client.GET('/{accountId}/_ipx/{modifiers}/{source}', { params: { path: { ...path, modifiers, source } }, ...bytes }))
  done(await client.GET('/_ipx/{modifiers}/{source}', { params: { path: { modifiers: 'w_21', source } }, ...bytes }))
  refused(await client.GET('/_ipx/{modifiers}/{source}', { params: { path: { modifiers: 'x_21', source } } }), 400)
  refused(await client.GET('/_ipx/{modifiers}/{source}', { params: { path: { modifiers: 'w_21', source: 'none.jpg' } } }), 404)

  const wish = { url: '/api/photo.jpg', w: 640, q: 75 }
  for (const query of [wish, { ...wish, w: 750 }]) {
    done(await client.GET('/{accountId}/_vercel/image', { params: { path, query }, ...bytes }))
    done(await client.GET('/{accountId}/_next/image', { params: { path, query }, ...bytes }))
  }
  done(await client.GET('/_vercel/image', { params: { query: wish }, ...bytes }))
  done(await client.GET('/_next/image', { params: { query: wish }, ...bytes }))
  // @ts-expect-error The width is missing.
  refused(await client.GET('/_vercel/image', { params: { query: { url: '/api/photo.jpg', q: 75 } }, parseAs: 'text' }), 400)
  // @ts-expect-error The quality is missing.
  refused(await client.GET('/_next/image', { params: { query: { url: '/api/photo.jpg', w: 640 } }, parseAs: 'text' }), 400)

  for (const query of [
    { url: '/api/photo.jpg', w: 20 },
    { url: '/api/photo.jpg', w: 20, h: 20, fit: 'cover', position: 'left', fm: 'png' },
  ] as const)
    done(await client.GET('/{accountId}/.netlify/images', { params: { path, query }, ...bytes }))
  done(await client.GET('/.netlify/images', { params: { query: { url: '/api/photo.jpg', h: 9, q: 30 } }, ...bytes }))
  // @ts-expect-error There is no such fit.
  refused(await client.GET('/.netlify/images', { params: { query: { url: '/api/photo.jpg', fit: 'tight' } }, parseAs: 'text' }), 400)
  for (const options of ['width=20', 'fit=cover,width=20,height=20,gravity=left', 'format=webp,quality=50'])
    done(await client.GET('/{accountId}/cdn-cgi/image/{options}/{source}', { params: { path: { ...path, options, source } }, ...bytes }))
  refused(
    await client.GET('/{accountId}/cdn-cgi/image/{options}/{source}', {
      params: { path: { ...path, options: 'widht=2', source } },
      parseAs: 'text',
    }),
    400,
  )
}
