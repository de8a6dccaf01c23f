import { type Box, boxes, damagedBmff, findBox, readerOf } from './boxes.ts'

/** Part of an item's data. */
interface Extent {
  readonly start: number
  readonly length: number
}

/** A picture, or another thing, in a file (ISO/IEC 14496-12 §8.11). */
export interface Item {
  readonly id: number
  readonly type: string
  readonly extents: readonly Extent[]
  /** Its properties in their order. */
  readonly properties: readonly Box[]
}

export interface Items {
  readonly primary: Item
  /** The items to which an item has references of a type, in their order. */
  referencesOf(id: number, type: string): readonly Item[]
  /** The items that have references of a type to an item. */
  referring(id: number, type: string): readonly Item[]
}

/** Items, extents and references of a file, together: a bound on work and memory. */
const MOST_ENTRIES = 20_000

/**
 * The items of a file that holds pictures (HEIF, ISO/IEC 23008-12). Reads its box `meta` alone.
 * @throws AppError `invalid_image` when there is none, or it is damaged.
 */
export function readItems(file: Uint8Array): Items {
  const meta = findBox(file, 0, file.length, 'meta')
  if (!meta) throw damagedBmff('there is no picture in it')
  const inMeta = (type: string): Box | undefined => findBox(file, meta.start + 4, meta.end, type)
  const pitm = inMeta('pitm')
  if (!pitm) throw damagedBmff('it names no main picture')
  const types = readTypes(file, inMeta('iinf'))
  const extents = readExtents(file, inMeta('iloc'), inMeta('idat'))
  const properties = readProperties(file, inMeta('iprp'))
  const references = readReferences(file, inMeta('iref'))
  const itemOf = (id: number): Item | null => {
    const type = types.get(id)
    return type === undefined ? null : { id, type, extents: extents.get(id) ?? [], properties: properties.get(id) ?? [] }
  }
  const items = (ids: readonly number[]): readonly Item[] => ids.flatMap((id) => itemOf(id) ?? [])
  const main = readerOf(file, pitm)
  const primary = itemOf(main.number(main.version().version === 0 ? 2 : 4))
  if (!primary) throw damagedBmff('its main picture is not there')
  return {
    primary,
    referencesOf: (id, type) => items(references.filter((one) => one.from === id && one.type === type).flatMap(({ to }) => to)),
    referring: (id, type) => items(references.filter((one) => one.to.includes(id) && one.type === type).map(({ from }) => from)),
  }
}

/** The bytes of an item. @throws AppError `invalid_image` when they are not all there. */
export function dataOf(file: Uint8Array, { extents }: Item): Uint8Array<ArrayBuffer> {
  const size = extents.reduce((sum, { length }) => sum + length, 0)
  if (size === 0 || size > file.length) throw damagedBmff('the pixels are missing')
  const data = new Uint8Array(size)
  let at = 0
  for (const { start, length } of extents) {
    if (start + length > file.length) throw damagedBmff('the pixels end too early')
    data.set(file.subarray(start, start + length), at)
    at += length
  }
  return data
}

function bounded(count: number): number {
  if (count > MOST_ENTRIES) throw damagedBmff(`${count} entries`)
  return count
}

/** `iinf` with its entries `infe` (§8.11.6). */
function readTypes(file: Uint8Array, box: Box | undefined): ReadonlyMap<number, string> {
  const types = new Map<number, string>()
  if (!box) return types
  const outer = readerOf(file, box)
  outer.number(outer.version().version === 0 ? 2 : 4) // how many
  const { start, end } = outer.rest()
  for (const entry of boxes(file, start, end)) {
    if (entry.type !== 'infe') continue
    const reader = readerOf(file, entry)
    const { version } = reader.version()
    if (version < 2) continue
    const id = reader.number(version === 2 ? 2 : 4)
    reader.number(2) // protection
    types.set(id, reader.type())
  }
  return types
}

/** `iloc` (§8.11.3). */
function readExtents(file: Uint8Array, box: Box | undefined, idat: Box | undefined): ReadonlyMap<number, readonly Extent[]> {
  const found = new Map<number, readonly Extent[]>()
  if (!box) return found
  const reader = readerOf(file, box)
  const { version } = reader.version()
  const sizes = reader.number(2)
  const [offsetBytes, lengthBytes, baseBytes, indexBytes] = [
    sizes >> 12,
    (sizes >> 8) & 15,
    (sizes >> 4) & 15,
    version === 0 ? 0 : sizes & 15,
  ]
  if ([offsetBytes, lengthBytes, baseBytes, indexBytes].some((bytes) => ![0, 4, 8].includes(bytes))) throw damagedBmff('a size of sizes')
  const wide = version < 2 ? 2 : 4
  let left = MOST_ENTRIES
  for (let items = bounded(reader.number(wide)); items > 0; items--) {
    const id = reader.number(wide)
    const method = version === 0 ? 0 : reader.number(2) & 15
    reader.number(2) // which file: this one
    const base = reader.number(baseBytes) + (method === 1 ? (idat?.start ?? file.length) : 0)
    const extents: Extent[] = []
    for (let count = reader.number(2); count > 0; count--) {
      if (left-- === 0) throw damagedBmff('too many extents')
      reader.number(indexBytes)
      extents.push({ start: base + reader.number(offsetBytes), length: reader.number(lengthBytes) })
    }
    if (method <= 1) found.set(id, extents)
  }
  return found
}

/** `iprp`: properties, and which items have which (§8.11.14). */
function readProperties(file: Uint8Array, box: Box | undefined): ReadonlyMap<number, readonly Box[]> {
  const found = new Map<number, Box[]>()
  const ipco = box && findBox(file, box.start, box.end, 'ipco')
  if (!box || !ipco) return found
  const all = [...boxes(file, ipco.start, ipco.end)]
  let left = MOST_ENTRIES
  for (const ipma of boxes(file, box.start, box.end)) {
    if (ipma.type !== 'ipma') continue
    const reader = readerOf(file, ipma)
    const { version, flags } = reader.version()
    for (let items = bounded(reader.number(4)); items > 0; items--) {
      const id = reader.number(version < 1 ? 2 : 4)
      const properties = found.get(id) ?? []
      for (let count = reader.number(1); count > 0; count--) {
        if (left-- === 0) throw damagedBmff('too many properties')
        const index = flags & 1 ? reader.number(2) & 0x7fff : reader.number(1) & 0x7f
        const property = all[index - 1]
        if (property) properties.push(property)
      }
      found.set(id, properties)
    }
  }
  return found
}

interface Reference {
  readonly type: string
  readonly from: number
  readonly to: readonly number[]
}

/** `iref` (§8.11.12). */
function readReferences(file: Uint8Array, box: Box | undefined): readonly Reference[] {
  if (!box) return []
  const outer = readerOf(file, box)
  const bytes = outer.version().version === 0 ? 2 : 4
  const { start, end } = outer.rest()
  let left = MOST_ENTRIES
  return [...boxes(file, start, end)].map((one) => {
    const reader = readerOf(file, one)
    const from = reader.number(bytes)
    const count = reader.number(2)
    left -= count
    if (left < 0) throw damagedBmff('too many references')
    return { type: one.type, from, to: Array.from({ length: count }, () => reader.number(bytes)) }
  })
}
