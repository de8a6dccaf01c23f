import type { JpegCore } from './exports.ts'
import { invalidJpeg } from '../markers.ts'

/** The most that one block can take: 64 symbols of 17 bits with 15 bits of magnitude. */
const BLOCK_BYTES = 256
/** Blocks of the largest MCU that the standard permits. */
export const MAX_MCU_BLOCKS = 10

/** Offset in the core's record of its reader: how many bits it has loaded and not read. See src/image/assembly/jpeg/bits.ts. */
const BIT_COUNT = 8

/** Bytes of the buffers between a file and the core. */
interface InputBuffers {
  readonly raw: number
  readonly window: number
}

/** For a scan that is read from its beginning to its end. */
export const LONG_INPUT: InputBuffers = { raw: 65536, window: 32768 }
/** For scans that are read in turns: what has been buffered of one is lost to the next. */
export const SHORT_INPUT: InputBuffers = { raw: 8192, window: 2048 }

/** Feeds the entropy-coded data of scans to the core through a bounded buffer, whatever the file's size. */
export interface JpegInput {
  /** Starts at the first byte behind a scan's header. */
  start(offset: number): void
  /** Gives the core more raw bytes, and answers how many: called when a decoding function has asked for them. */
  supply(): number
  /** The offset of the first byte of the file that has not been taken into the core's window. */
  position(): number
  /** The offset of the first byte that the core has not loaded from its window. */
  unread(): number
  /** The first bit that has not been read: the offset of its byte, and its place in it from the left, 0 to 7. */
  place(): { readonly offset: number; readonly bit: number }
  /** Goes on at `unread()`, when the core's record of its reader is as it was then. */
  resume(offset: number): void
}

export function createInput(core: JpegCore, file: Uint8Array, buffers: InputBuffers): JpegInput {
  const { exports } = core
  const capacity = Math.min(buffers.raw, Math.max(file.length, 1))
  const unitBytes = BLOCK_BYTES * MAX_MCU_BLOCKS
  const windowBytes = exports.jpegWindowBytes(Math.min(buffers.window, capacity), unitBytes)
  const raw = core.alloc(capacity + 16)
  const window = core.alloc(windowBytes + 64)
  let rawStart = 0
  let rawLength = 0
  const position = () => rawStart + rawLength - exports.jpegRawLeft()
  const load = (offset: number): number => {
    const chunk = file.subarray(offset, offset + capacity)
    rawStart = offset
    rawLength = chunk.length
    core.bytes().set(chunk, raw)
    exports.jpegSupply(raw, rawLength, rawStart + rawLength === file.length ? 1 : 0)
    return rawLength
  }
  return {
    start(offset) {
      exports.jpegStartInput(window, windowBytes, unitBytes)
      load(offset)
    },
    supply() {
      const isStuck = rawStart + rawLength === file.length && position() === rawStart && rawLength > 0
      if (isStuck) throw invalidJpeg('expected entropy-coded data, received none that can be read')
      return load(position())
    },
    position,
    unread: () => stuffedStart(file, position(), exports.jpegWindowLeft()),
    place() {
      const count = core.view().getInt32(exports.jpegInput() + BIT_COUNT, true)
      const bytes = Math.ceil(count / 8)
      return { offset: stuffedStart(file, position(), exports.jpegWindowLeft() + bytes), bit: 8 * bytes - count }
    },
    resume(offset) {
      load(offset)
      exports.jpegResumeInput()
    },
  }
}

/** Where the last `count` bytes of entropy-coded data before `end` begin in a file, in which FF stands as FF 00, with any number of FF before it. */
function stuffedStart(file: Uint8Array, end: number, count: number): number {
  let at = end
  for (let left = count; left > 0; left--) {
    while (file[at - 1] === 0xff) at--
    at--
    if (file[at] === 0 && file[at - 1] === 0xff) at--
  }
  return at
}
