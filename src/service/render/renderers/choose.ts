import type { Lane } from '../ticket.ts'

/** What is known of one renderer. */
export interface RendererState {
  /** Tasks that it has now. */
  readonly running: Readonly<Record<Lane, number>>
  readonly isDead: boolean
  /** When it was given a task last, as a number that grows. */
  readonly lastUsed: number
}

/** Tasks that a renderer has at a time: enough that files come in while others compute. Batches leave the places of requests free. */
export const PLACES: Readonly<Record<Lane, number>> = { request: 4, batch: 2 }

/**
 * The living renderer with the fewest tasks that has a place left; among equals the one that rested longest.
 * @param failed those that failed the task already: they get it again only when no other is alive.
 * @returns its index, or `null` when none has a place.
 */
export function leastLoaded(states: readonly RendererState[], lane: Lane, failed: ReadonlySet<number>): number | null {
  const hasOther = states.some(({ isDead }, i) => !isDead && !failed.has(i))
  let best: number | null = null
  for (const [i, state] of states.entries()) {
    if (state.isDead || state.running[lane] >= PLACES[lane] || (hasOther && failed.has(i))) continue
    if (best === null || isBefore(state, states[best] as RendererState)) best = i
  }
  return best
}

function isBefore(a: RendererState, b: RendererState): boolean {
  const [loadA, loadB] = [a, b].map(({ running }) => running.request + running.batch) as [number, number]
  return loadA === loadB ? a.lastUsed < b.lastUsed : loadA < loadB
}
