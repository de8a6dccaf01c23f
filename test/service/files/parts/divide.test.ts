import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bytesOf, divideAnew, type Source } from '../../../../src/service/files/parts/divide.ts'

const MIB = 1024 * 1024
const named = (sizes: readonly number[]): readonly Source[] => sizes.map((size, i) => ({ name: String(i), size }))

it('cuts files into parts that R2 joins, and loses or moves no byte', () => {
  const sizes = fc.tuple(fc.array(fc.integer({ min: 5 * MIB, max: 300 * MIB }), { maxLength: 20 }), fc.integer({ min: 0, max: 300 * MIB }))
  fc.assert(
    fc.property(sizes, ([whole, last]) => {
      const sources = named([...whole, last])
      const parts = divideAnew(sources)
      const lengths = parts.map(bytesOf)
      const [first = 0] = lengths
      expect(lengths.slice(0, -1).every((length) => length === first && length >= 5 * MIB)).toBe(true)
      expect(lengths.at(-1)).toBeLessThanOrEqual(first)
      // Pieces behind each other are the sources behind each other.
      const places = sources.flatMap(({ name, size }) => (size > 0 ? [{ name, size }] : []))
      let [source, place] = [0, 0]
      for (const { name, start, end } of parts.flat()) {
        expect([name, start]).toEqual([places[source]?.name, place])
        expect(end).toBeGreaterThan(start)
        place = end
        if (place === places[source]?.size) [source, place] = [source + 1, 0]
      }
      expect([source, place]).toEqual([places.length, 0])
    }),
  )
})

it('leaves parts as they are that are equal but for a smaller last one', () => {
  for (const sizes of [[7], [5 * MIB, 5 * MIB, 3], [8 * MIB, 8 * MIB]])
    expect(divideAnew(named(sizes))).toEqual(sizes.map((end, i) => [{ name: String(i), start: 0, end }]))
})

it('makes one part of nothing, and no part of an empty last one', () => {
  expect(divideAnew(named([0]))).toEqual([[]])
  expect(divideAnew(named([6 * MIB, 0]))).toEqual([[{ name: '0', start: 0, end: 6 * MIB }]])
})

it('stays below 10,000 parts', () => {
  expect(divideAnew(named([5 * MIB, 400_000 * MIB])).length).toBeLessThanOrEqual(10_000)
})
