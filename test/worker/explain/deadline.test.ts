import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { ACCOUNT, errorOf, picture, request, SECRET_KEY, upload } from '../support/client.ts'
import { OPEN, store } from '../support/filestack.ts'

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

afterEach(() => void vi.useRealTimers())

describe('deadline', () => {
  it('has what stands in now, and the exact picture later', async () => {
    // However slow the machine is, the clock says that there is time for the first scan.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    const first = await get('w=20&f=png&deadline=0')
    vi.useRealTimers()
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

  it('has an answer for a hundred at once', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => get(`w=${60 + (i % 4)}&f=png&deadline=0`)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  })

  it('holds for a fallback too, which has the status of the failure', async () => {
    const query = 'w=24&f=png&deadline=0&fallback=/late/photo.jpg'
    const first = await get(query, '/late/nothing.jpg')
    expect([first.status, first.headers.get('Emulsion-Fallback'), noteOf(first)?.split(';')[0]]).toEqual([
      404,
      'file_not_found',
      'placeholder',
    ])
    expect([first.headers.get('Cache-Control'), first.headers.get('ETag')]).toEqual(['public, max-age=2', null])
    const exact = await vi.waitUntil(
      async () => {
        const next = await get(query, '/late/nothing.jpg')
        return noteOf(next) === null ? next : null
      },
      { timeout: 20_000, interval: 50 },
    )
    expect([exact.status, exact.headers.get('Content-Type')]).toEqual([404, 'image/png'])
  })

  it('tells in the end that a picture cannot be made, and then shows its fallback', async () => {
    const [file, path] = [picture('photo.png'), '/late/damaged.png']
    // The pixels, not the header.
    await upload(path, file.slice(0, 60))
    const begun = Date.now()
    let asked = 0
    const end = await vi.waitUntil(
      async () => {
        // A result is seen to again after some seconds.
        vi.useFakeTimers({ toFake: ['Date'], now: begun + 6000 * ++asked })
        const next = await get('w=20&f=png&deadline=0', path)
        return next.status === 200 ? null : next
      },
      { timeout: 20_000, interval: 50 },
    )
    expect(end.status).toBe(422)
    const instead = await get('w=20&f=png&deadline=0&fallback=/late/photo.jpg', path)
    expect([instead.status, instead.headers.get('Emulsion-Fallback')]).toEqual([422, 'invalid_image'])
  })

  it('is a task of Filestack’s processing URLs', async () => {
    const { handle } = await store(OPEN, picture('photo.jpg'), 'path=late/stack.jpg&mimetype=image/jpeg')
    const url = `/deadline=ms:0/resize=width:20/output=format:png/${handle}`
    const [plain, first] = [`/resize=width:20/output=format:png/${handle}`, await request(url)]
    expect([first.status, noteOf(first)?.split(';')[0], first.headers.get('Cache-Control')]).toEqual([
      200,
      'placeholder',
      'public, max-age=2',
    ])
    await first.arrayBuffer()
    const exact = await vi.waitUntil(
      async () => {
        const next = await request(url)
        return noteOf(next) === null ? next : (await next.arrayBuffer(), null)
      },
      { timeout: 20_000, interval: 50 },
    )
    const same = await request(plain)
    expect([same.headers.get('ETag'), await same.bytes()]).toEqual([exact.headers.get('ETag'), await exact.bytes()])
    const missing = await request(`/fallback=handle:${handle}/deadline=ms:0/resize=width:21/${'Z'.repeat(20)}`)
    expect([missing.status, noteOf(missing)?.split(';')[0]]).toEqual([200, 'placeholder'])
    await missing.arrayBuffer()
    for (const tasks of ['deadline', 'deadline=ms:-1', 'deadline=ms:60001', 'deadline=ms:0/cache=false', 'deadline=ms:0/store'])
      expect([tasks, (await request(`/${OPEN.key}/${tasks}/flip/${handle}`)).status]).toEqual([tasks, 400])
  })

  it('is an error in a save', async () => {
    const init = { method: 'POST', headers: { Authorization: `Bearer ${SECRET_KEY}` }, body: '{}' }
    const response = await request(`/${ACCOUNT}/save/image/late/photo.jpg?w=5&deadline=9`, init)
    expect((await errorOf(response)).details?.field).toBe('deadline')
  })
})
