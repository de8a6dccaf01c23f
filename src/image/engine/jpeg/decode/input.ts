import type { JpegCore } from './exports.ts'
import { invalidJpeg } from '../markers.ts'

const RAW_BYTES = 65536
const WINDOW_BYTES = 32768
/** The most that one block can take: 64 symbols of 17 bits with 15 bits of magnitude. */
const BLOCK_BYTES = 256
/** Blocks of the largest MCU that the standard permits. */
export const MAX_MCU_BLOCKS = 10

/** Feeds the entropy-coded data of scans to the core through a bounded buffer, whatever the file's size. */
export interface JpegInput {
  /** Starts at the first byte behind a scan's header. */
  start(offset: number): void
  /** Gives the core more raw bytes: called when a decoding function has asked for them. */
  supply(): void
  /** Skips what the scan has left and answers the offset of the marker behind it (or the file's end). */
  finish(): number
}

export function createInput(core: JpegCore, file: Uint8Array): JpegInput {
  const { exports } = core
  const capacity = Math.min(RAW_BYTES, Math.max(file.length, 1))
  const unitBytes = BLOCK_BYTES * MAX_MCU_BLOCKS
  const windowBytes = exports.jpegWindowBytes(Math.min(WINDOW_BYTES, capacity), unitBytes)
  const raw = core.alloc(capacity + 16)
  const window = core.alloc(windowBytes + 64)
  let rawStart = 0
  let rawLength = 0
  const position = () => rawStart + rawLength - exports.jpegRawLeft()
  const supply = () => {
    const isStuck = rawStart + rawLength === file.length && position() === rawStart && rawLength > 0
    if (isStuck) throw invalidJpeg('expected entropy-coded data, received none that can be read')
    rawStart = position()
    const chunk = file.subarray(rawStart, rawStart + capacity)
    rawLength = chunk.length
    core.bytes().set(chunk, raw)
    exports.jpegSupply(raw, rawLength, rawStart + rawLength === file.length ? 1 : 0)
  }
  return {
    start(offset) {
      exports.jpegStartInput(window, windowBytes, unitBytes)
      rawStart = offset
      rawLength = 0
      supply()
    },
    supply,
    finish() {
      while (exports.jpegFinishScan() === 0) supply()
      return position()
    },
  }
}
