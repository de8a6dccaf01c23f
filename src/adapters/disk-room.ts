import { AppError } from '../errors.ts'
import type { Clock, DiskState, Room } from '../service/ports.ts'

export interface DiskRoomDeps {
  /** Asking also makes the machine give its ballast back when nothing is free. */
  readonly ask: () => Promise<DiskState>
  readonly clock: Clock
  readonly every: (milliseconds: number, work: () => void) => { stop(): void }
}

/** How long an answer about the disk is believed. */
const BELIEVED_MS = 100
const WATCH_EVERY_MS = 250

/**
 * The space of one disk. A local R2 whose disk is full never answers a write, so no write begins without space, and one under way is given up
 * when the space runs out or a write has failed.
 */
export function createDiskRoom({ ask, clock, every }: DiskRoomDeps): Room {
  let known: { readonly at: number; readonly state: DiskState } | undefined
  /** Of the writes under way. */
  let held = 0
  /** The same, and of those that ended after `known` was asked for. */
  let unseen = 0

  async function look(): Promise<DiskState> {
    if (known && clock.now() - known.at < BELIEVED_MS) return known.state
    const ended = unseen - held
    const state = await ask()
    unseen = Math.max(held, unseen - ended)
    known = { at: clock.now(), state }
    return state
  }

  return {
    async free(work) {
      await ask()
      return work()
    },
    async hold(bytes, write) {
      const before = await look()
      if (before.usable - unseen < bytes) throw new AppError('storage_full')
      held += bytes
      unseen += bytes
      let watch = { stop: (): void => undefined }
      const lost = new Promise<never>((_, reject) => {
        const check = ({ usable, failures }: DiskState): void => {
          if (usable < 0 || failures !== before.failures) reject(new AppError('storage_full', { detail: 'The disk became full.' }))
        }
        watch = every(WATCH_EVERY_MS, () => void look().then(check, reject))
      })
      try {
        return await Promise.race([write(), lost])
      } finally {
        watch.stop()
        held -= bytes
      }
    },
  }
}
