import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ballastSize, divideReserve, dropBallast, nextBallast, resizeBallast } from '../../src/local/disk/ballast.ts'

const MEGABYTE = 2 ** 20

describe('the size of the ballast', () => {
  const reserve = fc.integer({ min: 0, max: 1000 * MEGABYTE }).map(divideReserve)
  const state = reserve.chain((parts) =>
    fc.record({
      parts: fc.constant(parts),
      size: fc.integer({ min: 0, max: parts.ballast }),
      free: fc.integer({ min: 0, max: 3 * (parts.floor + 1) }),
    }),
  )

  it('is a part of the reserve, whatever the disk does', () => {
    fc.assert(
      fc.property(state, ({ parts, free, size }) => {
        const next = nextBallast(parts, free, size)
        expect(next).toBeGreaterThanOrEqual(0)
        expect(next).toBeLessThanOrEqual(parts.ballast)
        expect(Number.isInteger(next)).toBe(true)
      }),
    )
  })

  it('settles: what was resized stays as it is while nobody else writes', () => {
    fc.assert(
      fc.property(state, ({ parts, free, size }) => {
        const next = nextBallast(parts, free, size)
        expect(nextBallast(parts, free + size - next, next)).toBe(next)
      }),
    )
  })

  it('shrinks on a full disk until an eighth of the floor is free, or nothing is left', () => {
    fc.assert(
      fc.property(state, ({ parts, size }) => {
        const next = nextBallast(parts, 0, size)
        if (next > 0) expect(size - next).toBeGreaterThanOrEqual(parts.floor / 8)
      }),
    )
  })

  it('grows only out of what is more than the floor', () => {
    fc.assert(
      fc.property(state, ({ parts, free, size }) => {
        const next = nextBallast(parts, free, size)
        if (next > size) expect(free - (next - size)).toBeGreaterThanOrEqual(parts.floor)
      }),
    )
  })

  it.each([
    ['half of a small reserve', 8 * MEGABYTE, { ballast: 4 * MEGABYTE, floor: 4 * MEGABYTE }],
    ['16 MB of a large one', 1000 * MEGABYTE, { ballast: 16 * MEGABYTE, floor: 984 * MEGABYTE }],
    ['nothing of none', 0, { ballast: 0, floor: 0 }],
  ])('is at most %s', (_, bytes, expected) => expect(divideReserve(bytes)).toEqual(expected))
})

describe('the file', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'emulsion-ballast-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('takes each size, and its blocks with it', async () => {
    for (const size of [3 * MEGABYTE + 5, MEGABYTE, 2 * MEGABYTE, 0]) {
      await resizeBallast(folder, size)
      expect(await ballastSize(folder)).toBe(size)
    }
    await resizeBallast(folder, MEGABYTE)
    expect(statSync(join(folder, 'reserve')).blocks * 512).toBeGreaterThanOrEqual(MEGABYTE)
  })

  it('goes, also when it is not there, or the folder is a file', async () => {
    await resizeBallast(folder, 10)
    dropBallast(folder)
    dropBallast(folder)
    expect(await ballastSize(folder)).toBe(0)
    const file = join(folder, 'file')
    writeFileSync(file, '')
    expect(() => dropBallast(file)).not.toThrow()
  })
})
