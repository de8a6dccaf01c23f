import { describe, expect, it } from 'vitest'
import { ACCOUNT, picture, request, upload } from './support/client.ts'

/** The phases that an answer's Server-Timing names. */
const phases = (response: Response): string[] =>
  (response.headers.get('Server-Timing') ?? '').split(', ').map((entry) => entry.split(';')[0] ?? '')

const hasWorked = (response: Response): boolean => phases(response).some((phase) => ['recode', 'render'].includes(phase))

async function bytesOf(response: Response): Promise<string> {
  expect(response.status).toBe(200)
  return new Uint8Array(await response.arrayBuffer()).join()
}

describe('equal requests at the same time', () => {
  it('are worked out once, and all get the same bytes', async () => {
    const path = await upload('/coalescing/same.jpg', picture('photo.jpg'))
    // The same wish in two spellings.
    const urls = Array.from({ length: 12 }, (_, i) => `/${ACCOUNT}/image${path}?${i % 2 === 0 ? 'w=41&f=webp' : 'f=webp&w=41'}`)
    const responses = await Promise.all(urls.map((url) => request(url)))
    expect(responses.filter(hasWorked)).toHaveLength(1)
    expect(responses.map(({ headers }) => headers.get('Emulsion-Cache'))).toEqual(urls.map(() => 'miss'))
    expect(new Set(await Promise.all(responses.map(bytesOf))).size).toBe(1)
  })

  it('different ones are not mixed up', async () => {
    const path = await upload('/coalescing/other.jpg', picture('photo.jpg'))
    const responses = await Promise.all([20, 30, 40].map((width) => request(`/${ACCOUNT}/image${path}?w=${width}&f=png`)))
    expect(responses.filter(hasWorked)).toHaveLength(3)
    expect(new Set(await Promise.all(responses.map(bytesOf))).size).toBe(3)
  })

  it('a failure reaches all who wait, and the next one tries again', async () => {
    const path = await upload('/coalescing/late.jpg', picture('truncated.jpg'))
    const answers = async () =>
      Promise.all(Array.from({ length: 3 }, async () => (await request(`/${ACCOUNT}/image${path}?w=10&f=png`)).status))
    expect(await answers()).toEqual([422, 422, 422])
    await upload('/coalescing/late.jpg', picture('photo.jpg'))
    expect(await answers()).toEqual([200, 200, 200])
  })

  // Work belongs to the request that began it, and ends with it unless it is told to go on.
  it('do not wait for a client that has gone', async () => {
    const path = await upload('/coalescing/gone.jpg', picture('photo.jpg'))
    for (let millisecond = 0; millisecond < 12; millisecond++) {
      const url = `/${ACCOUNT}/image${path}?w=${100 + millisecond}&f=webp`
      const first = new AbortController()
      const gone = request(url, { signal: first.signal }).catch(() => null)
      const others = [request(url), request(url)]
      await scheduler.wait(millisecond)
      first.abort()
      const statuses = await Promise.all(others.map(async (other) => (await other).status))
      expect(statuses, `gone after ${millisecond} ms`).toEqual([200, 200])
      await gone
    }
  }, 20_000)
})
