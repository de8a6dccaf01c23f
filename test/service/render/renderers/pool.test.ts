import { describe, expect, it } from 'vitest'
import type { AppError } from '../../../../src/errors.ts'
import { PLACES } from '../../../../src/service/render/renderers/choose.ts'
import { createRenderers, type Place, type Renderer } from '../../../../src/service/render/renderers/pool.ts'
import { issueTicket, type Lane } from '../../../../src/service/render/ticket.ts'

/** Renderers at a clock that goes on only while somebody waits. */
function pool(count: number, maxWaiting = 100) {
  let now = 1000
  const clock = { now: () => now }
  const wait = async (milliseconds: number): Promise<void> => {
    await new Promise((done) => setImmediate(done))
    now += milliseconds
  }
  const asked = new Map<string, number>()
  const down = new Set<string>()
  const all = Array.from({ length: count }, (_, i): Renderer => {
    const name = String(i)
    return {
      name,
      send: () => Promise.reject(new Error('No test sends anything.')),
      isThere() {
        asked.set(name, (asked.get(name) ?? 0) + 1)
        return Promise.resolve(!down.has(name))
      },
    }
  })
  const renderers = createRenderers(all, { clock, wait, maxWaiting, log: () => undefined })
  const take = (lane: Lane = 'request', failed: readonly Renderer[] = []): Promise<Place> =>
    renderers.take(issueTicket(lane, clock), new Set(failed))
  return { all, renderers, take, asked, down, wait, pass: (milliseconds: number) => (now += milliseconds), clock }
}

const codeOf = (taking: Promise<Place>): Promise<string> =>
  taking.then(
    ({ renderer }) => renderer.name,
    (thrown: AppError) => thrown.code,
  )

describe('places', () => {
  it('are spread over all, and are free again once released', async () => {
    const { take } = pool(3)
    const places = await Promise.all(Array.from({ length: 3 * PLACES.request }, () => take()))
    const counts = Map.groupBy(places, ({ renderer }) => renderer.name)
    expect([...counts.values()].map(({ length }) => length)).toEqual([PLACES.request, PLACES.request, PLACES.request])
    const next = take()
    places[4]?.release()
    expect((await next).renderer).toBe(places[4]?.renderer)
  })

  it('of batches leave those of requests alone', async () => {
    const { take } = pool(1)
    for (let i = 0; i < PLACES.batch; i++) await take('batch')
    const waiting = take('batch')
    expect((await take('request')).renderer.name).toBe('0')
    expect(await Promise.race([waiting, Promise.resolve('waits')])).toBe('waits')
  })

  it('that a lost request never gave back are free after two minutes', async () => {
    const { take, pass } = pool(1)
    for (let i = 0; i < PLACES.request; i++) await take()
    pass(120_001)
    expect(await codeOf(take())).toBe('0')
  })

  it('are refused to a request behind too many others, not to a batch', async () => {
    const { take } = pool(1, 1)
    for (let i = 0; i < PLACES.request; i++) await take('request')
    for (let i = 0; i < PLACES.batch; i++) await take('batch')
    const waiting = [take('request'), take('batch'), take('batch')]
    expect(await codeOf(take('request'))).toBe('overloaded')
    expect(await Promise.race([...waiting, Promise.resolve('wait')])).toBe('wait')
  })
})

describe('a renderer that failed', () => {
  it('gets nothing before it says that it is there, and is asked less and less often', async () => {
    const { take, asked, down, renderers, wait } = pool(2)
    const place = await take()
    down.add(place.renderer.name)
    place.failed('test')
    place.release()
    expect(renderers.alive()).toBe(1)
    for (let i = 0; i < 200; i++) {
      const next = await take()
      expect(next.renderer).not.toBe(place.renderer)
      next.release()
      await wait(100)
    }
    const questions = asked.get(place.renderer.name) ?? 0
    expect(questions).toBeGreaterThan(8) // at least every two seconds
    expect(questions).toBeLessThan(25)
    down.clear()
    await wait(2001)
    ;(await take()).release() // asks
    await wait(1)
    expect(renderers.alive()).toBe(2)
  })

  it('is waited for while no other lives, and not for ever', async () => {
    const { take, down } = pool(1)
    const place = await take()
    place.failed('test')
    place.release()
    expect(await codeOf(take('request', [place.renderer]))).toBe('0') // it is there again
    const second = await take()
    down.add('0')
    second.failed('test')
    expect(await codeOf(take('request'))).toBe('renderer_unavailable')
    expect(await codeOf(take('batch'))).toBe('renderer_unavailable')
  })
})
