import { createHash } from 'node:crypto'
import { readWhole } from '../../src/service/files/content/read-whole.ts'
import type { FileStore } from '../../src/service/ports.ts'
import { createMemoryBudget } from '../../src/service/render/memory-budget.ts'
import { createTurns } from '../../src/service/render/turns.ts'
import { openImageContext } from './image-context.ts'

const clock = { now: () => performance.now() }
/** A timer of Node's. */
export const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds))

export const LIMITS = { maxFileBytes: 50_000_000, maxPixels: 100_000_000, maxSide: 12_000, maxSteps: 64 }

/** What a run of plans needs, over this store and the real engine. */
export function runDeps(files: Pick<FileStore, 'head' | 'open'>, memory = { totalBytes: 80_000_000, maxWaiting: 8 }) {
  const store = files as FileStore // the two methods that runs use
  return {
    clock,
    limits: LIMITS,
    budget: createMemoryBudget({ ...memory, clock, wait: sleep }),
    turns: createTurns(clock, sleep),
    engine: 'auto' as const,
    hashBytes: (bytes: Uint8Array) => Promise.resolve(createHash('sha256').update(bytes).digest('hex')),
    reportFault: () => undefined,
    openContext: openImageContext,
    readFile: (account: string, file: Parameters<typeof readWhole>[2]) => readWhole(store, account, file, LIMITS.maxFileBytes),
    find: store.head,
  }
}
