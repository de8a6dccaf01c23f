import { expect, it } from 'vitest'
import { createWorkersCache } from '../../src/adapters/workers-cache.ts'
import { memoryEdgeCache } from '../support/memory/results.ts'

const file = (text: string) => ({ text, isPrefix: false })

/** Its purges are answered in turn; the last answer stays. A tag is the kind and the names, so that it can be read. */
function cacheWith(...answers: readonly ('ok' | 'refused' | 'broken')[]) {
  const purges: string[][] = []
  const outcomes: string[] = []
  const logged: unknown[] = []
  const cache = createWorkersCache({
    behind: memoryEdgeCache(),
    cache: {
      purge({ tags }) {
        const answer = answers[Math.min(purges.push(tags), answers.length) - 1]
        if (answer === 'broken') return Promise.reject(new Error('gone'))
        return Promise.resolve(answer === 'ok' ? { success: true, errors: [] } : { success: false, errors: [{ message: 'rate limited' }] })
      },
    },
    hash: (text) => Promise.resolve(text.replaceAll('\n', '')),
    observe: (outcome) => outcomes.push(outcome),
    log: (entry) => logged.push(entry),
  })
  return { cache, purges, outcomes, logged }
}

it('drops by the tag of the file', async () => {
  const { cache, purges, outcomes } = cacheWith('ok')
  expect(await cache.purge('A', file('/x'))).toBe(true)
  expect(await cache.purge('A', { text: '/dir/', isPrefix: true })).toBe(true)
  expect([purges, outcomes]).toEqual([
    [['fA/x'], ['dA/dir']],
    ['ok', 'ok'],
  ])
})

it.each(['refused', 'broken'] as const)('what is %s goes with the next purge', async (answer) => {
  const { cache, purges, outcomes, logged } = cacheWith(answer, 'ok')
  expect(await cache.purge('A', file('/x'))).toBe(false)
  expect(await cache.purge('B', file('/y'))).toBe(true)
  expect(await cache.purge('B', file('/z'))).toBe(true)
  expect(purges).toEqual([['fA/x'], ['fA/x', 'fB/y'], ['fB/z']])
  expect([outcomes, logged.length]).toEqual([['refused', 'ok', 'ok'], 1])
})

it('sends a hundred tags at most; an account with more is dropped whole', async () => {
  const { cache, purges } = cacheWith('refused')
  for (let i = 0; i < 250; i++) await cache.purge('A', file(`/${i}`))
  for (let i = 0; i < 60; i++) await cache.purge('B', file(`/${i}`))
  expect(Math.max(...purges.map(({ length }) => length))).toBeLessThanOrEqual(100)
  expect(purges.flat()).toContain('aA')
})
