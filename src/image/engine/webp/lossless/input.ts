import type { Core } from '../../core.ts'
import { damagedWebp } from '../container.ts'
import type { LosslessExports } from './exports.ts'

const WINDOW_BYTES = 65536
/** Zeros behind the window. */
const PADDING = 64

/** A bitstream whose window moves through the core's memory. */
export interface LosslessInput {
  readonly state: number
  /** The next `n` ≤ 24 bits. @throws AppError `invalid_image` when the data end before them. */
  bits(n: number): number
  /** Makes the window hold so many bytes, at most 32 KiB, or the end of the data. */
  ensure(bytes: number): void
}

export const damagedPixels = () => damagedWebp('the pixels are damaged')
export const endedPixels = () => damagedWebp('the pixels end too early')

/** Core memory that an input takes. */
export const losslessInputBytes = (dataBytes: number): number => 4096 + Math.min(WINDOW_BYTES, dataBytes) + PADDING

/** Opens a bitstream with a state of the core's, both of its arena. */
export function createLosslessInput(core: Core<LosslessExports>, data: Uint8Array): LosslessInput {
  const { exports } = core
  const state = core.alloc(exports.vp8lStateBytes())
  const size = Math.min(WINDOW_BYTES, data.length)
  const window = core.alloc(size + PADDING)
  exports.vp8lStart(state)
  let [end, taken, isLast] = [window, 0, false]
  let at = window
  const refill = (): void => {
    const memory = core.bytes()
    memory.copyWithin(window, at, end)
    end -= at - window
    const more = Math.min(window + size - end, data.length - taken)
    memory.set(data.subarray(taken, taken + more), end)
    end += more
    taken += more
    isLast = taken === data.length
    memory.fill(0, end, end + PADDING)
    exports.vp8lInput(state, window, end, isLast ? 1 : 0)
  }
  refill()
  const ensure = (bytes: number): void => {
    if (isLast) return
    at = core.view().getUint32(state, true)
    if (end - at < bytes) refill()
  }
  return {
    state,
    ensure,
    bits(n) {
      ensure(4)
      const value = exports.vp8lBits(state, n)
      if (value < 0) throw endedPixels()
      return value
    },
  }
}
