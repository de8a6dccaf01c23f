import { describe, expect, it } from 'vitest'
import definition from '../../emulsion.config.ts'
import { ACCOUNT, errorOf, picture, upload } from './support/client.ts'
import { ownedService } from './support/owned-service.ts'

/** The service with a memory of so many bytes. */
const serviceOf = (memory: { readonly totalBytes: number; readonly maxWaiting: number }) => ownedService({ ...definition, memory })

/** Of the memory below, one such job fits, two do not. */
const query = (i: number, format = 'webp'): string => `w=640&h=${400 + i}&fit=stretch&f=${format}`

describe('the memory of an isolate', () => {
  it('beyond it jobs wait, and beyond the queue they are refused with Retry-After', async () => {
    const path = await upload('/concurrency/one.jpg', picture('photo.jpg'))
    const ask = serviceOf({ totalBytes: 3_000_000, maxWaiting: 2 })
    const responses = await Promise.all(Array.from({ length: 8 }, (_, i) => ask(`/${ACCOUNT}/image${path}?${query(i)}`)))
    const refused = responses.filter(({ status }) => status === 429)
    expect(responses.map(({ status }) => status).filter((status) => status !== 429 && status !== 200)).toEqual([])
    expect(refused.length).toBeGreaterThan(0)
    expect(responses.length - refused.length).toBeGreaterThanOrEqual(3)
    for (const response of refused) {
      expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0)
      expect(response.headers.get('Cache-Control')).toBe('no-store')
      expect(await errorOf(response)).toMatchObject({ code: 'overloaded' })
    }
    // Whoever was refused may come again.
    expect((await ask(`/${ACCOUNT}/image${path}?${query(7)}`)).status).toBe(200)
  })

  it('a long enough queue refuses nobody', async () => {
    const path = await upload('/concurrency/many.jpg', picture('photo.jpg'))
    const ask = serviceOf({ totalBytes: 3_000_000, maxWaiting: 8 })
    const responses = await Promise.all(Array.from({ length: 8 }, (_, i) => ask(`/${ACCOUNT}/image${path}?${query(i)}`)))
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
  })

  it('a job that alone needs more is refused by its header', async () => {
    const path = await upload('/concurrency/large.jpg', picture('photo.jpg'))
    const response = await serviceOf({ totalBytes: 1_000_000, maxWaiting: 8 })(`/${ACCOUNT}/image${path}?${query(0, 'png')}`)
    expect(response.status).toBe(422)
    expect(await errorOf(response)).toMatchObject({ code: 'too_many_pixels', message: expect.stringContaining('1000000') })
  })
})
