import { AppError } from '../../../errors.ts'
import { fourCC, viewOf } from '../bytes.ts'

/** A box of an ISO base media file (ISO/IEC 14496-12 §4.2): its payload lies from `start` to `end` of the file. */
export interface Box {
  readonly type: string
  readonly start: number
  readonly end: number
}

/** Boxes side by side that are walked through before a file is given up: a bound on work. */
const MOST_BOXES = 10_000

export const damagedBmff = (why: string): AppError => new AppError('invalid_image', { reason: `AVIF or HEIF: ${why}.` })

/** The boxes between two offsets. A box that reaches beyond is cut there. */
export function* boxes(file: Uint8Array, from: number, to: number): Generator<Box> {
  const view = viewOf(file)
  for (let at = from, count = 0; at + 8 <= to && count < MOST_BOXES; count++) {
    const short = view.getUint32(at)
    const isLong = short === 1
    if (isLong && at + 16 > to) return
    const size = isLong ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - at : short
    const header = isLong ? 16 : 8
    if (size < header) return
    yield { type: fourCC(file, at + 4), start: at + header, end: Math.min(at + size, to) }
    at += size
  }
}

/** The first box of a type among those of a range. */
export function findBox(file: Uint8Array, from: number, to: number, type: string): Box | undefined {
  for (const box of boxes(file, from, to)) if (box.type === type) return box
  return undefined
}

/** Reads numbers of a box one behind the other. @throws AppError `invalid_image` beyond its end. */
export function readerOf(file: Uint8Array, { start, end }: Box) {
  const view = viewOf(file)
  let at = start
  const take = (bytes: number): number => {
    const from = at
    at += bytes
    if (at > end) throw damagedBmff('a box is cut short')
    return from
  }
  return {
    /** Version and flags of a full box. */
    version(): { readonly version: number; readonly flags: number } {
      const word = view.getUint32(take(4))
      return { version: word >>> 24, flags: word & 0xffffff }
    },
    /** An unsigned number of 0, 1, 2, 4 or 8 bytes. */
    number(bytes: number): number {
      const from = take(bytes)
      if (bytes === 0) return 0
      if (bytes === 8) return Number(view.getBigUint64(from))
      return bytes === 4 ? view.getUint32(from) : bytes === 2 ? view.getUint16(from) : view.getUint8(from)
    },
    type: (): string => fourCC(file, take(4)),
    /** What is left, as a box. */
    rest: (): Box => ({ type: '', start: at, end }),
  }
}
