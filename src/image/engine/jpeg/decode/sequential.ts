import type { JpegFrame } from './frame.ts'
import { COMPONENT, COMPONENT_BYTES, type ScanGrid, type Strip, scanComponent, scanGrid, showColumns, startScan } from './scan-setup.ts'
import type { JpegScanHeader, JpegState } from './state.ts'
import type { Band } from '../../plane-stream.ts'

/** Rows that a band has at least (in the largest component), so that calls do not outweigh work at small scales. */
const BAND_ROWS = 16

const NO_STRIP: Strip = { ptr: 0, stride: 0 }

/** Decoded rows, band by band; bands without rows while the decoder works on what comes later. */
export type BandSource = Generator<readonly Band[]>

/** Blocks that are read without a sample before others may compute: about a millisecond of work. */
const BLOCKS_BETWEEN_BANDS = 16_000
/** Blocks that are read in the time that one takes whose samples are made. */
const SAMPLED = 4

/** Tells when so much has been read that a band without rows is due. */
export function createBreaks(): (blocks: number) => boolean {
  let read = 0
  return (blocks) => {
    read += blocks
    if (read < BLOCKS_BETWEEN_BANDS) return false
    read = 0
    return true
  }
}

/** A band without rows for each component. */
export const noBands = ({ components }: JpegFrame): readonly Band[] => components.map(() => ({ ptr: 0, stride: 0, rows: 0 }))

/** Cuts the shown rows of MCUs into bands. */
export interface BandRows {
  /** Rows of MCUs of a band. */
  readonly mcuRows: number
  /** Fills the strips with the next band: `decode(row, strip)` makes row `row` of the picture's MCUs the strips' row `strip`. */
  next(strips: readonly Strip[], decode: (row: number, strip: number) => void, finish: (mcuRows: number) => void): readonly Band[] | null
}

export function bandRows({ components, rows }: JpegFrame): BandRows {
  const height = Math.max(...components.map(({ v, size }) => v * size))
  const mcuRows = Math.min(Math.ceil(BAND_ROWS / height), rows.to - rows.from)
  let row = rows.from
  return {
    mcuRows,
    next(strips, decode, finish) {
      if (row >= rows.to) return null
      const first = row
      while (row < rows.to && row - first < mcuRows) {
        decode(row, row - first)
        row++
      }
      finish(row - first)
      return components.map(({ v, size, plane }, i) => {
        const end = Math.min((row - rows.from) * v * size, plane.height)
        return { ...(strips[i] ?? NO_STRIP), rows: Math.max(0, end - (first - rows.from) * v * size) }
      })
    },
  }
}

/** A file whose first scan has all components: rows leave as they are decoded, through strips of a few MCU rows. */
export function* streamedRows(state: JpegState, scan: JpegScanHeader): BandSource {
  const { frame } = state
  const bands = bandRows(frame)
  const strips = allocateStrips(state, bands.mcuRows)
  const grid = scanGrid(frame, scan)
  startSequential(state, scan, grid, strips)
  yield* skipRows(state, grid)
  const finish = (mcuRows: number) => {
    invertInk(state, strips, mcuRows)
    state.collectWarnings()
  }
  const next = () => bands.next(strips, (_, strip) => decodeRow(state, scan, strips, strip), finish)
  for (let band = next(); band; band = next()) yield band
}

/** A file of several sequential scans: each is decoded into whole planes, in memory, before the first row leaves. */
export function* bufferedRows(state: JpegState, first: JpegScanHeader): BandSource {
  const { frame, core } = state
  const mcuRows = frame.rows.to - frame.rows.from
  const planes = allocateStrips(state, mcuRows)
  // A component without a scan has zero coefficients.
  frame.components.forEach(({ v, size }, i) => {
    const plane = planes[i]
    if (plane) core.bytes().fill(128, plane.ptr, plane.ptr + plane.stride * mcuRows * v * size)
  })
  for (let scan: JpegScanHeader | null = first; scan; scan = state.nextScan(state.input.finish())) {
    const current = scan
    state.countScan(current)
    const grid = scanGrid(frame, current)
    startSequential(state, current, grid, planes)
    yield* skipRows(state, grid)
    const isBreak = createBreaks()
    for (let row = 0; row < grid.rows.to - grid.rows.from; row++) {
      decodeRow(state, current, planes, row)
      if (isBreak(grid.blocks * SAMPLED)) yield noBands(frame)
    }
    state.collectWarnings()
  }
  invertInk(state, planes, mcuRows)
  yield frame.components.map(({ plane }, i) => ({ ...(planes[i] ?? NO_STRIP), rows: plane.height }))
}

/** Room for `mcuRows` rows of MCUs of each component, as wide as the frame's shown columns. */
export function allocateStrips({ core, frame }: JpegState, mcuRows: number): Strip[] {
  return frame.components.map(({ h, v, size }) => {
    const stride = ((frame.columns.to - frame.columns.from) * h * size + 15) & ~15
    return { ptr: core.alloc(stride * v * size * mcuRows + 16), stride }
  })
}

function startSequential(state: JpegState, scan: JpegScanHeader, grid: ScanGrid, strips: readonly Strip[]): void {
  const { across, rows, columns } = grid
  const isPart = rows.from > 0 || columns.from > 0 || columns.to < across
  const isSkipping = isPart || scan.components.some((_, i) => scanComponent(state.frame, scan, i).size === 1)
  const tables = scan.components.map(({ index, dcTable, acTable }) => ({
    dc: state.tables.huffman('dc', dcTable),
    ac: state.tables.huffman('ac', acTable),
    skip: isSkipping ? state.core.exports.jpegBuildSkip(acTable) : 0,
    map: state.coefficientMap(index),
    stride: strips[index]?.stride ?? 0,
  }))
  startScan(state, scan, grid)
  const view = state.core.view()
  tables.forEach(({ dc, ac, skip, map, stride }, i) => {
    const at = state.core.exports.jpegComponents() + i * COMPONENT_BYTES
    view.setInt32(at + COMPONENT.dcTable, dc, true)
    view.setInt32(at + COMPONENT.acTable, ac, true)
    view.setInt32(at + COMPONENT.skip, skip, true)
    view.setInt32(at + COMPONENT.map, map, true)
    view.setInt32(at + COMPONENT.stride, stride, true)
  })
}

/** Decodes the rows above the shown ones, without making samples. */
function* skipRows(state: JpegState, grid: ScanGrid): BandSource {
  const isBreak = createBreaks()
  showColumns(state, grid, false)
  for (let row = 0; row < grid.rows.from; row++) {
    while (state.core.exports.jpegDecodeRow() === 0) state.input.supply()
    if (isBreak(grid.blocks)) yield noBands(state.frame)
  }
  showColumns(state, grid, true)
}

/** Decodes one row of the scan's units to row `row` of its strips. */
function decodeRow(state: JpegState, scan: JpegScanHeader, strips: readonly Strip[], row: number): void {
  const { core, frame } = state
  const view = core.view()
  scan.components.forEach(({ index }, i) => {
    const { v, size } = scanComponent(frame, scan, i)
    const { ptr, stride } = strips[index] ?? NO_STRIP
    const blockRows = scan.components.length > 1 ? v : 1
    const at = core.exports.jpegComponents() + i * COMPONENT_BYTES
    view.setInt32(at + COMPONENT.out, ptr + row * blockRows * size * stride, true)
  })
  while (core.exports.jpegDecodeRow() === 0) state.input.supply()
}

/**
 * Turns the samples of four components into amounts of ink. Files store them inverted (255: no ink), as Adobe began it: browsers, ImageMagick and
 * libvips read every CMYK JPEG so, with or without Adobe's marker. In YCCK only K needs it: YCbCr stands for inverted CMY, which is ink again.
 */
export function invertInk({ core, header, frame }: JpegState, strips: readonly Strip[], mcuRows: number): void {
  if (header.components.length !== 4) return
  strips.forEach(({ ptr, stride }, i) => {
    const component = frame.components[i]
    if (component && (header.colour === 'cmyk' || i === 3)) core.exports.invertRow(ptr, stride * component.v * component.size * mcuRows)
  })
}
