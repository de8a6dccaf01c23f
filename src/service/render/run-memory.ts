import type { SourceFile } from '../files/recent-files.ts'
import type { MemoryBudget, MemoryLease } from './memory-budget.ts'
import type { Timings } from './timings.ts'
import type { Ticket } from './ticket.ts'

/** Reads a whole file as it was when its version was looked up. */
export type ReadFile = (account: string, file: SourceFile) => Promise<Uint8Array>

/**
 * The memory of one run. What a run needs becomes known in steps: first its files, then, from their headers, the pixels. At each step it gives
 * back what it holds and waits for the whole of the next, so a waiting run holds nothing that another needs.
 */
export interface RunMemory {
  /** Waits for these files together with so many bytes of working memory. @throws AppError `overloaded`, `too_many_pixels`. */
  hold(files: readonly SourceFile[], workingBytes: number): Promise<void>
  /** A file that the run holds. Do not keep it past the next `hold`. @throws AppError of the reading. */
  read(file: SourceFile): Promise<Uint8Array>
  release(): void
}

export interface RunMemoryDeps {
  readonly budget: MemoryBudget
  readonly readFile: ReadFile
}

export function openRunMemory({ budget, readFile }: RunMemoryDeps, account: string, ticket: Ticket, timings: Timings): RunMemory {
  let lease: MemoryLease | undefined
  const keyOf = ({ path, etag }: SourceFile): string => `${account}${path} ${etag}`
  return {
    async hold(files, bytes) {
      const held = files.map((file) => ({ key: keyOf(file), bytes: file.size }))
      const next = budget.acquire({ bytes, files: held }, ticket)
      // Only now, when the next wish stands in the line: files that both name stay in memory in between, if there is room.
      lease?.release()
      lease = await timings.measure('queue', () => next)
    },
    async read(file) {
      const holding = lease
      if (!holding) throw new Error('A run reads what it holds, and holds nothing.')
      return timings.measure('fetch', () => holding.file(keyOf(file), () => readFile(account, file)))
    },
    release: () => lease?.release(),
  }
}
