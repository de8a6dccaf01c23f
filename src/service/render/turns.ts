import type { Clock, Wait } from '../ports.ts'
import type { Lane, Ticket } from './ticket.ts'
import { createWaitingLine } from './waiting-line.ts'

/** A turn that somebody else can see to last longer than this belongs to a request that ended without a word, or waits for something: the next goes on. */
const MAX_TURN_MS = 1000

/** While a request's file or picture is on its way, nothing of a batch computes for so long after a piece of one: the network has its turn meanwhile. */
const BATCH_PAUSE_MS = 40
/** A request that has been here for longer ended without a word, or does not wait for the network. */
const MAX_ATTENDED_MS = 2000

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
  /** A request is here, from its first byte to its last: pieces of batches stand further apart meanwhile. @returns what says that it has gone. */
  attend(): () => void
}

export function createTurns(clock: Clock, wait: Wait): Turns {
  const line = createWaitingLine<null>(clock, wait)
  let running: { readonly since: number } | null = null
  /** False from the end of a piece until a timer that was set then has rung. */
  let hasLooked = true
  let lastLook = {}
  const attended = new Set<{ readonly since: number }>()
  let batchEndedAt = -Infinity

  function start(lane: Lane): Turn | null {
    if (running !== null && clock.now() - running.since < MAX_TURN_MS) return null
    if (lane === 'batch' && isAttending() && clock.now() - batchEndedAt < BATCH_PAUSE_MS) return null
    const mine = { since: clock.now() }
    running = mine
    return {
      end() {
        if (running === mine) running = null
        if (lane === 'batch') batchEndedAt = clock.now()
        lookAgain()
      },
    }
  }

  function isAttending(): boolean {
    for (const request of attended) if (clock.now() - request.since > MAX_ATTENDED_MS) attended.delete(request)
    return attended.size > 0
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
      const turn = await line.enter(ticket, ticket.order(), null, () => start(ticket.lane))
      if (!hasLooked) await wait(0)
      return turn
    },
    attend() {
      const request = { since: clock.now() }
      attended.add(request)
      return () => void attended.delete(request)
    },
  }
}
