import { compose, type Orientation } from '../../orientation.ts'
import type { Rectangle } from '../../geometry.ts'
import type { Shape } from '../../raster.ts'
import { fourCC, viewOf } from '../bytes.ts'
import { type Box, damagedBmff, readerOf } from './boxes.ts'
import type { Item } from './items.ts'

/** Colours by numbers (ITU-T H.273). */
export interface CodePoints {
  readonly primaries: number
  readonly transfer: number
  readonly matrix: number
  readonly isFull: boolean
}

const property = ({ properties }: Item, type: string): Box | undefined => properties.find((one) => one.type === type)

/** `ispe` (HEIF §6.5.3): the size of the stored picture. @throws AppError `invalid_image` without one. */
export function sizeOf(file: Uint8Array, item: Item): Shape {
  const box = property(item, 'ispe')
  if (!box) throw damagedBmff('a picture has no size')
  const reader = readerOf(file, box)
  reader.version()
  const shape = { width: reader.number(4), height: reader.number(4) }
  if (shape.width === 0 || shape.height === 0) throw damagedBmff('a side is zero')
  return shape
}

const ANTICLOCKWISE: readonly Orientation[] = [1, 8, 3, 6]

/** `irot` and `imir` in their order (HEIF §6.5.10, §6.5.12). */
export function orientationOf(file: Uint8Array, { properties }: Item): Orientation {
  let orientation: Orientation = 1
  for (const { type, start, end } of properties) {
    const value = start < end ? (file[start] ?? 0) : 0
    if (type === 'irot') orientation = compose(orientation, ANTICLOCKWISE[value & 3] ?? 1)
    if (type === 'imir') orientation = compose(orientation, value & 1 ? 2 : 4)
  }
  return orientation
}

/** `clap` (ISO/IEC 14496-12 §12.1.4): the part of the stored picture that is shown, in whole pixels; `null` for all of it. */
export function apertureOf(file: Uint8Array, item: Item, { width, height }: Shape): Rectangle | null {
  const box = property(item, 'clap')
  if (!box || box.end - box.start < 32) return null
  const view = viewOf(file)
  const fraction = (i: number): number => view.getInt32(box.start + i * 8) / view.getInt32(box.start + i * 8 + 4)
  const [shownWidth, shownHeight, right, down] = [fraction(0), fraction(1), fraction(2), fraction(3)]
  const x = Math.round((width - shownWidth) / 2 + right)
  const y = Math.round((height - shownHeight) / 2 + down)
  const shown = { x, y, width: Math.round(shownWidth), height: Math.round(shownHeight) }
  const isInside = x >= 0 && y >= 0 && shown.width >= 1 && shown.height >= 1 && x + shown.width <= width && y + shown.height <= height
  if (!isInside) throw damagedBmff('the part of the picture that is shown lies beyond it')
  return shown
}

/** The ICC profile in a `colr` box (ISO/IEC 14496-12 §12.1.5). */
export function profileOf(file: Uint8Array, item: Item): Uint8Array | null {
  const box = item.properties.find(({ type, start }) => type === 'colr' && ['prof', 'rICC'].includes(fourCC(file, start)))
  return box ? file.subarray(box.start + 4, box.end) : null
}

/** The code points in a `colr` box. */
export function codePointsOf(file: Uint8Array, item: Item): CodePoints | null {
  const box = item.properties.find(({ type, start }) => type === 'colr' && fourCC(file, start) === 'nclx')
  if (!box || box.end - box.start < 11) return null
  const view = viewOf(file)
  const at = box.start + 4
  return {
    primaries: view.getUint16(at),
    transfer: view.getUint16(at + 2),
    matrix: view.getUint16(at + 4),
    isFull: (view.getUint8(at + 6) & 0x80) !== 0,
  }
}

export interface Grid extends Shape {
  readonly rows: number
  readonly columns: number
}

/** The form of a grid (HEIF §6.6.2.3), by its item's data. */
export function readGrid(data: Uint8Array): Grid {
  const isWide = ((data[1] ?? 0) & 1) !== 0
  if (data.length < (isWide ? 12 : 8)) throw damagedBmff('a grid is cut short')
  const view = viewOf(data)
  const [width, height] = isWide ? [view.getUint32(4), view.getUint32(8)] : [view.getUint16(4), view.getUint16(6)]
  return { rows: (data[2] ?? 0) + 1, columns: (data[3] ?? 0) + 1, width, height }
}

/** The bytes of a property with its header. */
export function propertyBytes(file: Uint8Array, item: Item, type: string): Uint8Array | null {
  const box = property(item, type)
  return box ? file.subarray(box.start - 8, box.end) : null
}
