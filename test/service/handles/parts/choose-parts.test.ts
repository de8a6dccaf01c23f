import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  chooseParts,
  demandPossible,
  type HeldPart,
  MIN_PART_BYTES,
  wholePart,
} from '../../../../src/service/handles/parts/choose-parts.ts'
import { demandSpace, type UploadInParts } from '../../../../src/service/handles/parts/session.ts'

const MIB = 1024 * 1024
const held = (sizes: readonly number[]): readonly HeldPart[] => sizes.map((size, i) => ({ number: i + 1, size, etag: `e${i + 1}` }))
const listed = (parts: readonly HeldPart[]) => parts.map(({ number, etag }) => ({ number, etag }))

/** How a client cuts a file: equal parts and what is left. */
const files = fc
  .record({ partSize: fc.integer({ min: MIN_PART_BYTES, max: 20 * MIB }), size: fc.integer({ min: 1, max: 200 * MIB }) })
  .map(({ partSize, size }) => ({
    size,
    parts: held(Array.from({ length: Math.ceil(size / partSize) }, (_, i) => Math.min(partSize, size - i * partSize))),
  }))

describe('the parts of a file', () => {
  it('any file that is cut as clients cut it is accepted in any order of its parts, and each part is possible', () => {
    fc.assert(
      fc.property(files, fc.integer(), ({ size, parts }, seed) => {
        const mixed = parts.toSorted((a, b) => ((a.number * 7919 + seed) % 13) - ((b.number * 7919 + seed) % 13))
        expect(chooseParts(size, mixed, listed(mixed), false)).toEqual(parts)
        expect(chooseParts(size, mixed, [], true)).toEqual(parts)
        for (const part of parts) demandPossible(size, part.number, { offset: 0, size: part.size })
      }),
    )
  })

  it('a file of which one part is missing, longer or shorter is refused', () => {
    const change = fc.constantFrom('missing', 'longer', 'shorter')
    fc.assert(
      fc.property(files, fc.nat(), change, ({ size, parts }, at, how) => {
        const i = at % parts.length
        const by = { missing: null, longer: 1, shorter: -1 }[how]
        const other = parts.flatMap((part, k) => (k !== i ? part : by === null ? [] : { ...part, size: part.size + by }))
        expect(() => chooseParts(size, other, listed(other), false)).toThrow()
      }),
    )
  })
})

describe('the chunks of a part', () => {
  it.each<[string, readonly (readonly [number, number])[], number | RegExp]>([
    ['none', [], /No chunk/],
    ['one', [[0, 5]], 5],
    [
      'two in another order',
      [
        [5, 3],
        [0, 5],
      ],
      8,
    ],
    ['a gap at the beginning', [[1, 5]], /a chunk at 0/],
    [
      'a gap in the middle',
      [
        [0, 5],
        [6, 1],
      ],
      /a chunk at 5/,
    ],
    [
      'one that was overtaken',
      [
        [0, 8],
        [4, 4],
        [8, 1],
      ],
      9,
    ],
  ])('%s', (_, chunks, expected) => {
    const whole = () => wholePart(chunks.map(([offset, size]) => ({ offset, size }))).size
    if (typeof expected === 'number') expect(whole()).toBe(expected)
    else expect(whole).toThrow(expected)
  })
})

describe('space', () => {
  const upload = { size: 10 * MIB } as UploadInParts // the size alone counts
  it.each<[string, number, number, number, boolean]>([
    ['twice the file', 10 * MIB, 0, 10 * MIB, true],
    ['more than that', 10 * MIB, 0, 10 * MIB + 1, false],
    ['many chunks', 0, 739, 1, true],
    ['too many chunks', 0, 740, 1, false],
  ])('%s', (_, bytes, chunks, size, isFine) => {
    const demand = (): void => demandSpace(upload, { bytes, chunks }, size)
    if (isFine) demand()
    else expect(demand).toThrow(/together 10485760 bytes in at most 740 chunks/)
  })
})
