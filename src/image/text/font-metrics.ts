import { AppError } from '../../errors.ts'

/** What a font says of itself, in units of its em. */
export interface FontMetrics {
  readonly unitsPerEm: number
  readonly ascender: number
  /** Negative: below the baseline. */
  readonly descender: number
  /** Whether the font has a glyph for a code point. */
  has(codePoint: number): boolean
  /** Width of a character's glyph; that of the empty box for one that the font does not have. */
  advance(codePoint: number): number
}

/**
 * Reads the few tables of a TrueType or OpenType file that placing a text needs: head, hhea (OS/2 where hhea is empty, as FreeType does),
 * hmtx and cmap. Source: the OpenType specification 1.9. @throws AppError `invalid_parameter` when the file is not such a font.
 */
export function readFontMetrics(file: Uint8Array): FontMetrics {
  try {
    return readTables(new DataView(file.buffer, file.byteOffset, file.byteLength))
  } catch (cause) {
    // DataView refuses every offset outside the file.
    throw new AppError('invalid_parameter', { field: 'font', reason: 'Expected a TrueType or OpenType font file.', cause })
  }
}

function readTables(view: DataView): FontMetrics {
  const tables = tableDirectory(view)
  const at = (tag: string): number => {
    const offset = tables.get(tag)
    if (offset === undefined) throw new RangeError(`The table ${tag} is missing`)
    return offset
  }
  const unitsPerEm = view.getUint16(at('head') + 18)
  if (unitsPerEm < 16) throw new RangeError('The em has no size')
  const hhea = at('hhea')
  const hmtx = at('hmtx')
  const longMetrics = view.getUint16(hhea + 34)
  if (longMetrics === 0) throw new RangeError('The font has no widths')
  const glyphOf = characterMap(view, at('cmap'))
  return {
    unitsPerEm,
    ...verticalExtent(view, hhea, tables.get('OS/2')),
    has: (codePoint) => glyphOf(codePoint) !== 0,
    advance: (codePoint) => view.getUint16(hmtx + Math.min(glyphOf(codePoint), longMetrics - 1) * 4),
  }
}

const TAG_COLLECTION = 0x74746366 // "ttcf"
const FONT_TAGS = new Set([0x00010000, 0x4f54544f, 0x74727565]) // 1.0, "OTTO", "true"

function tableDirectory(view: DataView): ReadonlyMap<string, number> {
  const start = view.getUint32(0) === TAG_COLLECTION ? view.getUint32(12) : 0
  if (!FONT_TAGS.has(view.getUint32(start))) throw new RangeError('The first bytes are not those of a font')
  const tables = new Map<string, number>()
  for (let i = 0; i < view.getUint16(start + 4); i++) {
    const record = start + 12 + i * 16
    const tag = String.fromCharCode(view.getUint8(record), view.getUint8(record + 1), view.getUint8(record + 2), view.getUint8(record + 3))
    tables.set(tag, view.getUint32(record + 8))
  }
  return tables
}

function verticalExtent(view: DataView, hhea: number, os2: number | undefined): { readonly ascender: number; readonly descender: number } {
  const own = { ascender: view.getInt16(hhea + 4), descender: view.getInt16(hhea + 6) }
  if (own.ascender !== 0 || own.descender !== 0 || os2 === undefined) return own
  const typographic = { ascender: view.getInt16(os2 + 68), descender: view.getInt16(os2 + 70) }
  if (typographic.ascender !== 0 || typographic.descender !== 0) return typographic
  return { ascender: view.getUint16(os2 + 74), descender: -view.getUint16(os2 + 76) }
}

/** From a code point to a glyph's number; 0 is the glyph for what the font does not have. */
function characterMap(view: DataView, cmap: number): (codePoint: number) => number {
  const subtables = Array.from({ length: view.getUint16(cmap + 2) }, (_, i) => cmap + view.getUint32(cmap + 4 + i * 8 + 4))
  const wide = subtables.find((at) => view.getUint16(at) === 12)
  if (wide !== undefined) return (codePoint) => glyphInGroups(view, wide, codePoint)
  const basic = subtables.find((at) => view.getUint16(at) === 4)
  return basic === undefined ? () => 0 : (codePoint) => glyphInSegments(view, basic, codePoint)
}

/** Subtable format 12: sorted groups of consecutive code points. */
function glyphInGroups(view: DataView, table: number, codePoint: number): number {
  let [low, high] = [0, view.getUint32(table + 12) - 1]
  while (low <= high) {
    const middle = (low + high) >>> 1
    const group = table + 16 + middle * 12
    if (codePoint < view.getUint32(group)) high = middle - 1
    else if (codePoint > view.getUint32(group + 4)) low = middle + 1
    else return view.getUint32(group + 8) + codePoint - view.getUint32(group)
  }
  return 0
}

/** Subtable format 4: four parallel arrays over the segments of the Basic Multilingual Plane, sorted by their end. */
function glyphInSegments(view: DataView, table: number, codePoint: number): number {
  const twice = view.getUint16(table + 6)
  const [ends, starts, deltas, offsets] = [table + 14, table + 16 + twice, table + 16 + twice * 2, table + 16 + twice * 3]
  let [low, high] = [0, twice / 2 - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (view.getUint16(ends + middle * 2) < codePoint) low = middle + 1
    else high = middle
  }
  const segment = low * 2
  const start = view.getUint16(starts + segment)
  if (codePoint < start || codePoint > view.getUint16(ends + segment)) return 0
  const delta = view.getUint16(deltas + segment)
  const offset = view.getUint16(offsets + segment)
  if (offset === 0) return (codePoint + delta) & 0xffff
  const glyph = view.getUint16(offsets + segment + offset + (codePoint - start) * 2)
  return glyph === 0 ? 0 : (glyph + delta) & 0xffff
}
