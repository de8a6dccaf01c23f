import { AppError } from '../../../errors.ts'
import type { Shape } from '../../raster.ts'
import { isPng } from '../png/chunks.ts'

export const damagedIcon = (why: string): AppError => new AppError('invalid_image', { reason: `Icon: ${why}.` })

/** One picture of an icon or cursor: a bitmap, or a whole PNG. */
export interface IconEntry extends Shape {
  readonly kind: 'bitmap' | 'png'
  /** As the directory tells; 0 when it does not. */
  readonly bitsPerPixel: number
  readonly start: number
  readonly end: number
}

const DIRECTORY_BYTES = 6
const ENTRY_BYTES = 16
const ICON = 1
const CURSOR = 2
/** More pictures than any icon has: a bound on work. */
const MOST_ENTRIES = 1000

/** Type 1 (icon) or 2 (cursor), at least one picture, and an entry's reserved byte. */
export const isIcon = (head: Uint8Array): boolean =>
  head.length >= DIRECTORY_BYTES &&
  head[0] === 0 &&
  head[1] === 0 &&
  (head[2] === ICON || head[2] === CURSOR) &&
  head[3] === 0 &&
  ((head[4] ?? 0) > 0 || (head[5] ?? 0) > 0) &&
  (head[9] ?? 0) === 0

/**
 * The pictures, largest first; among equals those of more bits first. Sizes are those of the pictures themselves, since the directory knows none over 256. Entries that
 * point at nothing are left out. Source: Windows, "Icons", and the ICO format's use of PNG since Vista. @throws AppError `invalid_image` without any.
 */
export function readEntries(file: Uint8Array): readonly IconEntry[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  if (file.length < DIRECTORY_BYTES) throw damagedIcon('the directory is cut short')
  const isCursor = view.getUint16(2, true) === CURSOR
  const count = Math.min(view.getUint16(4, true), MOST_ENTRIES, Math.floor((file.length - DIRECTORY_BYTES) / ENTRY_BYTES))
  const entries: IconEntry[] = []
  for (let i = 0; i < count; i++) {
    const at = DIRECTORY_BYTES + i * ENTRY_BYTES
    const start = view.getUint32(at + 12, true)
    const end = Math.min(file.length, start + view.getUint32(at + 8, true))
    const shape = start + 24 <= file.length ? shapeAt(view, file, start) : null
    // A cursor's entry has its hot spot where an icon's has the bits.
    if (shape) entries.push({ ...shape, bitsPerPixel: isCursor ? 0 : view.getUint16(at + 6, true), start, end })
  }
  if (entries.length === 0) throw damagedIcon('there is no picture in it')
  return entries.toSorted((a, b) => b.width * b.height - a.width * a.height || b.bitsPerPixel - a.bitsPerPixel)
}

function shapeAt(view: DataView, file: Uint8Array, start: number): Pick<IconEntry, 'kind' | 'width' | 'height'> | null {
  if (isPng(file.subarray(start, start + 8))) return { kind: 'png', width: view.getUint32(start + 16), height: view.getUint32(start + 20) }
  const [width, height] = [view.getInt32(start + 4, true), Math.abs(view.getInt32(start + 8, true)) >> 1]
  return width > 0 && height > 0 ? { kind: 'bitmap', width, height } : null
}
