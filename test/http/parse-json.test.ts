import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JSON_LIMITS, measureJson, parseJson } from '../../src/http/parse-json.ts'

const nested = (depth: number, open = '[', close = ']'): string => open.repeat(depth) + close.repeat(depth)

describe('JSON from a client', () => {
  it.each<[name: string, text: string, message: string]>([
    ['33 arrays', nested(33), 'Expected JSON of at most 32 levels, received 33.'],
    ['33 objects', `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`, 'Expected JSON of at most 32 levels, received 33.'],
    ['200,000 arrays that never end', '['.repeat(200_000), 'Expected JSON of at most 32 levels, received 200000.'],
    ['too many values', `[${'0,'.repeat(60_000)}0]`, 'Expected JSON of at most 50000 values, received 60001.'],
    ['too many empty objects', `[${Array.from({ length: 50_001 }, () => '{}').join('')}]`, 'at most 50000 values'],
    ['half a text', '{"a":', 'Expected JSON.'],
    ['nothing', '', 'Expected JSON.'],
  ])('%s is refused', (_, text, message) =>
    expect(() => parseJson(text)).toThrowError(expect.objectContaining({ code: 'invalid_body', reason: expect.stringContaining(message) })),
  )

  it.each([nested(32), JSON.stringify({ a: '[[[['.repeat(100), 'b"\\': ']]' }), '"\\\\"', '5', `"${','.repeat(60_000)}"`])(
    'brackets and commas in texts do not count: %#',
    (text) => expect(parseJson(text)).toEqual(JSON.parse(text)),
  )

  it('the depth that is counted is the depth that is there', () => {
    const depthOf = (value: unknown): number =>
      value !== null && typeof value === 'object' ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        expect(measureJson(JSON.stringify(value)).depth).toBe(depthOf(value))
      }),
    )
    expect(JSON_LIMITS.depth).toBe(32)
  })
})
