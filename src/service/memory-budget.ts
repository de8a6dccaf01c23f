import { AppError } from '../errors.ts'

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

export interface MemoryBudgetOptions {
  readonly totalBytes: number
  readonly maxWaiting: number
}

export function createMemoryBudget({ totalBytes, maxWaiting }: MemoryBudgetOptions): MemoryBudget {
  let used = 0
  const queue: { readonly bytes: number; readonly start: () => void }[] = []

  const lease = (bytes: number): MemoryLease => {
    used += bytes
    let held = true
    return {
      release() {
        if (!held) return
        held = false
        used -= bytes
        admit()
      },
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
      if (queue.length === 0 && used + bytes <= totalBytes) return lease(bytes)
      if (queue.length >= maxWaiting) throw new AppError('overloaded', { detail: `${queue.length} jobs wait for memory` })
      return new Promise((resolve) => queue.push({ bytes, start: () => resolve(lease(bytes)) }))
    },
    usage: () => ({ bytes: used, waiting: queue.length }),
  }
}
