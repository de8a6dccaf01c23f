import type { ImageContext } from '../../image/context.ts'
import type { Measure } from '../../image/execute.ts'
import type { Timings } from './timings.ts'
import type { Ticket } from './ticket.ts'
import type { Turn, Turns } from './turns.ts'

/**
 * Opens the image domain for one job, with an instance of the core that no job has used when `isFresh`. `release` gives back what the job used; a job that
 * failed is not `isHealthy`.
 */
export type OpenContext = (isFresh?: boolean) => { readonly context: ImageContext; readonly release: (isHealthy: boolean) => Promise<void> }

export interface ComputeDeps {
  readonly turns: Turns
  readonly openContext: OpenContext
}

/** Runs `work` with a context of its own, each phase in a turn of its own that long phases pause, and gives the context back, however it ends. @throws what `work` throws. */
export async function compute<T>(
  { turns, openContext }: ComputeDeps,
  ticket: Ticket,
  timings: Timings,
  work: (context: ImageContext, measure: Measure) => Promise<T>,
): Promise<T> {
  let turn: Turn | undefined
  const inTurn: Measure = async (phase, slice) => {
    turn = await timings.measure('queue', () => turns.take(ticket))
    try {
      return await timings.measure(phase, slice)
    } finally {
      turn.end()
    }
  }
  const pause = async (): Promise<void> => {
    turn?.end()
    turn = await turns.take(ticket)
  }
  const { context, release } = openContext()
  let isHealthy = false
  try {
    const result = await work({ ...context, pause }, inTurn)
    isHealthy = true
    return result
  } finally {
    await release(isHealthy)
  }
}
