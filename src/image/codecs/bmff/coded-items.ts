import { AppError } from '../../../errors.ts'
import { fourCC } from '../../engine/bytes.ts'
import { boxes, damagedBmff, findBox } from '../../engine/bmff/boxes.ts'
import { dataOf, type Item, type Items, readItems } from '../../engine/bmff/items.ts'
import {
  apertureOf,
  type CodePoints,
  codePointsOf,
  orientationOf,
  profileOf,
  propertyBytes,
  readGrid,
  sizeOf,
} from '../../engine/bmff/picture.ts'
import type { Rectangle } from '../../geometry.ts'
import type { Shape } from '../../raster.ts'
import type { Probe } from '../define.ts'

export interface CodedShape extends Shape {
  /** Of all planes, a pixel. */
  readonly sampleBytes: number
}

/** A picture as it is coded: in one piece, or in cells of a grid, row by row. */
export interface CodedItems extends Shape {
  readonly columns: number
  readonly cells: readonly Item[]
  readonly cell: CodedShape
}

/** What surrounds the pixels of an AVIF or HEIC. */
export interface BmffProbe extends Probe {
  readonly colour: CodedItems
  readonly alpha: CodedItems | null
  /** Whether its colours are stored multiplied by its alpha (reference `prem`, MIAF §7.3.5.2). */
  readonly isPremultiplied: boolean
  /** Of the stored picture. */
  readonly shown: Rectangle
  readonly profile: Uint8Array | null
  readonly codePoints: CodePoints | null
}

/** Cells that a grid may have: the standard allows 65,536, cameras have some dozens. */
const MOST_CELLS = 1024

/** The brands of a file's first box; none when that is another box. */
export function brandsOf(head: Uint8Array): readonly string[] {
  if (fourCC(head, 4) !== 'ftyp') return []
  const [ftyp] = boxes(head, 0, head.length)
  if (!ftyp) return []
  const brands = [fourCC(head, ftyp.start)]
  for (let at = ftyp.start + 8; at + 4 <= ftyp.end; at += 4) brands.push(fourCC(head, at))
  return brands
}

/** How the pictures in a file are coded. */
export interface Coding {
  /** Of the file, for people. */
  readonly name: string
  /** Of the items that hold coded pictures. */
  readonly type: string
  /** Bytes of all planes, a pixel; 0 when the item does not tell. */
  sampleBytes(file: Uint8Array, item: Item): number
}

/**
 * Reads what surrounds the pixels (AVIF 1.1, HEIF). Of a sequence the still picture that it names; without one it is refused. @throws AppError `invalid_image`, `unsupported_format`.
 */
export function probeItems(file: Uint8Array, coding: Coding): BmffProbe {
  if (isSequenceAlone(file))
    throw new AppError('unsupported_format', { reason: `Expected ${coding.name}, received a sequence that names no still picture.` })
  const items = readItems(file)
  const { primary } = items
  const stored = sizeOf(file, primary)
  const colour = codedItems(file, items, primary, stored, coding)
  const auxiliary = items.referring(primary.id, 'auxl').find((item) => isAlpha(file, item))
  const alpha = auxiliary ? codedItems(file, items, auxiliary, sizeOf(file, auxiliary), coding) : null
  if (alpha && (alpha.width !== stored.width || alpha.height !== stored.height)) throw damagedBmff('its alpha has another size')
  const shown = apertureOf(file, primary, stored) ?? { x: 0, y: 0, ...stored }
  return {
    width: shown.width,
    height: shown.height,
    hasAlpha: alpha !== null,
    frames: 1,
    orientation: orientationOf(file, primary),
    colour,
    alpha,
    isPremultiplied: auxiliary !== undefined && items.referencesOf(primary.id, 'prem').some(({ id }) => id === auxiliary.id),
    shown,
    profile: profileOf(file, primary),
    codePoints: codePointsOf(file, primary),
  }
}

function codedItems(
  file: Uint8Array,
  items: Items,
  item: Item,
  { width, height }: Shape,
  { name, type, sampleBytes: bytesOf }: Coding,
): CodedItems {
  if (item.type === type) return { width, height, columns: 1, cells: [item], cell: { width, height, sampleBytes: bytesOf(file, item) } }
  if (item.type !== 'grid')
    throw new AppError('unsupported_format', { reason: `Expected ${name}, received one of ${JSON.stringify(item.type)}.` })
  const grid = readGrid(dataOf(file, item))
  const cells = items.referencesOf(item.id, 'dimg')
  if (grid.width !== width || grid.height !== height || cells.length !== grid.rows * grid.columns || cells.length > MOST_CELLS)
    throw damagedBmff('the grid does not fit its cells')
  const [first] = cells
  const sampleBytes = Math.max(0, ...cells.map((one) => bytesOf(file, one)))
  const cell = { ...(first ? sizeOf(file, first) : { width: 0, height: 0 }), sampleBytes }
  const isEven = cells.every((one) => {
    const size = sizeOf(file, one)
    return one.type === type && size.width === cell.width && size.height === cell.height
  })
  if (!isEven || cell.width * grid.columns < width || cell.height * grid.rows < height) throw damagedBmff('the grid does not fit its cells')
  return { width, height, columns: grid.columns, cells, cell }
}

/** What `auxC` calls an alpha plane: in any coding (MIAF §7.3.5.2), and in HEVC (HEIF §B.2.3.2.3). */
const ALPHA_TYPES = ['urn:mpeg:mpegB:cicp:systems:auxiliary:alpha', 'urn:mpeg:hevc:2015:auxid:1']
const AUX_TYPE = 12

/** Whether there are tracks (ISO/IEC 14496-12 §8.2) and no items. */
const isSequenceAlone = (file: Uint8Array): boolean =>
  findBox(file, 0, file.length, 'meta') === undefined && findBox(file, 0, file.length, 'moov') !== undefined

/** `auxC` (HEIF §6.5.8) of an alpha plane. */
function isAlpha(file: Uint8Array, item: Item): boolean {
  const bytes = propertyBytes(file, item, 'auxC')
  if (!bytes) return false
  const end = bytes.indexOf(0, AUX_TYPE)
  return ALPHA_TYPES.includes(String.fromCharCode(...bytes.subarray(AUX_TYPE, end < 0 ? bytes.length : end).subarray(0, 60)))
}
