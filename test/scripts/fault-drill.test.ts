import { describe, expect, it } from 'vitest'
import { readWrites, writeProblems } from '../../scripts/fault-drill/writes.ts'

const END = '2026-01-01 00:00:10'
const at = (seconds: number) => ({ key: 'Emu1s1n/out/1/64.png', at: Date.parse('2026-01-01T00:00:00Z') + seconds * 1000 })

describe('the writes that a drill has seen', () => {
  it('are read from what a server prints, between other lines', () => {
    const output =
      'Ready\n{"level":"warn"}\n{"witness":"put","key":"Emu1s1n/out/1/64.png","at":5}\n[x] {"witness":"put","key":"b","at":6}\n'
    expect(readWrites(output)).toEqual([
      { key: 'Emu1s1n/out/1/64.png', at: 5 },
      { key: 'b', at: 6 },
    ])
  })

  it.each([
    ['one write of one attempt', [at(9)], 1, 0],
    ['two writes of two attempts', [at(3), at(9)], 2, 0],
    ['an attempt that was lost before it wrote', [at(9)], 2, 0],
    ['a write in the second of the end', [at(10.9)], 1, 0],
    ['two writes of one attempt', [at(8), at(9)], 1, 1],
    ['a write after the end', [at(12)], 1, 1],
    ['both', [at(9), at(12)], 1, 2],
    ['a write elsewhere', [{ ...at(12), key: 'Emu1s1n/out/2/64.png' }], 1, 0],
  ])('%s', (_, writes, attempts, problems) => {
    expect(writeProblems(writes, '/out/1/64.png', attempts, END)).toHaveLength(problems)
  })
})
