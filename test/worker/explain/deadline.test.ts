import { beforeAll, describe, expect, it, vi } from 'vitest'
import { ACCOUNT, errorOf, picture, request, SECRET_KEY, upload } from '../support/client.ts'

const image = (query: string, path = '/late/photo.jpg'): string => `/${ACCOUNT}/image${path}?${query}`
const noteOf = (response: Response): string | null => response.headers.get('Emulsion-Deadline')

async function get(query: string, path?: string): Promise<Response> {
  const response = await request(image(query, path))
  const body = await response.arrayBuffer()
  return new Response(body, response)
}

beforeAll(async () => {
  for (const name of ['photo', 'near', 'kept']) await upload(`/late/${name}.jpg`, picture('photo.jpg'))
})

describe('deadline', () => {
  it('has what stands in now, and the exact picture later', async () => {
    const first = await get('w=20&f=png&deadline=0')
    expect(first.status).toBe(200)
    expect(noteOf(first)).toMatch(/^placeholder;of=scan;estimate=\d+$/)
    expect(first.headers.get('Cache-Control')).toBe('public, max-age=2')
    expect(first.headers.get('Content-Type')).toBe('image/jpeg')
    const exact = await vi.waitUntil(
      async () => {
        const next = await get('w=20&f=png&deadline=0')
        return noteOf(next) === null ? next : null
      },
      { timeout: 20_000, interval: 50 },
    )
    expect(exact.headers.get('Content-Type')).toBe('image/png')
    expect(exact.headers.get('ETag')).not.toBe(first.headers.get('ETag'))
    const plain = await get('w=20&f=png')
    expect(plain.headers.get('ETag')).toBe(exact.headers.get('ETag'))
  })

  it('has the nearest kept picture of the same kind', async () => {
    await get('w=40&f=png', '/late/near.jpg')
    await get('w=30&f=png&negate=true', '/late/near.jpg')
    const kept = await vi.waitUntil(
      async () => {
        const near = await get('w=31&f=png&deadline=0&v=1', '/late/near.jpg')
        return noteOf(near)?.startsWith('nearest') ? near : null
      },
      { timeout: 10_000, interval: 50 },
    )
    const own = await get('w=40&f=png', '/late/near.jpg')
    expect(await kept.arrayBuffer()).toEqual(await own.arrayBuffer())
  })

  it('has the exact picture when there is time', async () => {
    const response = await get('w=21&f=png&deadline=60000')
    expect([response.status, noteOf(response), response.headers.get('Cache-Control')]).toEqual([200, null, 'public, max-age=3600'])
  })

  it('has what is kept', async () => {
    await get('w=22&f=png', '/late/kept.jpg')
    const response = await get('w=22&f=png&deadline=0', '/late/kept.jpg')
    expect([noteOf(response), response.headers.get('Emulsion-Cache')]).toEqual([null, 'edge'])
  })

  it.each([
    ['w=20&deadline=0&cache=false', '/late/photo.jpg', 400, 'deadline'],
    ['w=20&deadline=-1', '/late/photo.jpg', 400, 'deadline'],
    ['w=20&deadline=60001', '/late/photo.jpg', 400, 'deadline'],
    ['w=20&deadline=0', '/late/nothing.jpg', 404, '/late/nothing.jpg'],
    ['w=20&deadline=0&crop-x=5000', '/late/photo.jpg', 400, 'crop'],
  ])('%s is an error', async (query, path, status, field) => {
    const response = await request(image(query, path))
    expect(response.status).toBe(status)
    expect((await errorOf(response)).details?.field).toBe(field)
  })

  it('is an error in a save', async () => {
    const init = { method: 'POST', headers: { Authorization: `Bearer ${SECRET_KEY}` }, body: '{}' }
    const response = await request(`/${ACCOUNT}/save/image/late/photo.jpg?w=5&deadline=9`, init)
    expect((await errorOf(response)).details?.field).toBe('deadline')
  })
})
