import { AppError } from '../../errors.ts'
import type { Clock, Wait } from '../ports.ts'
import type { Ticket } from './ticket.ts'
import { createWaitingLine } from './waiting-line.ts'

/** A file in memory. All who hold the same key share one copy. */
export interface HeldFile {
  readonly key: string
  readonly bytes: number
}

/** What a piece of work needs at once. It never holds a part while it waits for the rest, so no two of them can wait for each other. */
export interface MemoryWish {
  /** For this work alone. */
  readonly bytes: number
  readonly files?: readonly HeldFile[]
}

/** Memory that a piece of work holds until it releases it. Releasing twice does no harm. */
export interface MemoryLease {
  /** The bytes of a file of the wish, read at most once for all who hold it at the same time. @throws what `read` throws; nobody keeps that. */
  file(key: string, read: () => Promise<Uint8Array>): Promise<Uint8Array>
  release(): void
}

/** The isolate's memory for jobs. */
export interface MemoryBudget {
  /**
   * Waits until the whole wish fits. A smaller order goes first; a small wish never overtakes a large one, so a large one cannot starve.
   * @throws AppError `overloaded` when the queue is full, but not to a batch; `abandoned` when nobody wants the work any more; `too_many_pixels` when the wish alone is over the whole budget.
   */
  acquire(wish: MemoryWish, ticket: Ticket): Promise<MemoryLease>
  /** What is free at this moment, without a place in the line: for bytes that are coming in already. `null` when they do not fit. */
  tryAcquire(bytes: number): MemoryLease | null
  /** For the metrics. */
  usage(): { readonly bytes: number; readonly waiting: number }
}

/** The platform ends a request whose client has gone, without a word to us. No job that is alive holds its lease for so long. */
const MAX_HOLD_MS = 120_000
/** Who waits for another request's reading longer than this reads for itself. */
const MAX_READ_MS = 10_000

export interface MemoryBudgetOptions {
  readonly totalBytes: number
  readonly maxWaiting: number
  readonly clock: Clock
  readonly wait: Wait
}

interface FileInMemory {
  readonly bytes: number
  /** Leases that hold it. At 0 it stays only while somebody in the line wants it and nobody needs its place. */
  holders: number
  reading: Promise<Uint8Array> | null
}

export function createMemoryBudget({ totalBytes, maxWaiting, clock, wait }: MemoryBudgetOptions): MemoryBudget {
  const line = createWaitingLine<MemoryWish>(clock, wait)
  const files = new Map<string, FileInMemory>()
  /** In the order in which they were given. */
  const leases = new Map<MemoryLease, { readonly bytes: number; readonly since: number }>()

  const used = (): number => sum(leases.values()) + sum(files.values())

  function tryTake(wish: MemoryWish): MemoryLease | null {
    dropLost()
    const wanted = new Map(wish.files?.map((file) => [file.key, file.bytes]))
    const missing = [...wanted].filter(([key]) => !files.has(key))
    const idle = [...files].filter(([key, { holders }]) => holders === 0 && !wanted.has(key))
    const needed = wish.bytes + missing.reduce((total, [, bytes]) => total + bytes, 0)
    if (used() - idle.reduce((total, [, { bytes }]) => total + bytes, 0) + needed > totalBytes) return null
    for (const [key] of idle) if (used() + needed > totalBytes) files.delete(key)
    for (const [key, bytes] of missing) files.set(key, { bytes, holders: 0, reading: null })
    return grant(wish.bytes, [...wanted.keys()])
  }

  function grant(bytes: number, keys: readonly string[]): MemoryLease {
    const held = new Map(keys.map((key) => [key, files.get(key) as FileInMemory])) // all there: tryTake has just put them in
    for (const file of held.values()) file.holders++
    const lease: MemoryLease = {
      file: (key, read) => readOnce(held.get(key), read, wait),
      release() {
        if (!leases.delete(lease)) return
        for (const file of held.values()) file.holders--
        dropUnwanted()
      },
    }
    leases.set(lease, { bytes, since: clock.now() })
    return lease
  }

  function dropLost(): void {
    const lostBefore = clock.now() - MAX_HOLD_MS
    for (const [lease, { since }] of leases) {
      if (since >= lostBefore) break
      lease.release()
    }
    dropUnwanted()
  }

  function dropUnwanted(): void {
    const wanted = new Set(line.wishes().flatMap((wish) => wish.files?.map(({ key }) => key) ?? []))
    for (const [key, { holders }] of files) if (holders === 0 && !wanted.has(key)) files.delete(key)
  }

  return {
    async acquire(wish, ticket) {
      const whole = wish.bytes + sum(new Map(wish.files?.map((file) => [file.key, file])).values())
      if (whole > totalBytes) {
        throw new AppError('too_many_pixels', {
          reason: `Expected work of at most ${totalBytes} bytes of memory, received an image that needs ${Math.ceil(whole)}.`,
        })
      }
      const order = ticket.order()
      const lease = line.isBusyBefore(order) ? null : tryTake(wish)
      if (lease) return lease
      const waiting = line.wishes().length
      if (waiting >= maxWaiting && ticket.lane === 'request')
        throw new AppError('overloaded', { detail: `${waiting} jobs wait for memory` })
      return line.enter(ticket, order, wish, () => tryTake(wish))
    },
    tryAcquire: (bytes) => tryTake({ bytes }),
    usage() {
      dropLost()
      return { bytes: used(), waiting: line.wishes().length }
    },
  }
}

function sum(all: Iterable<{ readonly bytes: number }>): number {
  let total = 0
  for (const { bytes } of all) total += bytes
  return total
}

async function readOnce(file: FileInMemory | undefined, read: () => Promise<Uint8Array>, wait: Wait): Promise<Uint8Array> {
  if (!file) throw new AppError('internal', { detail: 'A file was read that the lease does not hold.' })
  if (file.reading) {
    const shared = await Promise.race([file.reading, wait(MAX_READ_MS)])
    if (shared) return shared
  }
  const reading = read()
  file.reading = reading
  try {
    return await reading
  } catch (thrown) {
    if (file.reading === reading) file.reading = null
    throw thrown
  }
}
