import type { Core } from '../core.ts'
import { damagedPng } from './chunks.ts'

export interface InflateExports {
  inflateStateBytes(): number
  inflateStart(state: number): void
  inflate(state: number, from: number, fromEnd: number, isLast: number, history: number, to: number, toEnd: number): number
}

const NEED_INPUT = 0
const OUTPUT_FULL = 1
const DONE = 2
const TRUNCATED = 3

const WINDOW_BYTES = 32768
const INPUT_BYTES = 65536
/** What `inflate` may leave unread when it asks for more, and what it may touch behind the last input. */
const INPUT_LEFT = 1024
const INPUT_PADDING = 32
const OUTPUT_BYTES = 131072
const OUTPUT_MARGIN = 2048

/** Fills up to `room` bytes at core offset `at` with the next input and returns how many; 0 is the end. */
export type InflateInput = (at: number, room: number) => number

export interface Inflater {
  /**
   * Core offset of the next `bytes` inflated bytes, which stay until the next call; -1 when the stream ends before them. At least 15 bytes
   * behind them may be read. @throws AppError `invalid_image` when the stream is damaged.
   */
  take(bytes: number): number
}

/** Core memory that an inflater holds. */
export const inflaterBytes = (totalBytes: number, mostTaken: number): number =>
  16384 + INPUT_BYTES + INPUT_LEFT + INPUT_PADDING + WINDOW_BYTES + Math.min(OUTPUT_BYTES, totalBytes) + mostTaken + OUTPUT_MARGIN

/**
 * Inflates a zlib stream with memory independent of its length: 32 KiB window, 64 KiB input, 128 KiB output.
 * Everything comes from the core's arena; the caller releases it.
 * @param totalBytes what will be taken in all; a stream that holds more is not inflated further than one output buffer.
 * @param mostTaken the largest single `take`.
 */
export function createInflater(core: Core<InflateExports>, input: InflateInput, totalBytes: number, mostTaken: number): Inflater {
  const state = core.alloc(core.exports.inflateStateBytes())
  const inputBase = core.alloc(INPUT_LEFT + INPUT_BYTES + INPUT_PADDING)
  const size = WINDOW_BYTES + Math.min(OUTPUT_BYTES, totalBytes) + mostTaken + OUTPUT_MARGIN
  const base = core.alloc(size)
  core.exports.inflateStart(state)
  let [inputAt, inputEnd, isLast] = [inputBase, inputBase, false]
  /** Inflated bytes lie in [base, written); those before `taken` are kept only as the window. */
  let [taken, written, status] = [base, base, NEED_INPUT]

  const refill = (): void => {
    const left = inputEnd - inputAt
    core.bytes().copyWithin(inputBase, inputAt, inputEnd)
    inputAt = inputBase
    inputEnd = inputBase + left
    const end = inputBase + INPUT_LEFT + INPUT_BYTES
    while (inputEnd < end && !isLast) {
      const bytes = input(inputEnd, end - inputEnd)
      inputEnd += bytes
      isLast = bytes === 0
    }
    core.bytes().fill(0, inputEnd, inputEnd + INPUT_PADDING)
  }
  const slide = (): void => {
    const kept = Math.max(base, Math.min(taken, written - WINDOW_BYTES))
    core.bytes().copyWithin(base, kept, written)
    taken -= kept - base
    written -= kept - base
  }
  const run = (): void => {
    if (status === NEED_INPUT) refill()
    status = core.exports.inflate(state, inputAt, inputEnd, isLast ? 1 : 0, base, written, base + size)
    const view = core.view()
    inputAt = view.getUint32(state, true)
    written = view.getUint32(state + 4, true)
  }

  return {
    take(bytes) {
      if (written - taken < bytes) slide()
      while (written - taken < bytes) {
        if (status === DONE || status === TRUNCATED) return -1
        if (status !== NEED_INPUT && status !== OUTPUT_FULL) throw damagedPng('the compressed data are damaged')
        run()
      }
      taken += bytes
      return taken - bytes
    },
  }
}
