import { expect, it } from 'vitest'
import { createParts, joinParts, MAX_RESULT_BYTES } from '../../../src/image/engine/parts.ts'

it('pieces are joined in order, and given back', () => {
  const parts = createParts()
  for (const piece of [[1, 2], [], [3]]) parts.add(Uint8Array.from(piece))
  expect(parts.length).toBe(3)
  expect([...joinParts(parts.all)]).toEqual([1, 2, 3])
  expect(parts.all.map(({ buffer }) => buffer.byteLength)).toEqual([0, 0, 0])
})

it('a file may be as large as the limit, and not a byte larger', () => {
  const parts = createParts()
  const half = new Uint8Array(MAX_RESULT_BYTES / 2)
  parts.add(half)
  parts.add(half)
  expect(parts.length).toBe(MAX_RESULT_BYTES)
  expect(() => parts.add(Uint8Array.of(0))).toThrowError(expect.objectContaining({ code: 'output_too_large', field: 'output' }))
})
