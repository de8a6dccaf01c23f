import { AppError } from '../../errors.ts'
import type { Clock } from '../ports.ts'

/** Memory that a job holds until it releases it; releasing twice is harmless. */
export interface MemoryLease {
  release(): void
}

/** A share of the isolate's memory for jobs: whoever finds none waits in order, and a full queue refuses. */
export interface MemoryBudget {
  /** @throws AppError `overloaded` when the queue is full, `too_many_pixels` when the job alone is over the whole budget. */
  acquire(bytes: number): Promise<MemoryLease>
  /** For the metrics. */
  usage(): { readonly bytes: number; readonly waiting: number }
}

/**
 * The platform ends a request whose client has gone, without a word to us; what it had would be lost to the isolate. No job that is alive holds
 * its lease for so long.
 */
const MAX_HOLD_MS = 120_000

export interface MemoryBudgetOptions {
  readonly totalBytes: number
  readonly maxWaiting: number
  readonly clock: Clock
}

export function createMemoryBudget({ totalBytes, maxWaiting, clock }: MemoryBudgetOptions): MemoryBudget {
  let used = 0
  /** In the order in which they were given. */
  const held = new Map<MemoryLease, number>()
  const queue: { readonly bytes: number; readonly start: () => void }[] = []

  const lease = (bytes: number): MemoryLease => {
    used += bytes
    const given: MemoryLease = {
      release() {
        if (!held.delete(given)) return
        used -= bytes
        admit()
      },
    }
    held.set(given, clock.now())
    return given
  }

  function takeBackLost(): void {
    const lostBefore = clock.now() - MAX_HOLD_MS
    for (const [given, since] of held) {
      if (since >= lostBefore) return
      given.release()
    }
  }

  /** Strictly first come, first served: a small job never overtakes, so a large one cannot starve. */
  function admit(): void {
    for (let next = queue[0]; next !== undefined && used + next.bytes <= totalBytes; next = queue[0]) {
      queue.shift()
      next.start()
    }
  }

  return {
    async acquire(bytes) {
      if (bytes > totalBytes) {
        throw new AppError('too_many_pixels', {
          reason: `Expected work of at most ${totalBytes} bytes of memory, received an image that needs ${Math.ceil(bytes)}.`,
        })
      }
      takeBackLost()
      if (queue.length === 0 && used + bytes <= totalBytes) return lease(bytes)
      if (queue.length >= maxWaiting) throw new AppError('overloaded', { detail: `${queue.length} jobs wait for memory` })
      return new Promise((resolve) => queue.push({ bytes, start: () => resolve(lease(bytes)) }))
    },
    usage: () => ({ bytes: used, waiting: queue.length }),
  }
}
