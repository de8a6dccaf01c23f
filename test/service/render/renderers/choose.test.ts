import fc from 'fast-check'
import { expect, it } from 'vitest'
import { leastLoaded, PLACES, type RendererState } from '../../../../src/service/render/renderers/choose.ts'

const renderer = (request: number, batch: number, lastUsed = 0, isDead = false): RendererState => ({
  running: { request, batch },
  lastUsed,
  isDead,
})
const NONE: ReadonlySet<number> = new Set()

it.each([
  ['no renderer', [], null],
  ['one that is dead', [renderer(0, 0, 0, true)], null],
  ['the fewest tasks', [renderer(2, 0), renderer(1, 0), renderer(3, 0)], 1],
  ['tasks of both kinds', [renderer(1, 2), renderer(2, 0)], 1],
  ['a dead one with no task', [renderer(3, 0), renderer(0, 0, 0, true)], 0],
  ['equal loads: the longest rest', [renderer(1, 0, 9), renderer(1, 0, 4), renderer(1, 0, 7)], 1],
  ['no place for requests', [renderer(PLACES.request, 0), renderer(PLACES.request, 0)], null],
  ['places of batches taken', [renderer(0, PLACES.batch)], 0],
])('chooses by the load of the living: %s', (_, states, expected) => {
  expect(leastLoaded(states, 'request', NONE)).toBe(expected)
})

it('a task that failed goes to another, also when it must wait there; back only when no other lives', () => {
  expect(leastLoaded([renderer(0, 0), renderer(3, 0)], 'request', new Set([0]))).toBe(1)
  expect(leastLoaded([renderer(0, 0), renderer(PLACES.request, 0)], 'request', new Set([0]))).toBeNull()
  expect(leastLoaded([renderer(0, 0), renderer(0, 0, 0, true)], 'request', new Set([0]))).toBe(0)
})

it('never chooses a dead or a full one, and none that has more tasks than another with a place', () => {
  const state = fc
    .record({ request: fc.nat(PLACES.request), batch: fc.nat(PLACES.batch), lastUsed: fc.nat(9), isDead: fc.boolean() })
    .map(({ request, batch, lastUsed, isDead }) => renderer(request, batch, lastUsed, isDead))
  fc.assert(
    fc.property(fc.array(state, { maxLength: 6 }), fc.constantFrom('request' as const, 'batch' as const), (states, lane) => {
      const free = states.filter(({ isDead, running }) => !isDead && running[lane] < PLACES[lane])
      const chosen = states[leastLoaded(states, lane, NONE) ?? -1]
      expect(chosen === undefined).toBe(free.length === 0)
      if (!chosen) return
      expect(free).toContain(chosen)
      const load = ({ running }: RendererState): number => running.request + running.batch
      expect(load(chosen)).toBe(Math.min(...free.map(load)))
    }),
  )
})
