import { ascii, bigEndian, concat } from '../../engine/bytes.ts'

/** A property of an item: its box, whole. Who does not know an essential one must not show the item. */
export interface WrittenProperty {
  readonly box: Uint8Array
  readonly isEssential?: boolean
}

export interface WrittenItem {
  /** Four letters. */
  readonly type: string
  /** Of an item of the type `mime`. */
  readonly mime?: string
  readonly data: Uint8Array
  readonly properties: readonly WrittenProperty[]
  /** What it is to the main picture: its alpha (`auxl`), or what describes it (`cdsc`). */
  readonly refers?: 'auxl' | 'cdsc'
}

export const box = (type: string, ...parts: readonly Uint8Array[]): Uint8Array => {
  const payload = concat(parts)
  return concat([bigEndian(payload.length + 8), ascii(type), payload])
}
export const full = (type: string, version: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  box(type, Uint8Array.of(version, 0, 0, 0), ...parts)
export const uint16 = (...values: readonly number[]): Uint8Array => Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]))

/**
 * A file of items (ISO/IEC 14496-12 §8.11), of which the first is the main picture. `brands`: the main one, then those that it is compatible with, four
 * letters each.
 */
export function writeItems([main, ...compatible]: readonly string[], items: readonly WrittenItem[]): Uint8Array<ArrayBuffer> {
  const ftyp = box('ftyp', ascii(main ?? ''), bigEndian(0), ...compatible.map(ascii))
  const data = items.map((item) => item.data)
  const dataBytes = data.reduce((sum, { length }) => sum + length, 0)
  const meta = metaOf(items, ftyp.length + metaOf(items, 0).length + 8)
  return concat([ftyp, meta, bigEndian(dataBytes + 8), ascii('mdat'), ...data])
}

/** `meta`, when the items' data begin at a place of the file. */
function metaOf(items: readonly WrittenItem[], dataAt: number): Uint8Array {
  let at = dataAt
  const places = items.map(({ data }, i) => {
    const place = concat([uint16(i + 1, 0, 1), bigEndian(at), bigEndian(data.length)])
    at += data.length
    return place
  })
  let used = 0
  const associations = items.map(({ properties }, i) => {
    const own = properties.map(({ isEssential = false }) => (isEssential ? 0x80 : 0) | ++used)
    return concat([uint16(i + 1), Uint8Array.of(own.length, ...own)])
  })
  const references = items.flatMap(({ refers }, i) => (refers ? [box(refers, uint16(i + 1, 1, 1))] : []))
  return full(
    'meta',
    0,
    full('hdlr', 0, bigEndian(0), ascii('pict'), new Uint8Array(13)),
    full('pitm', 0, uint16(1)),
    full('iloc', 0, Uint8Array.of(0x44, 0), uint16(items.length), ...places),
    full('iinf', 0, uint16(items.length), ...items.map(entryOf)),
    ...(references.length > 0 ? [full('iref', 0, ...references)] : []),
    box(
      'iprp',
      box('ipco', ...items.flatMap(({ properties }) => properties.map((property) => property.box))),
      full('ipma', 0, bigEndian(items.length), ...associations),
    ),
  )
}

const entryOf = ({ type, mime }: WrittenItem, i: number): Uint8Array =>
  full('infe', 2, uint16(i + 1, 0), ascii(`${type}\0`), ...(mime === undefined ? [] : [ascii(`${mime}\0`)]))
