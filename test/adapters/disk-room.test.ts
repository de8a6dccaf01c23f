import { describe, expect, it } from 'vitest'
import { createDiskRoom } from '../../src/adapters/disk-room.ts'
import type { DiskState, Room } from '../../src/service/ports.ts'

/** A disk whose state, clock and watch the test moves by hand. */
function disk(usable: number) {
  const state = { usable, failures: 0, asked: 0, now: 0 }
  const watches = new Set<() => void>()
  const ask = async (): Promise<DiskState> => {
    state.asked++
    return { usable: state.usable, failures: state.failures }
  }
  const every = (_: number, work: () => void): { stop(): void } => {
    watches.add(work)
    return { stop: () => void watches.delete(work) }
  }
  const room: Room = createDiskRoom({ ask, clock: { now: () => state.now }, every })
  const pass = (): void => {
    state.now += 1000
    for (const work of watches) work()
  }
  return { room, state, watches, pass }
}

/** A write that ends when the test says so. */
function pending() {
  let end = (): void => undefined
  const write = (): Promise<string> => new Promise((done) => (end = () => done('stored')))
  return { write, end: () => end() }
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done))
const FULL = { code: 'storage_full' }

describe('room on a disk', () => {
  it('lets in what fits, to the byte', async () => {
    const { room, watches } = disk(100)
    expect(await room.hold(100, async () => 'stored')).toBe('stored')
    expect(watches.size).toBe(0)
  })

  it('refuses what does not fit, and begins no write', async () => {
    const { room } = disk(100)
    let begun = false
    await expect(room.hold(101, async () => (begun = true))).rejects.toMatchObject(FULL)
    expect(begun).toBe(false)
  })

  it('refuses even nothing when the reserve is touched', async () => {
    await expect(disk(-1).room.hold(0, async () => 0)).rejects.toMatchObject(FULL)
  })

  it('counts what is under way', async () => {
    const { room, pass } = disk(100)
    const first = pending()
    const stored = room.hold(60, first.write)
    await settled()
    await expect(room.hold(60, async () => 0)).rejects.toMatchObject(FULL)
    pass() // a new look does not forget it either
    await settled()
    await expect(room.hold(60, async () => 0)).rejects.toMatchObject(FULL)
    first.end()
    expect(await stored).toBe('stored')
  })

  it('counts what ended since the disk was looked at, and no longer than that', async () => {
    const { room, state } = disk(100)
    await room.hold(60, async () => 0)
    await expect(room.hold(60, async () => 0)).rejects.toMatchObject(FULL)
    state.now += 1000
    expect(await room.hold(60, async () => 'stored')).toBe('stored')
  })

  it('gives space back when a write fails', async () => {
    const { room, state } = disk(100)
    await expect(room.hold(100, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    state.now += 1000
    expect(await room.hold(100, async () => 'stored')).toBe('stored')
  })

  it.each([
    ['the disk gets full', { usable: -1 }],
    ['a write has found no space, although there is some again', { failures: 1 }],
  ])('gives a write up that never ends when %s', async (_, change) => {
    const { room, state, watches, pass } = disk(100)
    const stored = room.hold(10, pending().write)
    await settled()
    Object.assign(state, change)
    pass()
    await expect(stored).rejects.toMatchObject(FULL)
    expect(watches.size).toBe(0)
  })

  it('lets a slow write go on while there is space', async () => {
    const { room, pass } = disk(100)
    const slow = pending()
    const stored = room.hold(10, slow.write)
    for (let i = 0; i < 100; i++) {
      await settled()
      pass()
    }
    slow.end()
    expect(await stored).toBe('stored')
  })

  it('frees space on a full disk, and asks first: that makes the machine give its ballast', async () => {
    const { room, state } = disk(-1)
    expect(await room.free(async () => `asked ${state.asked} times`)).toBe('asked 1 times')
  })

  it('asks once for writes that come together', async () => {
    const { room, state } = disk(1000)
    for (let i = 0; i < 50; i++) await room.hold(1, async () => 0)
    expect(state.asked).toBe(1)
  })
})
