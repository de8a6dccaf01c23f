import { expect, it } from 'vitest'
import { ACCOUNT, errorOf, picture, request, upload } from '../support/client.ts'

const translate = (body: object): Promise<Response> => request('/-/translate', { method: 'POST', body: JSON.stringify(body) })

it('a URL of another service becomes one that shows the picture', async () => {
  await upload('/moved/photo.jpg', picture('photo.jpg'))
  const answer = await translate({ url: 'https://example.imgix.net/moved/photo.jpg?w=20&h=10&fit=crop&fm=png&faceindex=2' })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('Cache-Control')).toBe('no-store')
  const { service, url, lost } = (await answer.json()) as { service: string; url: string; lost: readonly { parameter: string }[] }
  expect(service).toBe('imgix')
  expect(url).toBe(`/${ACCOUNT}/image/moved/photo.jpg?w=20&h=10&fit=crop&crop=center&f=png&q=75`)
  expect(lost.map(({ parameter }) => parameter)).toEqual(['faceindex'])
  const shown = await request(url)
  expect(shown.headers.get('Content-Type')).toBe('image/png')
  const header = new DataView(await shown.arrayBuffer())
  expect([header.getUint32(16), header.getUint32(20)]).toEqual([20, 10])
})

it('what is wrong is told', async () => {
  const refused = await translate({ url: 'https://example.com/a.jpg' })
  expect(refused.status).toBe(400)
  expect(await errorOf(refused)).toMatchObject({ code: 'invalid_parameter', details: { field: 'url' } })
  expect(await errorOf(await translate({ url: 'https://a.imgix.net/b.jpg', fetch: true }))).toMatchObject({ code: 'invalid_body' })
  expect(await errorOf(await translate({ url: 'https://a.imgix.net/b.jpg', account: 'Nobody1' }))).toMatchObject({
    code: 'invalid_parameter',
    details: { field: 'account' },
  })
})
