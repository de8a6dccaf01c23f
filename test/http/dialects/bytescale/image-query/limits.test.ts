import { describe, expect, it } from 'vitest'
import { parseImageQuery } from '../../../../../src/http/dialects/bytescale/image-query/parse.ts'
import { checkExtendedParams } from '../../../../../src/http/dialects/bytescale/cdn/extended-params.ts'

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
type Entry = readonly [string, string]

describe('a picture has at most', () => {
  it.each<[query: readonly Entry[], code: string, reason: string]>([
    [times<Entry>(101, ['image', '/a.png']), 'too_many_steps', 'Expected at most 100 layers ("text" and "image"), received 101.'],
    [times<Entry>(101, ['text', 'a']), 'too_many_steps', 'received 101.'],
    [times<Entry>(501, ['meta-x', 'a']), 'invalid_parameter', 'Expected at most 500 parameters, received 501.'],
    [[['text', 'a'.repeat(1001)]], 'invalid_parameter', 'Expected at most 1000 characters for "text", received 1001.'],
  ])('%# %j', (query, code, reason) =>
    expect(() => parseImageQuery(query)).toThrowError(expect.objectContaining({ code, reason: expect.stringContaining(reason) })),
  )

  it('and these are accepted', () => {
    expect(parseImageQuery(times<Entry>(100, ['image', '/a.png'])).plan.steps).toHaveLength(100)
    expect(parseImageQuery([['text', '漢'.repeat(1000)]]).plan.steps).toHaveLength(1)
  })
})

describe('extendedParams are counted before they are read', () => {
  it.each<[name: string, body: unknown, code: string]>([
    ['8,000 layers', { extendedParams: times(8000, { text: 'a' }) }, 'invalid_parameter'],
    ['101 layers', { extendedParams: times(101, { image: '/a.png' }) }, 'too_many_steps'],
    ['8,000 empty groups', { extendedParams: times(8000, {}) }, 'invalid_parameter'],
    ['501 names', { extendedParams: Object.fromEntries(times(501, 0).map((_, i) => [`n${i}`, 1])) }, 'invalid_parameter'],
  ])('%s', (_, body, code) => expect(() => checkExtendedParams(body)).toThrowError(expect.objectContaining({ code })))

  it.each([undefined, null, 5, 'text', [], {}, { extendedParams: null }, { extendedParams: [null, 5, { a: {} }] }])(
    'what else is wrong with %j is left to the schema',
    (body) => expect(() => checkExtendedParams(body)).not.toThrow(),
  )
})
