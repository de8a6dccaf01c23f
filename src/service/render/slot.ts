import type { ImageContext } from '../../image/context.ts'
import type { MemoryBudget } from './memory-budget.ts'
import type { Timings } from './timings.ts'

/** Opens the image domain for one job. `release` gives back what the job used; a job that failed is not `isHealthy`. */
export type OpenContext = () => { readonly context: ImageContext; readonly release: (isHealthy: boolean) => Promise<void> }

export interface JobSlotDeps {
  readonly budget: MemoryBudget
  readonly openContext: OpenContext
}

/**
 * Waits for `bytes` of the isolate's memory, runs `work` with a context of its own, and gives both back, however it ends.
 * @throws AppError `overloaded` or `too_many_pixels` of the budget, and whatever `work` throws.
 */
export async function inJobSlot<T>(
  { budget, openContext }: JobSlotDeps,
  bytes: number,
  timings: Timings,
  work: (context: ImageContext) => Promise<T>,
): Promise<T> {
  const lease = await timings.measure('queue', () => budget.acquire(bytes))
  const { context, release } = openContext()
  let isHealthy = false
  try {
    const result = await work(context)
    isHealthy = true
    return result
  } finally {
    await release(isHealthy)
    lease.release()
  }
}
