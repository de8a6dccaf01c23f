import { AppError } from '../../errors.ts'
import type { Clock, Wait } from '../ports.ts'
import type { Ticket } from './ticket.ts'

/** Whoever has not looked for so long has gone: the platform ends a request without a word, and its timers with it. */
const GONE_AFTER_MS = 2000
/** The first in the line looks every millisecond by default; the others look less often the further behind they stand. */
const LOOK_MS = 1
const LOOK_STEPS = 2
const MAX_LOOK_MS = 50

/**
 * A line whose waiters look for themselves whether it is their turn, each with a timer of its own. Nothing is handed to a waiter, because a
 * request that has ended would take it along: the platform cancels the timers of an ended request, so it stops looking and is left out.
 */
export interface WaitingLine<W> {
  /** The wishes of those who wait. */
  wishes(): readonly W[]
  /** Whether somebody stands before a newcomer with this order. */
  isBusyBefore(order: number): boolean
  /**
   * Waits until all before it have gone on and `take` answers something other than `null`. The smaller `order` goes first, equal ones as they came.
   * @throws AppError `abandoned` as soon as nobody wants the work any more.
   */
  enter<T>(ticket: Pick<Ticket, 'isWanted'>, order: number, wish: W, take: () => T | null): Promise<T>
}

interface Waiter<W> {
  readonly order: number
  readonly wish: W
  /** When it looked last. */
  seenAt: number
}

/** @param lookMs how often the first in the line looks. */
export function createWaitingLine<W>(clock: Clock, wait: Wait, lookMs = LOOK_MS): WaitingLine<W> {
  const waiters: Waiter<W>[] = []

  function insert(waiter: Waiter<W>): void {
    const after = waiters.findIndex(({ order }) => order > waiter.order)
    waiters.splice(after < 0 ? waiters.length : after, 0, waiter)
  }

  function remove(waiter: Waiter<W>): void {
    const place = waiters.indexOf(waiter)
    if (place >= 0) waiters.splice(place, 1)
  }

  function dropGone(): void {
    const goneBefore = clock.now() - GONE_AFTER_MS
    for (const waiter of waiters.filter(({ seenAt }) => seenAt < goneBefore)) remove(waiter)
  }

  /** 0 at the head. A waiter that was taken for gone, because everything stood still, takes its place again. */
  function placeOf(waiter: Waiter<W>): number {
    waiter.seenAt = clock.now()
    dropGone()
    if (!waiters.includes(waiter)) insert(waiter)
    return waiters.indexOf(waiter)
  }

  return {
    wishes() {
      dropGone()
      return waiters.map(({ wish }) => wish)
    },
    isBusyBefore(order) {
      dropGone()
      return waiters.some((waiter) => waiter.order <= order)
    },
    async enter({ isWanted }, order, wish, take) {
      const waiter = { order, wish, seenAt: clock.now() }
      insert(waiter)
      try {
        for (;;) {
          if (!isWanted()) throw new AppError('abandoned')
          const place = placeOf(waiter)
          const taken = place === 0 ? take() : null
          if (taken !== null) return taken
          await wait(Math.min(MAX_LOOK_MS, lookMs * (1 + place * LOOK_STEPS)))
        }
      } finally {
        remove(waiter)
      }
    },
  }
}
