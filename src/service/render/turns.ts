import type { Clock, Wait } from '../ports.ts'
import type { Ticket } from './ticket.ts'
import { createWaitingLine } from './waiting-line.ts'

/** A turn that somebody else can see to last longer than this belongs to a request that ended without a word, or waits for something: the next goes on. */
const MAX_TURN_MS = 1000

export interface Turn {
  /** Ending twice does no harm. */
  end(): void
}

/**
 * Lets one piece of computing run at a time, and lets the event loop look at the network between two pieces. A timer that is set after a piece has
 * ended rings only after such a look; a promise or a timer that was due before does not wait for it.
 */
export interface Turns {
  /** @throws AppError `abandoned` when nobody wants the work any more. */
  take(ticket: Ticket): Promise<Turn>
}

export function createTurns(clock: Clock, wait: Wait): Turns {
  const line = createWaitingLine<null>(clock, wait)
  let running: { readonly since: number } | null = null
  /** False from the end of a piece until a timer that was set then has rung. */
  let hasLooked = true
  let lastLook = {}

  function start(): Turn | null {
    if (running !== null && clock.now() - running.since < MAX_TURN_MS) return null
    const mine = { since: clock.now() }
    running = mine
    return {
      end() {
        if (running === mine) running = null
        lookAgain()
      },
    }
  }

  /** Nobody awaits this timer: if its request ends before it rings, the next piece waits for a timer of its own. */
  function lookAgain(): void {
    const look = {}
    lastLook = look
    hasLooked = false
    void wait(0).then(() => {
      if (lastLook === look) hasLooked = true
    })
  }

  return {
    async take(ticket) {
      const turn = await line.enter(ticket, ticket.order(), null, start)
      if (!hasLooked) await wait(0)
      return turn
    },
  }
}
