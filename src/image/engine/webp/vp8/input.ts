import type { Core } from '../../core.ts'
import type { Vp8DecoderExports } from './exports.ts'

/** Fields of a reader's record in the core. */
const POS = 12
const LOW = 20
const END = 24
const WHOLE = 0xffffffff

/** More than the modes, and the tokens, of one macroblock can take: each boolean has 7 bits at most. */
export const MODES_PADDING = 256
export const TOKENS_PADDING = 8192
/** Bytes of a window beside its padding. */
const WINDOW_BYTES = 24_576

/** A partition, whose window moves through the core's memory. */
export interface Vp8Input {
  /** Brings more bytes into the window. */
  fill(): void
}

const windowBytes = (dataBytes: number, padding: number): number => Math.min(dataBytes, WINDOW_BYTES + padding)

/** Core memory that an input takes: two paddings for what is left and for zeros behind the end. */
export const vp8InputBytes = (dataBytes: number, padding: number): number => windowBytes(dataBytes, padding) + padding + 32

/** Opens a partition with reader `index` of the core. `padding`: what one macroblock can take. */
export function createVp8Input(core: Core<Vp8DecoderExports>, index: number, data: Uint8Array, padding: number): Vp8Input {
  const { exports } = core
  const reader = exports.vp8Reader(index)
  const size = windowBytes(data.length, padding)
  const window = core.alloc(size + padding + 16)
  let [end, taken] = [window, 0]
  core.view().setUint32(reader + POS, window, true)
  const fill = (): void => {
    const memory = core.bytes()
    const view = core.view()
    const at = view.getUint32(reader + POS, true)
    memory.copyWithin(window, at, end)
    end -= at - window
    const more = Math.min(window + size - end, data.length - taken)
    memory.set(data.subarray(taken, taken + more), end)
    end += more
    taken += more
    const isLast = taken === data.length
    if (isLast) memory.fill(0, end, end + padding + 16)
    view.setUint32(reader + POS, window, true)
    view.setUint32(reader + END, end, true)
    view.setUint32(reader + LOW, isLast ? WHOLE : end - padding, true)
  }
  fill()
  exports.vp8StartReader(reader)
  return { fill }
}
