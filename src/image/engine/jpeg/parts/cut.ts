import type { Rectangle } from '../../../geometry.ts'
import { concat } from '../../bytes.ts'
import { readHuffman } from '../decode/tables.ts'
import { probeJpeg } from '../header.ts'
import { DHT, EOI, invalidJpeg, nextSegment, SOS } from '../markers.ts'
import { STANDARD_HUFFMAN } from '../standard-huffman.ts'
import { bitsAt, type BitWriter, createBitWriter, type HuffmanCodes, huffmanCodes, unstuff } from './bits.ts'
import { headOfPart } from './part-head.ts'
import { type McuPlaces, placesInRow } from './places.ts'

/** What decoding looks at around a region, in pixels: upsampling of chroma, at the strongest reduction of the decoder. */
const MARGIN = 16
const RST0 = 0xd0

/** A range of bytes: inclusive start, exclusive end. */
interface Bytes {
  readonly start: number
  readonly end: number
}

/** A rectangle of whole MCUs, as a JPEG of its own. */
export interface JpegPart {
  /** In pixels of the stored picture. */
  readonly rectangle: Rectangle
  /** Where in the file the rows of the rectangle lie, top to bottom. They do not overlap but in their first and last bytes. */
  readonly rows: readonly Bytes[]
  readonly columns: { readonly from: number; readonly to: number }
  readonly firstRow: number
}

/** The smallest part with a region, in stored pixels, and what decoding looks at around it. */
export function planPart(places: McuPlaces, region: Rectangle): JpegPart {
  const { across, down, step, offsets, bits, head } = places
  const { width, height, components } = probeJpeg(head)
  const factors = components.length === 1 ? [{ h: 1, v: 1 }] : components
  const mcu = { width: 8 * Math.max(...factors.map(({ h }) => h)), height: 8 * Math.max(...factors.map(({ v }) => v)) }
  const first = { x: Math.max(0, region.x - MARGIN), y: Math.max(0, region.y - MARGIN) }
  const from = Math.floor(first.x / mcu.width / step) * step
  const to = Math.min(across, Math.ceil((region.x + region.width + MARGIN) / mcu.width / step) * step)
  const firstRow = Math.floor(first.y / mcu.height)
  const endRow = Math.min(down, Math.ceil((region.y + region.height + MARGIN) / mcu.height))
  const inRow = placesInRow(places)
  const rows = Array.from({ length: endRow - firstRow }, (_, i) => {
    const start = (firstRow + i) * inRow + from / step
    const end = (firstRow + i) * inRow + Math.ceil(to / step)
    return { start: offsets[start] ?? 0, end: (offsets[end] ?? 0) + ((bits[end] ?? 0) > 0 ? 1 : 0) }
  })
  const [x, y] = [from * mcu.width, firstRow * mcu.height]
  const rectangle = { x, y, width: Math.min(width, to * mcu.width) - x, height: Math.min(height, endRow * mcu.height) - y }
  return { rectangle, rows, columns: { from, to }, firstRow }
}

/** Takes the bytes of a part's rows, one after the other, and makes a file of them. */
export interface PartWriter {
  /** @throws AppError `invalid_image` when the bytes are not those of the file whose places were found. */
  add(coded: Uint8Array): void
  finish(): Uint8Array<ArrayBuffer>
}

/** A component in the order of the scan. */
interface Coded {
  readonly blocks: number
  readonly dc: HuffmanCodes
  readonly ac: HuffmanCodes
}

/**
 * Each row becomes a restart interval of the part: its first DC coefficients are coded anew, everything else is copied bit by bit. Restart markers of the file go, and what
 * stands behind them is coded anew too.
 */
export function createPartWriter(places: McuPlaces, { rectangle, rows, columns, firstRow }: JpegPart): PartWriter {
  const { across, step, interval, bits, predictors, components: count, head } = places
  const coded = codedComponents(head)
  const units = columns.to - columns.from
  const writer = createBitWriter(rows.reduce((sum, { start, end }) => sum + end - start + 16, 0))
  const placeAt = (mcuRow: number, column: number): number => mcuRow * placesInRow(places) + Math.ceil(column / step)
  const isDue = (unit: number): boolean => interval > 0 && unit > 0 && unit % interval === 0
  let row = 0
  return {
    add(bytes) {
      const plain = unstuff(bytes)
      const [start, end] = [placeAt(firstRow + row, columns.from), placeAt(firstRow + row, columns.to)]
      const endBit = 8 * plain.length - ((8 - (bits[end] ?? 0)) & 7)
      const before = predictors.subarray(count * start, count * (start + 1))
      const copier = createCopier(plain.bytes, coded, writer, bits[start] ?? 0, before)
      const firstUnit = (firstRow + row) * across + columns.from
      let restarts = 0
      for (let unit = firstUnit; unit < firstUnit + units; unit++) {
        if (isDue(unit)) copier.restart(8 * (plain.restarts[restarts++] ?? plain.length))
        copier.unit()
        // Behind the first unit all differences are what they were, up to the next restart marker.
        if (restarts === plain.restarts.length) break
      }
      copier.rest(endBit)
      row++
      if (row < rows.length) writer.mark(RST0 + ((row - 1) & 7))
    },
    finish() {
      writer.mark(EOI)
      return concat([headOfPart(head, rectangle, units), writer.take()])
    },
  }
}

/** The components of the scan at the end of a head. */
function codedComponents(head: Uint8Array): readonly Coded[] {
  const { components } = probeJpeg(head)
  let huffman = STANDARD_HUFFMAN
  for (let segment = nextSegment(head, 2); segment; segment = nextSegment(head, segment.end)) {
    if (segment.code === DHT) huffman = readHuffman(head, segment, huffman)
    if (segment.code !== SOS) continue
    const { start } = segment
    return components.map((_, i) => {
      const found = components.find(({ id }) => id === head[start + 1 + 2 * i])
      const selectors = head[start + 2 + 2 * i] ?? 0
      const [dc, ac] = [huffman[selectors >> 4], huffman[4 + (selectors & 15)]]
      if (!found || !dc || !ac) throw invalidJpeg('expected a scan of the components of the frame, received another')
      return { blocks: components.length === 1 ? 1 : found.h * found.v, dc: huffmanCodes(dc), ac: huffmanCodes(ac) }
    })
  }
  throw invalidJpeg('expected a scan, received none')
}

/** Copies units of a scan. DC coefficients follow those that have been written; AC coefficients stay as they are. */
interface Copier {
  /** Copies one unit. */
  unit(): void
  /** Goes on at a bit with which a restart interval begins. */
  restart(bit: number): void
  /** Copies all bits before `end`. */
  rest(end: number): void
}

function createCopier(bytes: Uint8Array, components: readonly Coded[], writer: BitWriter, first: number, before: Int16Array): Copier {
  let bit = first
  let read = components.map((_, i) => before[i] ?? 0)
  const written = components.map(() => 0)
  const next = (codes: HuffmanCodes): number => {
    const code = codes.read(bytes, bit)
    if (code === 0) throw invalidJpeg('expected the data of the places that were found, received others')
    bit += code >> 8
    return code & 255
  }
  const block = (i: number, { dc, ac }: Coded): void => {
    const category = next(dc)
    read[i] = (read[i] ?? 0) + extended(bitsAt(bytes, bit, category), category)
    bit += category
    const difference = (read[i] ?? 0) - (written[i] ?? 0)
    written[i] = read[i] ?? 0
    putDifference(writer, dc, difference)
    const from = bit
    for (let k = 1; k < 64; k++) {
      const symbol = next(ac)
      bit += symbol & 15
      if ((symbol & 15) > 0) k += symbol >> 4
      else if (symbol === 0xf0) k += 15
      else break
    }
    writer.copy(bytes, from, bit)
  }
  return {
    unit: () =>
      components.forEach((component, i) => {
        for (let n = 0; n < component.blocks; n++) block(i, component)
      }),
    restart(at) {
      bit = at
      read = components.map(() => 0)
    },
    rest: (end) => writer.copy(bytes, bit, end),
  }
}

/** Bits of a category as the value that they stand for (annex F.2.2.1 of the standard). */
const extended = (value: number, category: number): number =>
  category > 0 && value < 1 << (category - 1) ? value - (1 << category) + 1 : value

function putDifference(writer: BitWriter, { codes }: HuffmanCodes, difference: number): void {
  const category = 32 - Math.clz32(Math.abs(difference))
  const code = codes[category] ?? 0
  writer.put(code >> 8, code & 255)
  writer.put((difference < 0 ? difference - 1 : difference) & ((1 << category) - 1), category)
}
