import type { Clock } from '../ports.ts'

/** `request`: somebody waits for the work. `batch`: it may take longer, and it waits instead of being refused. */
export type Lane = 'request' | 'batch'

/**
 * Whether anybody still waits for the work. Whoever does it asks again and again, since nothing can be handed from one request to another;
 * work that nobody wants ends at its next pause, and waits for nothing any more.
 */
export type IsWanted = () => boolean

export interface Ticket {
  readonly lane: Lane
  /** Where the work's next piece stands among the others: the smaller number goes first. */
  order(): number
  readonly isWanted: IsWanted
}

/** A piece of a batch goes before requests only if it has waited for so long: nobody starves. */
const BATCH_PATIENCE_MS = 2000

/** A request keeps the place of its beginning, so who came first ends first; a batch takes its place anew for each piece. */
export function issueTicket(lane: Lane, clock: Clock, isWanted: IsWanted = () => true): Ticket {
  const since = clock.now()
  return { lane, order: () => (lane === 'request' ? since : clock.now() + BATCH_PATIENCE_MS), isWanted }
}
