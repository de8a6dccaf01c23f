import { SYMMETRY, type Orientation } from '../../../orientation.ts'
import { ZIGZAG } from '../zigzag.ts'
import type { TranscodeCore } from './exports.ts'
import type { KeptComponent, TranscodeLayout } from './layout.ts'

/** The kept blocks of one component in the core: the address of each block's record (u32), and its DC coefficient (i16), row by row. */
export interface KeptBlocks {
  readonly records: number
  readonly dc: number
}

/** The blocks that are kept of a file. */
export interface CoefficientStore {
  readonly blocks: readonly KeptBlocks[]
  /** Makes sure that the records of `blocks` blocks find room. Answers whether they do. */
  provide(blocks: number): boolean
  /** Where the core keeps the blocks of component `index` that stand at place `i` of the scan, in the row of blocks `row` and `rows - 1` below it. */
  place(i: number, index: number, row: number, rows: number): void
}

/** Offsets in the core's records of what is kept. */
const KEPT = { records: 0, dc: 4, columns: 8, left: 12, right: 16, top: 20, bottom: 24, counts: 28 } as const
const KEPT_BYTES = 32
const TURN_ENTRIES = 128
/** Records get room in steps of so many bytes at least. */
const STEP_BYTES = 512 * 1024
/** A record without its values, and the rest of a block in the store. */
const [RECORD_BYTES, BLOCK_BYTES] = [8, 6]
/** A coefficient takes two bits of a file at least, and one byte of a record; larger ones three, and nine bits. */
const VALUE_BYTES_A_BYTE = 4
const MOST_VALUE_BYTES = 63 * 3

const blocksOf = ({ left, right, top, bottom }: KeptComponent): number => (right - left) * (bottom - top)

/** Blocks of a row of MCUs of the file. */
export const rowBlocks = ({ frame }: TranscodeLayout): number =>
  frame.mcusAcross * frame.components.reduce((sum, { h, v }) => sum + h * v, 0)

/** Bytes that the records take at most, whatever a file of so many bytes holds. */
const recordsBytes = (layout: TranscodeLayout, fileBytes: number): number => {
  const blocks = layout.components.reduce((sum, component) => sum + blocksOf(component), 0)
  return blocks * RECORD_BYTES + Math.min(VALUE_BYTES_A_BYTE * fileBytes, MOST_VALUE_BYTES * blocks)
}

/** Upper bound of the core's memory that the store takes. */
export const storeBytes = (layout: TranscodeLayout, fileBytes: number): number =>
  recordsBytes(layout, fileBytes) +
  layout.components.reduce((sum, component) => sum + blocksOf(component) * BLOCK_BYTES + 64, 0) +
  2 * roomOf(layout)

/** What is left unused where records go on elsewhere. */
const roomOf = (layout: TranscodeLayout): number => Math.max(STEP_BYTES, rowBlocks(layout) * (RECORD_BYTES + MOST_VALUE_BYTES))

/** `countsOf`: the address where the AC symbols of component `index` are counted. */
export function openStore(
  core: TranscodeCore,
  layout: TranscodeLayout,
  fileBytes: number,
  countsOf: (index: number) => number,
): CoefficientStore {
  const { exports } = core
  exports.jpegStartTranscoding()
  writeTurn(core, layout.orientation)
  const blocks = layout.components.map((component) => {
    const count = blocksOf(component)
    const [records, dc] = [core.alloc(count * 4), core.alloc(count * 2)]
    core.bytes().fill(0, records, records + count * 4)
    core.bytes().fill(0, dc, dc + count * 2)
    return { records, dc }
  })
  let [end, left] = [0, recordsBytes(layout, fileBytes) + roomOf(layout)]
  return {
    blocks,
    provide(count) {
      const needed = exports.jpegRecordBytes(count)
      const at = exports.jpegRecordsAt()
      if (end - at >= needed) return true
      const step = Math.max(STEP_BYTES, needed)
      left -= step
      if (left < 0) return false
      const room = core.alloc(step)
      if (room !== end) exports.jpegPlaceRecords(room)
      end = room + step
      return true
    },
    place(i, index, row, rows) {
      const component = layout.components[index] as KeptComponent
      const { records, dc } = blocks[index] as KeptBlocks
      const columns = component.right - component.left
      const first = (row - component.top) * columns - component.left
      const view = core.view()
      const at = exports.jpegKept() + i * KEPT_BYTES
      const set = (field: number, value: number): void => view.setInt32(at + field, value, true)
      set(KEPT.records, records + first * 4)
      set(KEPT.dc, dc + first * 2)
      set(KEPT.columns, columns)
      set(KEPT.left, component.left)
      set(KEPT.right, component.right)
      set(KEPT.top, Math.max(0, component.top - row))
      set(KEPT.bottom, Math.max(0, Math.min(rows, component.bottom - row)))
      set(KEPT.counts, countsOf(index))
    },
  }
}

/** Mirroring negates the coefficients of odd frequencies along its axis; transposing exchanges the axes. */
function writeTurn({ exports, view }: TranscodeCore, orientation: Orientation): void {
  const { transpose, mirrorX, mirrorY } = SYMMETRY[orientation]
  const memory = view()
  for (let k = 0; k < TURN_ENTRIES; k++) {
    const natural = ZIGZAG[Math.min(k, 63)] as number
    const [row, column] = [natural >> 3, natural & 7]
    const place = ZIGZAG.indexOf(transpose ? column * 8 + row : natural)
    const isNegated = (mirrorX && column % 2 === 1) !== (mirrorY && row % 2 === 1)
    memory.setUint32(exports.jpegTurn() + 4 * k, ((place * 2) << 16) | (isNegated ? 0xffff : 1), true)
  }
}
