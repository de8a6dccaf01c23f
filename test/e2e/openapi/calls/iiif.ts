import { expect } from 'vitest'
import { type ApiClient, done, refused } from '../held.ts'
import type { World } from './world.ts'

/** `/api/photo.jpg` is there. */
export async function iiifCalls(client: ApiClient, { account }: World): Promise<void> {
  const picture = { accountId: account, identifier: 'api/photo.jpg' }
  const base = '/{accountId}/iiif/{version}/{identifier}'
  for (const version of ['2', '3'] as const) {
    const led = await client.GET(base, { params: { path: { ...picture, version } }, parseAs: 'text' })
    expect(led.response.status).toBe(303)
    const info = done(await client.GET(`${base}/info.json`, { params: { path: { ...picture, version } } }))
    expect(info.protocol).toBe('http://iiif.io/api/image')
  }
  const json = await client.GET(`${base}/info.json`, {
    params: { path: { ...picture, version: '3' } },
    headers: { Accept: 'application/ld+json' },
  })
  const etag = json.response.headers.get('ETag') ?? ''
  expect(
    (
      await client.GET(`${base}/info.json`, {
        params: { path: { ...picture, version: '3' } },
        headers: { Accept: 'application/ld+json', 'If-None-Match': etag },
      })
    ).response.status,
  ).toBe(304)
  const whole = { ...picture, version: '3', region: 'full', size: 'max', rotation: '0', file: 'default.jpg' } as const
  for (const part of [
    {},
    { region: 'square', size: '9,' },
    { region: '1,2,8,6', size: ',3' },
    { region: 'pct:10,10,50,50', size: '!5,5' },
    { size: 'pct:50', file: 'gray.png' },
    { rotation: '90', file: 'bitonal.png' },
    { rotation: '!180', size: '4,4' },
    { rotation: '22.5', file: 'default.png' },
    { region: '0,0,4,4', size: '^8,8', file: 'color.webp' },
  ])
    done(await client.GET(`${base}/{region}/{size}/{rotation}/{file}`, { params: { path: { ...whole, ...part } }, parseAs: 'arrayBuffer' }))
  for (const part of [{ region: 'half' }, { size: '0,' }, { rotation: '400' }, { file: 'default.xyz' }, { region: '99999,0,1,1' }])
    refused(await client.GET(`${base}/{region}/{size}/{rotation}/{file}`, { params: { path: { ...whole, ...part } } }), 400)
  refused(await client.GET(`${base}/{region}/{size}/{rotation}/{file}`, { params: { path: { ...whole, identifier: 'none.jpg' } } }), 404)
  refused(await client.GET(`${base}/info.json`, { params: { path: { ...picture, version: '3', identifier: 'none.jpg' } } }), 404)
  const ranged = await client.GET(`${base}/{region}/{size}/{rotation}/{file}`, {
    params: { path: whole },
    headers: { Range: 'bytes=0-9' },
    parseAs: 'arrayBuffer',
  })
  expect(ranged.response.status).toBe(206)
}
