import { AppError } from '../../../errors.ts'
import { damagedBmff } from '../../engine/bmff/boxes.ts'
import { dataOf, type Item } from '../../engine/bmff/items.ts'
import { propertyBytes } from '../../engine/bmff/picture.ts'
import type { Core } from '../../engine/core.ts'
import { giveBack } from '../../engine/parts.ts'
import type { Band } from '../../engine/plane-stream.ts'
import { allocateRows, BAND_ROWS, NO_ROWS, type PixelRows, rowsBytes } from '../../engine/rows/pixel-rows.ts'
import type { CodedItems, CodedShape } from '../bmff/coded-items.ts'
import { codePointsBox } from '../bmff/reader.ts'
import { stillFile } from '../bmff/still-file.ts'
import { createDecoder, type DecodedPicture, type DecodeStill } from './decoder.ts'
import { bitsOf } from './header.ts'

/** What the module starts with, and needs for a cell of 512 × 512. */
const LEAST_BYTES = 18_000_000

/** Upper bound of what libheif takes for a picture in one piece, by measurement. */
export const decoderBytes = ({ width, height, sampleBytes }: CodedShape, fileBytes: number): number =>
  Math.max(LEAST_BYTES, (5 + 2.5 * sampleBytes) * (width + 64) * (height + 64) + 4 * fileBytes + 4_000_000)

/** Of all samples, in whole coding tree blocks. */
const planesBytes = ({ width, height, sampleBytes }: CodedShape): number => 2 * Math.ceil((sampleBytes * (width + 64) * (height + 64)) / 2)

/** What rows of one kind are made of. */
interface Source {
  readonly file: Uint8Array
  readonly module: WebAssembly.Module
  readonly items: CodedItems
  /** A `colr` box with the matrix, for cells that have none. */
  readonly colours: Uint8Array | null
}

/** Of the data of one cell; at most those of the file. */
export const largestBytes = ({ cells }: CodedItems, fileBytes: number): number =>
  Math.min(fileBytes, Math.max(...cells.map(({ extents }) => extents.reduce((sum, { length }) => sum + length, 0))))

function decodeItem(decodeStill: DecodeStill, { file, items: { cell }, colours }: Source, item: Item): DecodedPicture {
  const configuration = propertyBytes(file, item, 'hvcC')
  if (!configuration || configuration.length < 31) throw damagedBmff('a picture lacks its configuration')
  const data = dataOf(file, item)
  const still = stillFile({
    ...cell,
    brand: 'heic',
    type: 'hvc1',
    bits: bitsOf(configuration),
    configuration,
    colours: codePointsBox(file, item) ?? colours,
    data,
  })
  const picture = decodeStill(still, { bits: bitsOf(configuration)[0] ?? 8, bytes: planesBytes(cell) })
  giveBack(data)
  giveBack(still)
  if (picture.width === cell.width && picture.height === cell.height) return picture
  picture.release()
  throw damagedBmff('the header lies about the size')
}

/** The rows of a picture in one piece, copied out of libheif's memory band by band. */
function* rowsOfOne(core: Core, decode: DecodeStill, source: Source, item: Item): Generator<Band> {
  const { width, height } = source.items
  const { ptr, stride } = allocateRows(core, width, BAND_ROWS)
  const picture = decodeItem(decode, source, item)
  try {
    yield NO_ROWS
    for (let y = 0; y < height; y += BAND_ROWS) {
      const rows = Math.min(BAND_ROWS, height - y)
      for (let row = 0; row < rows; row++) core.bytes().set(picture.row(y + row), ptr + row * stride)
      yield { ptr, stride, rows }
    }
  } finally {
    picture.release()
  }
}

/** The rows of a grid: its cells are decoded one by one, and put beside each other. */
function* rowsOfGrid(core: Core, decode: DecodeStill, source: Source): Generator<Band> {
  const { width, height, columns, cells, cell } = source.items
  const { ptr, stride } = allocateRows(core, width, Math.min(height, cell.height))
  for (let top = 0; top < height; top += cell.height) {
    const rows = Math.min(cell.height, height - top)
    for (let column = 0; column < columns; column++) {
      const bytes = Math.min(cell.width, width - column * cell.width) * 4
      if (bytes <= 0) break
      const item = cells[(top / cell.height) * columns + column]
      if (!item) throw new AppError('internal', { detail: 'A grid has a cell for each place.' })
      const picture = decodeItem(decode, source, item)
      const memory = core.bytes()
      for (let row = 0; row < rows; row++) memory.set(picture.row(row).subarray(0, bytes), ptr + row * stride + column * cell.width * 4)
      picture.release()
      yield NO_ROWS
    }
    for (let y = 0; y < rows; y += BAND_ROWS) yield { ptr: ptr + y * stride, stride, rows: Math.min(BAND_ROWS, rows - y) }
  }
}

function bandsOf(core: Core, source: Source): Generator<Band> {
  const { file, module, items } = source
  const { cells, width, height, cell } = items
  const [only] = cells
  const isOne = cells.length === 1 && only && cell.width === width && cell.height === height
  const decode = createDecoder(module, decoderBytes(cell, largestBytes(items, file.length)))
  return isOne ? rowsOfOne(core, decode, source, only) : rowsOfGrid(core, decode, source)
}

/** Where each row lies, one by one; `null` where there is none yet. */
function* eachRow(bands: Iterable<Band>): Generator<number | null> {
  for (const { ptr, stride, rows } of bands) {
    if (rows === 0) yield null
    for (let row = 0; row < rows; row++) yield ptr + row * stride
  }
}

/** Puts the levels of one picture into the alpha of another of the same size. */
function* withAlpha(core: Core, width: number, colours: Iterable<Band>, alpha: Iterable<Band>): Generator<Band> {
  const levels = eachRow(alpha)
  for (const band of colours) {
    for (let row = 0; row < band.rows; row++) {
      let from = levels.next().value as number | null // as many rows as the colours
      while (from === null) {
        yield NO_ROWS
        from = levels.next().value as number | null
      }
      const to = band.ptr + row * band.stride
      const memory = core.bytes()
      for (let at = 0; at < width * 4; at += 4) memory[to + at + 3] = memory[from + at] as number // inside
    }
    yield band
  }
}

/** The stored picture, in its own colours, row by row. */
export function heicRows(core: Core, colour: Source, alpha: Source | null): PixelRows {
  const { width, height } = colour.items
  const bands = bandsOf(core, colour)
  return { width, height, isOpaque: alpha === null, bands: alpha ? withAlpha(core, width, bands, bandsOf(core, alpha)) : bands }
}

/** Upper bound of what the rows of one kind hold beside the file: libheif's memory, rows, and a cell's data with and without the file around them. */
export function heicRowsBytes(items: CodedItems, fileBytes: number): number {
  const { width, height, cells, cell } = items
  const isOne = cells.length === 1 && cell.width === width && cell.height === height
  const largest = largestBytes(items, fileBytes)
  return decoderBytes(cell, largest) + 2 * largest + rowsBytes(width, isOne ? BAND_ROWS : Math.min(height, cell.height))
}
