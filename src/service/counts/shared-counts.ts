import type { Clock, Defer, Log, Wait } from '../ports.ts'
import type { Counter, Counts } from './counts.ts'

/** What one isolate has counted since its last delta. */
export interface Delta {
  /** The isolate. */
  readonly sender: string
  /** Counts the sender's deltas, from 1. */
  readonly seq: number
  readonly counts: Counts
}

/** Where the counts of all isolates are added up. */
export interface CountStore {
  /** Adds a delta, once, however often it arrives. Deltas of one sender arrive in their order. @throws AppError when it is not known whether it was added. */
  add(delta: Delta): Promise<void>
  /** All deltas together. @throws AppError rather than a part of them. */
  sum(): Promise<Counts>
}

export interface SharedCountsDeps {
  readonly counter: Counter
  readonly store: CountStore
  /** A name that no other isolate has. */
  readonly newSender: () => string
  readonly clock: Clock
  readonly wait: Wait
  readonly log: Log
  /** How long counts wait in the isolate: what is lost when it ends without a word. In milliseconds. */
  readonly sendEveryMs: number
}

/** The counts of all isolates. */
export interface SharedCounts {
  /** Sees to it that what this isolate has counted is added to the store within `sendEveryMs`, after the answer. */
  sendLater(defer: Defer): void
  /** Adds it now. What cannot be sent is kept for the next time. */
  send(): Promise<void>
  /** Sends what this isolate has counted, and answers the sum of all. It never falls. @throws AppError when the store cannot be read whole. */
  sum(): Promise<Counts>
}

/**
 * Hands the counts of this isolate over in deltas. A delta that was not confirmed is sent again as it was, before any other: so each counts once, whatever is
 * lost on the way. Requests may not wait for each other's I/O; so two that send at the same time send the same delta.
 */
export function createSharedCounts({ counter, store, newSender, clock, wait, log, sendEveryMs }: SharedCountsDeps): SharedCounts {
  let sender: string | undefined
  let seq = 0
  let unconfirmed: Delta | undefined
  let nextAt = 0

  function nextDelta(): Delta | undefined {
    const counts = counter.take()
    if (Object.keys(counts).length === 0) return undefined
    sender ??= newSender()
    return { sender, seq: ++seq, counts }
  }

  async function sendDelta(): Promise<void> {
    const delta = (unconfirmed ??= nextDelta())
    if (!delta) return
    await store.add(delta)
    if (unconfirmed === delta) unconfirmed = undefined
  }

  /** What waits from the last time, and what has been counted since. */
  async function send(): Promise<void> {
    try {
      if (unconfirmed) await sendDelta()
      await sendDelta()
    } catch (thrown) {
      log({ level: 'warn', message: 'counts not sent, but kept', detail: String(thrown) })
    }
  }

  return {
    sendLater(defer) {
      if (clock.now() < nextAt) return
      // The request that has promised it may be ended: then a later one promises anew.
      nextAt = clock.now() + 2 * sendEveryMs
      const sent = async (): Promise<void> => {
        await wait(sendEveryMs)
        nextAt = 0
        await send()
      }
      defer(sent())
    },
    send,
    async sum() {
      // What cannot be sent is counted later: a sum that had it now would fall when another isolate answers.
      await send()
      return store.sum()
    },
  }
}
