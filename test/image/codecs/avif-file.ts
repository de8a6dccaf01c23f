// Writes AVIF and HEIC files of any structure from coded pictures: grids, alpha, turns, cuts, profiles. No encoder makes them all.
import { readItems, dataOf } from '../../../src/image/engine/bmff/items.ts'
import { propertyBytes } from '../../../src/image/engine/bmff/picture.ts'

const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))
const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))
const u8 = (...values: readonly number[]): Uint8Array => Uint8Array.from(values)
const u16 = (...values: readonly number[]): Uint8Array => u8(...values.flatMap((value) => [value >> 8, value & 255]))
const u32 = (...values: readonly number[]): Uint8Array => u16(...values.flatMap((value) => [value >>> 16, value & 65535]))
export const box = (type: string, ...parts: readonly Uint8Array[]): Uint8Array => {
  const payload = concat(...parts)
  return concat(u32(payload.length + 8), ascii(type), payload)
}
export const full = (type: string, version: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  box(type, u8(version, 0, 0, 0), ...parts)
const entry = ({ type, isHidden = false }: WrittenItem, i: number): Uint8Array =>
  box('infe', u8(2, 0, 0, isHidden ? 1 : 0), u16(i + 1, 0), ascii(`${type}\0`))

export interface WrittenItem {
  /** Four letters: `av01`, `hvc1`, `grid` … */
  readonly type: string
  readonly data: Uint8Array
  readonly properties: readonly Uint8Array[]
  /** Whether it is not to be shown by itself. */
  readonly isHidden?: boolean
}

export interface WrittenAvif {
  /** Their numbers count from 1. */
  readonly items: readonly WrittenItem[]
  /** The main picture; the first unless told. */
  readonly primary?: number
  readonly references?: readonly { readonly type: string; readonly from: number; readonly to: readonly number[] }[]
  /** Data of items lies in `idat`, not in `mdat`. */
  readonly inMeta?: boolean
  readonly brand?: string
}

export const ispe = (width: number, height: number): Uint8Array => full('ispe', 0, u32(width, height))
export const irot = (quarters: number): Uint8Array => box('irot', u8(quarters))
export const imir = (axis: number): Uint8Array => box('imir', u8(axis))
export const clap = (width: number, height: number, right: number, down: number): Uint8Array =>
  box('clap', u32(width, 1, height, 1, right * 2, 2, down * 2, 2))
/** What a picture is to another one: its alpha, unless told. */
export const auxiliary = (type = 'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha'): Uint8Array => full('auxC', 0, ascii(`${type}\0`))
export const profile = (icc: Uint8Array): Uint8Array => box('colr', ascii('prof'), icc)
/** In full range; without a matrix of RGB that is coded as it is. */
export const codePoints = (primaries: number, transfer: number, matrix = 0): Uint8Array =>
  box('colr', ascii('nclx'), u16(primaries, transfer, matrix), u8(0x80))
export const grid = (rows: number, columns: number, width: number, height: number): Uint8Array =>
  concat(u8(0, 0, rows - 1, columns - 1), u16(width, height))

/** The coded main picture of a file that sharp has made. */
export function coded(file: Uint8Array, width: number, height: number): WrittenItem {
  const { primary } = readItems(file)
  const configuration = propertyBytes(file, primary, 'av1C')
  if (!configuration) throw new Error('sharp writes a configuration')
  return { type: 'av01', data: dataOf(file, primary), properties: [ispe(width, height), configuration] }
}

export function writeAvif({ items, primary = 1, references = [], inMeta = false, brand: main = 'avif' }: WrittenAvif): Uint8Array {
  const properties = items.flatMap((item) => item.properties)
  let used = 0
  const associations = items.map((item, i) => {
    const own = item.properties.map(() => ++used)
    return concat(u16(i + 1), u8(own.length, ...own))
  })
  const all = concat(...items.map(({ data }) => data))
  const make = (dataAt: number): Uint8Array => {
    let at = dataAt
    const places = items.map(({ data }, i) => {
      const place = concat(u16(i + 1, ...(inMeta ? [1] : [0]), 0, 1), u32(at, data.length))
      at += data.length
      return place
    })
    return full(
      'meta',
      0,
      full('hdlr', 0, u32(0), ascii('pict'), new Uint8Array(13)),
      full('pitm', 0, u16(primary)),
      full('iloc', 1, u8(0x44, 0), u16(items.length), ...places),
      full('iinf', 0, u16(items.length), ...items.map(entry)),
      ...(references.length > 0
        ? [full('iref', 0, ...references.map(({ type, from, to }) => box(type, u16(from, to.length, ...to))))]
        : []),
      box('iprp', box('ipco', ...properties), full('ipma', 0, u32(items.length), ...associations)),
      ...(inMeta ? [box('idat', all)] : []),
    )
  }
  const brand = box('ftyp', ascii(main), u32(0), ascii(`${main}mif1miaf`))
  return concat(brand, make(inMeta ? 0 : brand.length + make(0).length + 8), ...(inMeta ? [] : [box('mdat', all)]))
}
