import {
  allocateStrips,
  type BandSource,
  bandRows,
  createBreaks,
  invertInk,
  mcuRowParts,
  mcuRowsWithin,
  noBands,
  NO_STRIP,
  type Strip,
} from './bands.ts'
import type { JpegFrame } from './frame.ts'
import { COMPONENT, COMPONENT_BYTES, SCAN, type ScanGrid, scanComponent, scanGrid, showColumns, startScan } from './scan-setup.ts'
import type { JpegScanHeader, JpegState } from './state.ts'
import { createTurn, findScans, type ScanTurn, unitRows } from './turns.ts'

/** Blocks that are read in the time that one takes whose samples are made. */
const SAMPLED = 4

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

/** Where a unit of a scan begins. */
export interface UnitPlace {
  readonly offset: number
  readonly bit: number
  /** DC predictors of the scan's components. */
  readonly predictors: readonly number[]
}

/**
 * Reads a scan to its end without making samples, and tells where each `step`-th unit of each row begins, and at last where the scan ends. The state's frame must show
 * a part of the picture.
 */
export function* passedPlaces(state: JpegState, scan: JpegScanHeader, step: number): Generator<UnitPlace> {
  const { core, frame, input } = state
  const { exports } = core
  const grid = scanGrid(frame, scan)
  startSequential(state, scan, grid, [])
  showColumns(state, grid, false)
  const record = exports.jpegScan()
  const place = (): UnitPlace => {
    const view = core.view()
    const dcOf = (_: unknown, i: number): number => view.getInt32(exports.jpegComponents() + i * COMPONENT_BYTES + COMPONENT.dc, true)
    return { ...input.place(), predictors: scan.components.map(dcOf) }
  }
  for (let row = 0; row < grid.down; row++) {
    for (let column = 0; column < grid.across; column += step) {
      yield place()
      core.view().setInt32(record + SCAN.column, column, true)
      core.view().setInt32(record + SCAN.columns, Math.min(column + step, grid.across), true)
      while (exports.jpegDecodeRow() === 0) input.supply()
    }
  }
  yield place()
  state.collectWarnings()
}

/** What the samples of a part may take. */
const PART_BYTES = 1_000_000

/** Rows of MCUs that `separateRows` decodes at once. */
export const partMcuRows = (frame: JpegFrame, bytes: number = PART_BYTES): number =>
  mcuRowsWithin(
    frame,
    bytes,
    frame.components.reduce((sum, { h, v, size }) => sum + frame.mcusAcross * h * v * size * size, 0),
  )

/** A file of several sequential scans, part by part: each scan in turn is decoded as far as the part goes. */
export function* separateRows(state: JpegState, first: JpegScanHeader, partBytes?: number): BandSource {
  const { frame } = state
  const bands = bandRows(frame, partMcuRows(frame, partBytes))
  const strips = allocateStrips(state, bands.mcuRows)
  const turns: ScanTurn[] = []
  yield* findScans(state, first, (scan) => {
    const grid = scanGrid(frame, scan)
    const useTables = (): void => void sequentialTables(state, scan, grid)
    useTables()
    turns.push(createTurn(state, scan, grid, { start: () => startSequential(state, scan, grid, strips), useTables }))
    return grid
  })
  const isBreak = createBreaks()
  for (const part of mcuRowParts(frame, bands.mcuRows)) {
    const isShown = part.from >= frame.rows.from
    fillGray(state, strips, bands.mcuRows)
    for (const turn of turns) {
      turn.enter()
      showColumns(state, turn.grid, isShown)
      const rows = unitRows(state, turn, part)
      for (let row = rows.from; row < rows.to; row++) {
        decodeRow(state, turn.scan, strips, row - rows.from)
        if (isBreak(turn.grid.blocks * SAMPLED)) yield noBands(frame)
      }
      turn.leave()
    }
    const band = isShown ? bands.next(strips, decoded, (mcuRows) => invertInk(state, strips, mcuRows)) : null
    if (band) yield band
  }
}

/** Rows that are in the strips already. */
const decoded = (): void => undefined

/** A component without a scan has zero coefficients. */
function fillGray({ core, frame }: JpegState, strips: readonly Strip[], mcuRows: number): void {
  frame.components.forEach(({ v, size }, i) => {
    const { ptr, stride } = strips[i] ?? NO_STRIP
    core.bytes().fill(128, ptr, ptr + stride * mcuRows * v * size)
  })
}
/** Makes the tables of a scan ready, and answers where they are. */
function sequentialTables({ frame, tables, coefficientMap }: JpegState, scan: JpegScanHeader, { across, rows, columns }: ScanGrid) {
  const isPart = rows.from > 0 || columns.from > 0 || columns.to < across
  const isSkipping = isPart || scan.components.some((_, i) => scanComponent(frame, scan, i).size === 1)
  return scan.components.map(({ index, dcTable, acTable }) => ({
    dc: tables.huffman(scan.huffman, 'dc', dcTable),
    ac: tables.huffman(scan.huffman, 'ac', acTable),
    skip: isSkipping ? tables.skips(acTable) : 0,
    pairs: tables.pairs(acTable),
    map: coefficientMap(index),
  }))
}

function startSequential(state: JpegState, scan: JpegScanHeader, grid: ScanGrid, strips: readonly Strip[]): void {
  const tables = sequentialTables(state, scan, grid)
  startScan(state, scan, grid)
  const view = state.core.view()
  tables.forEach(({ dc, ac, skip, pairs, map }, i) => {
    const { stride } = strips[scan.components[i]?.index ?? 0] ?? NO_STRIP
    const at = state.core.exports.jpegComponents() + i * COMPONENT_BYTES
    view.setInt32(at + COMPONENT.dcTable, dc, true)
    view.setInt32(at + COMPONENT.acTable, ac, true)
    view.setInt32(at + COMPONENT.skip, skip, true)
    view.setInt32(at + COMPONENT.pairs, pairs, true)
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
