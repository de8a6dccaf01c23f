import type { Core } from './core.ts'

/**
 * The core with an arena of its own, of `room` bytes out of its memory: what works and is done may give all back while others hold what they took later.
 * @throws RangeError from `alloc` when more is taken.
 */
export function arenaWithin<C extends Core>(core: C, room: number): C {
  const base = core.alloc(room)
  const end = base + room
  let top = base
  return {
    ...core,
    alloc(bytes: number): number {
      const start = top
      top = (top + bytes + 15) & ~15
      if (top > end) throw new RangeError('more core memory was taken than planned')
      return start
    },
    mark: () => top,
    release(mark: number): void {
      top = mark
    },
  }
}
