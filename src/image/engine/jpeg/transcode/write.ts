import { type BandSource, createBreaks } from '../decode/bands.ts'
import { BLOCK_BYTES, createScanWriter, progressiveTokenBytes } from '../encode/progressive-coder.ts'
import { huffmanSegment, scanHeader } from '../encode/segments.ts'
import { optimalTable } from '../encode/tables.ts'
import type { TokenWriter } from '../encode/token-writer.ts'
import type { TranscodeCore } from './exports.ts'
import type { ResultComponent } from './headers.ts'
import type { KeptComponent, TranscodeLayout } from './layout.ts'
import type { CoefficientStore, KeptBlocks } from './store.ts'

/** Offsets in the core's structures of the result's components. */
const FIELDS = {
  records: 0,
  dc: 4,
  across: 8,
  down: 12,
  stepAcross: 16,
  tables: 20,
  prediction: 24,
  blocks: 28,
  blockStride: 32,
  stepDown: 36,
  realAcross: 40,
  realDown: 44,
} as const
const STRUCTURE_BYTES = 48
const TOKENS_PER_BLOCK_BYTES = 256
/** Bit 9 of a token: the second pair of tables. */
const SECOND_TABLES = 512

/** Blocks of a row of MCUs of the result. */
export const rowBlocks = ({ mcusAcross, components }: TranscodeLayout): number =>
  mcusAcross * components.reduce((sum, { across, down }) => sum + across * down, 0)

/** Bytes of the core's memory that writing takes beside the token writer. */
export const writingBytes = (layout: TranscodeLayout, progressive: boolean): number =>
  layout.components.length * STRUCTURE_BYTES +
  (progressive ? rowBlocks(layout) * BLOCK_BYTES + progressiveTokenBytes(rowBlocks(layout)) : rowBlocks(layout) * TOKENS_PER_BLOCK_BYTES) +
  128

/** The result's components in the core. */
export interface ResultTable {
  readonly ptr: number
  /** Points to row `row` of the result's MCUs. */
  place(row: number): void
  /** Where component `index` has the blocks of the row of MCUs for progressive scans, and the bytes of a row of blocks. */
  placeBlocks(index: number, blocks: number, stride: number): void
  /** Address of the structure of component `index`. */
  at(index: number): number
  resetPredictions(): void
}

export function createResultTable(
  core: TranscodeCore,
  layout: TranscodeLayout,
  store: CoefficientStore,
  components: readonly ResultComponent[],
): ResultTable {
  const ptr = core.alloc(layout.components.length * STRUCTURE_BYTES)
  const set = (index: number, field: number, value: number): void =>
    core.view().setInt32(ptr + index * STRUCTURE_BYTES + field, value, true)
  layout.components.forEach(({ across, down, stepAcross, stepDown, columns }, i) => {
    set(i, FIELDS.across, across)
    set(i, FIELDS.down, down)
    set(i, FIELDS.stepAcross, stepAcross)
    set(i, FIELDS.stepDown, stepDown)
    set(i, FIELDS.realAcross, columns)
    set(i, FIELDS.tables, (components[i]?.tables ?? 0) * SECOND_TABLES)
  })
  return {
    ptr,
    place: (row) =>
      layout.components.forEach(({ origin, stepDown, down, rows }: KeptComponent, i) => {
        const { records, dc } = store.blocks[i] as KeptBlocks
        const first = origin + row * down * stepDown
        set(i, FIELDS.records, records + first * 4)
        set(i, FIELDS.dc, dc + first * 2)
        set(i, FIELDS.realDown, Math.min(down, rows - row * down))
      }),
    placeBlocks(index, blocks, stride) {
      set(index, FIELDS.blocks, blocks)
      set(index, FIELDS.blockStride, stride)
    },
    at: (index) => ptr + index * STRUCTURE_BYTES,
    resetPredictions: () => layout.components.forEach((_, i) => set(i, FIELDS.prediction, 0)),
  }
}

/**
 * One interleaved scan with the Huffman tables that fit it best. `writer` has counted the AC symbols of the stored blocks. Answers false when a coefficient is
 * larger than a file of 8 bits may have.
 */
export function* writeScan(
  core: TranscodeCore,
  layout: TranscodeLayout,
  components: readonly ResultComponent[],
  table: ResultTable,
  writer: TokenWriter,
): BandSource<boolean> {
  const tokens = core.alloc(rowBlocks(layout) * TOKENS_PER_BLOCK_BYTES)
  const isBreak = createBreaks()
  const codeRows = function* (target: number): BandSource {
    table.resetPredictions()
    for (let row = 0; row < layout.mcuRows; row++) {
      table.place(row)
      const end = core.exports.jpegCodeRow(table.ptr, components.length, layout.mcusAcross, target, writer.counts)
      if (target > 0) writer.write(target, end)
      if (target > 0 && isBreak(rowBlocks(layout))) yield []
    }
  }
  yield* codeRows(0)
  if (core.exports.jpegCoefficientsOverflow() !== 0) return false
  const tables = [0, 1, 2, 3].map((number) => optimalTable(writer.countsOf(number)))
  tables.forEach((huffman, number) => {
    if (huffman.symbols.length > 0) writer.append(huffmanSegment(number % 2 === 0 ? 'dc' : 'ac', number >> 1, huffman))
  })
  writer.append(scanHeader(components, { first: 0, last: 63, high: 0, low: 0 }))
  writer.useTables(tables)
  yield* codeRows(tokens)
  writer.finish()
  return true
}

/** Several scans: the rows of blocks are expanded out of the records anew for each. Answers as `writeScan` does. */
export function* writeScans(
  core: TranscodeCore,
  layout: TranscodeLayout,
  components: readonly ResultComponent[],
  table: ResultTable,
  writer: TokenWriter,
): BandSource<boolean> {
  if (core.exports.jpegCoefficientsOverflow() !== 0) return false
  const { mcusAcross, mcuRows } = layout
  const tokens = core.alloc(progressiveTokenBytes(rowBlocks(layout)))
  const rows = layout.components.map(({ across, down }) => {
    const stride = mcusAcross * across * BLOCK_BYTES
    return { ptr: core.alloc(stride * down), stride, across, down }
  })
  const expand = (index: number, y: number): number => {
    const { ptr, stride, across } = rows[index] as (typeof rows)[number] // one a component
    const at = ptr + y * stride
    core.exports.jpegExpandRow(table.at(index), y, mcusAcross * across, at, at - stride)
    return at
  }
  const picture = {
    mcusAcross,
    mcuRows,
    table,
    components: components.map((component, i) => ({ ...component, ...sizeOf(layout, i) })),
    place(row: number): void {
      table.place(row)
      rows.forEach(({ ptr, stride, down }, index) => {
        table.placeBlocks(index, ptr, stride)
        for (let y = 0; y < down; y++) expand(index, y)
      })
    },
    rowAt(index: number, row: number): number {
      const { down } = rows[index] as (typeof rows)[number]
      table.place(Math.floor(row / down))
      return expand(index, row % down)
    },
  }
  const isBreak = createBreaks()
  const write = createScanWriter(core, picture, writer, tokens)
  for (const _row of write()) if (isBreak(rowBlocks(layout))) yield []
  return true
}

const sizeOf = ({ components }: TranscodeLayout, index: number): Pick<KeptComponent, 'columns' | 'rows'> => {
  const { columns, rows } = components[index] as KeptComponent // one a component of the result
  return { columns, rows }
}
