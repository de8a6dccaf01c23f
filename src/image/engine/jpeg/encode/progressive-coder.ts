import type { ComponentTable, EncodedComponent, EncodedFrame, JpegEncoderCore } from './frame.ts'
import { huffmanSegment, type ScanRange, scanHeader } from './segments.ts'
import type { JpegCoder } from './sequential-coder.ts'
import { optimalTable } from './tables.ts'
import type { TokenWriter } from './token-writer.ts'

/** A stored block: a mask of 8 bytes, 64 coefficients of 2. */
const BLOCK_BYTES = 136
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
const batchBlocks = ({ mcusAcross, blocksPerMcu }: EncodedFrame): number => Math.max(BATCH_BLOCKS, mcusAcross * blocksPerMcu)

/** Bytes of the core's memory that the coefficients and a batch of tokens take. */
export const progressiveCoderBytes = (frame: EncodedFrame): number =>
  frame.components.reduce((sum, component) => sum + rowBytes(component) * component.down * frame.mcuRows + 16, 0) +
  batchBlocks(frame) * 4 +
  BATCH_BLOCKS * TOKENS_PER_BLOCK_BYTES +
  64

/** Several scans over stored coefficients, each with Huffman tables of its own: every scan is passed over twice, first only counting. */
export function createProgressiveCoder(core: JpegEncoderCore, frame: EncodedFrame, table: ComponentTable, writer: TokenWriter): JpegCoder {
  const blocks = frame.components.map((component) => core.alloc(rowBytes(component) * component.down * frame.mcuRows))
  const tokens = core.alloc(Math.max(BATCH_BLOCKS * TOKENS_PER_BLOCK_BYTES, batchBlocks(frame) * 4))
  const wasm = core.exports
  const count = frame.components.length
  const placeBlocks = (row: number): void =>
    frame.components.forEach((component, i) => {
      table.placeBlocks(i, (blocks[i] ?? 0) + rowBytes(component) * component.down * row, rowBytes(component))
    })

  /** Hands over the tokens of a scan, part by part. */
  const passOver = ({ components, first, last, high, low }: Scan, use: (end: number) => void): void => {
    wasm.startScan()
    if (first === 0) {
      table.resetPredictions()
      for (let row = 0; row < frame.mcuRows; row++) {
        placeBlocks(row)
        use(wasm.scanDcRow(table.ptr, count, frame.mcusAcross, low, high > 0 ? 1 : 0, tokens, writer.counts))
      }
      return
    }
    const index = components[0] ?? 0
    const component = frame.components[index] as EncodedComponent
    const symbols = (component.tables * 2 + 1) * 256
    const scanRow = high > 0 ? wasm.refineAcRow : wasm.scanAcRow
    // A scan of one component has only the blocks that its samples touch, not those that fill MCUs.
    const across = Math.ceil(component.width / 8)
    for (let row = 0; row < Math.ceil(component.height / 8); row++) {
      const at = (blocks[index] ?? 0) + row * rowBytes(component)
      for (let x = 0; x < across; x += BATCH_BLOCKS) {
        use(scanRow(at + x * BLOCK_BYTES, Math.min(BATCH_BLOCKS, across - x), first, last, low, symbols, tokens, writer.counts))
      }
    }
    use(wasm.endBandRun(symbols, tokens, writer.counts))
  }

  const writeScan = (scan: Scan): void => {
    const components = scan.components.map((index) => frame.components[index] as EncodedComponent)
    writer.clear()
    passOver(scan, () => undefined)
    const tables = [0, 1, 2, 3].map((number) => optimalTable(writer.countsOf(number)))
    tables.forEach((huffman, number) => {
      if (huffman.symbols.length > 0) writer.append(huffmanSegment(number % 2 === 0 ? 'dc' : 'ac', number >> 1, huffman))
    })
    writer.append(scanHeader(components, scan))
    writer.useTables(tables)
    passOver(scan, (end) => writer.write(tokens, end))
    writer.finish()
  }

  let row = 0
  return {
    encodeRow() {
      placeBlocks(row++)
      wasm.storeRow(table.ptr, count, frame.mcusAcross)
    },
    finish: () => scansOf(count).forEach(writeScan),
  }
}
