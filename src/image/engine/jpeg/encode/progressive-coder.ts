import type { ComponentTable, EncodedComponent, EncodedFrame, JpegEncoderCore } from './frame.ts'
import { type FrameComponent, huffmanSegment, type ScanRange, scanHeader } from './segments.ts'
import type { JpegCoder } from './sequential-coder.ts'
import { optimalTable } from './tables.ts'
import type { TokenWriter } from './token-writer.ts'

/** A stored block: a mask of 8 bytes, 64 coefficients of 2. */
export const BLOCK_BYTES = 136
/** Blocks that one call into the core passes over, and the tokens that each may give: 63 symbols, 63 corrections, an earlier run's end. */
const BATCH_BLOCKS = 256
const TOKENS_PER_BLOCK_BYTES = 1024

interface Scan extends ScanRange {
  /** Indices in the frame. */
  readonly components: readonly number[]
}

const dc = (count: number, high: number, low: number): Scan => ({ components: [0, 1, 2].slice(0, count), first: 0, last: 0, high, low })
const ac = (component: number, first: number, last: number, high: number, low: number): Scan => ({
  components: [component],
  first,
  last,
  high,
  low,
})

/** A rough picture first, then chroma, then luma's details, then the last bits: the order that browsers show best. */
const scansOf = (count: number): readonly Scan[] =>
  count === 1
    ? [dc(1, 0, 1), ac(0, 1, 5, 0, 2), ac(0, 6, 63, 0, 2), ac(0, 1, 63, 2, 1), dc(1, 1, 0), ac(0, 1, 63, 1, 0)]
    : [
        dc(3, 0, 1),
        ac(0, 1, 5, 0, 2),
        ac(2, 1, 63, 0, 1),
        ac(1, 1, 63, 0, 1),
        ac(0, 6, 63, 0, 2),
        ac(0, 1, 63, 2, 1),
        dc(3, 1, 0),
        ac(2, 1, 63, 1, 0),
        ac(1, 1, 63, 1, 0),
        ac(0, 1, 63, 1, 0),
      ]

const rowBytes = ({ paddedWidth }: EncodedComponent): number => (paddedWidth / 8) * BLOCK_BYTES
/** Bytes of a batch of tokens, where a row of MCUs has so many blocks. */
export const progressiveTokenBytes = (rowBlocks: number): number => Math.max(BATCH_BLOCKS * TOKENS_PER_BLOCK_BYTES, rowBlocks * 4)

/** Bytes of the core's memory that the coefficients and a batch of tokens take. */
export const progressiveCoderBytes = (frame: EncodedFrame): number =>
  frame.components.reduce((sum, component) => sum + rowBytes(component) * component.down * frame.mcuRows + 16, 0) +
  progressiveTokenBytes(frame.mcusAcross * frame.blocksPerMcu) +
  64

/** A picture's blocks, as progressive scans pass over them. */
export interface ScannedBlocks {
  readonly mcusAcross: number
  readonly mcuRows: number
  /** `columns`, `rows`: blocks that have samples, and not those that fill MCUs. */
  readonly components: readonly (FrameComponent & { readonly columns: number; readonly rows: number })[]
  /** The components' structures in the core. */
  readonly table: Pick<ComponentTable, 'ptr' | 'resetPredictions'>
  /** Tells the structures where the blocks of a row of MCUs are. */
  place(row: number): void
  /** Address of a row of blocks of component `index`. */
  rowAt(index: number, row: number): number
}

/** Several scans, each with Huffman tables of its own: every scan is passed over twice, first only counting. `tokens`: room for those of a batch. */
export function createScanWriter({ exports: wasm }: JpegEncoderCore, picture: ScannedBlocks, writer: TokenWriter, tokens: number) {
  const { table } = picture
  const count = picture.components.length

  /** Hands over the tokens of a scan, part by part. */
  const passOver = function* ({ components, first, last, high, low }: Scan, use: (end: number) => void): Generator<void> {
    wasm.startScan()
    if (first === 0) {
      table.resetPredictions()
      for (let row = 0; row < picture.mcuRows; row++) {
        picture.place(row)
        use(wasm.scanDcRow(table.ptr, count, picture.mcusAcross, low, high > 0 ? 1 : 0, tokens, writer.counts))
        yield
      }
      return
    }
    const index = components[0] ?? 0
    const { columns, rows, tables } = picture.components[index] ?? { columns: 0, rows: 0, tables: 0 }
    const symbols = (tables * 2 + 1) * 256
    const scanRow = high > 0 ? wasm.refineAcRow : wasm.scanAcRow
    for (let row = 0; row < rows; row++) {
      const at = picture.rowAt(index, row)
      for (let x = 0; x < columns; x += BATCH_BLOCKS) {
        use(scanRow(at + x * BLOCK_BYTES, Math.min(BATCH_BLOCKS, columns - x), first, last, low, symbols, tokens, writer.counts))
      }
      yield
    }
    use(wasm.endBandRun(symbols, tokens, writer.counts))
  }

  const writeScan = function* (scan: Scan): Generator<void> {
    const components = picture.components.filter((_, index) => scan.components.includes(index))
    writer.clear()
    yield* passOver(scan, () => undefined)
    const tables = [0, 1, 2, 3].map((number) => optimalTable(writer.countsOf(number)))
    tables.forEach((huffman, number) => {
      if (huffman.symbols.length > 0) writer.append(huffmanSegment(number % 2 === 0 ? 'dc' : 'ac', number >> 1, huffman))
    })
    writer.append(scanHeader(components, scan))
    writer.useTables(tables)
    yield* passOver(scan, (end) => writer.write(tokens, end))
    writer.finish()
  }

  return function* (): Generator<void> {
    for (const scan of scansOf(count)) yield* writeScan(scan)
  }
}

/** Several scans over stored coefficients. */
export function createProgressiveCoder(core: JpegEncoderCore, frame: EncodedFrame, table: ComponentTable, writer: TokenWriter): JpegCoder {
  const blocks = frame.components.map((component) => core.alloc(rowBytes(component) * component.down * frame.mcuRows))
  const tokens = core.alloc(progressiveTokenBytes(frame.mcusAcross * frame.blocksPerMcu))
  const rowAt = (index: number, row: number): number => (blocks[index] ?? 0) + row * rowBytes(frame.components[index] as EncodedComponent)
  const place = (row: number): void =>
    frame.components.forEach((component, i) => table.placeBlocks(i, rowAt(i, component.down * row), rowBytes(component)))
  const components = frame.components.map((component) => ({
    ...component,
    columns: Math.ceil(component.width / 8),
    rows: Math.ceil(component.height / 8),
  }))
  const write = createScanWriter(
    core,
    { mcusAcross: frame.mcusAcross, mcuRows: frame.mcuRows, components, table, place, rowAt },
    writer,
    tokens,
  )
  let row = 0
  return {
    encodeRow() {
      place(row++)
      core.exports.storeRow(table.ptr, components.length, frame.mcusAcross)
    },
    finish() {
      for (const _row of write()) continue
    },
  }
}
