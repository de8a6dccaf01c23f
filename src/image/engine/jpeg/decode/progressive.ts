import { invalidJpeg } from '../markers.ts'
import {
  allocateStrips,
  type BandSource,
  bandRows,
  type Breaks,
  createBreaks,
  invertInk,
  mcuRowParts,
  mcuRowsWithin,
  noBands,
  NO_STRIP,
  type Strip,
} from './bands.ts'
import type { JpegFrame, McuRange } from './frame.ts'
import { COMPONENT, COMPONENT_BYTES, SCAN, type ScanGrid, scanComponent, scanGrid, startScan } from './scan-setup.ts'
import type { JpegScanHeader, JpegState } from './state.ts'
import { createTurn, findScans, type ScanTurn, unitRows } from './turns.ts'
import { ZIGZAG } from '../zigzag.ts'

/** Everything about one component of a progressive file. */
export interface Coefficients {
  /** The i16 DC coefficients of a part's blocks: address, and bytes from block row to block row. */
  readonly dc: Strip
  readonly dcBytes: number
  /** Set of the coefficients (bits in zigzag order) that its block size shows. */
  readonly shown: bigint
  /** Address of the map from coefficients to places and quantisers; of zeros until the component has a scan. */
  map: number
}

/** What the coefficients of a part may take, unless a row of bands takes more. */
const PART_BYTES = 3_000_000
/** Bytes of a block's record without its values. */
export const RECORD_BYTES = 8

/** Bytes that the AC coefficients which a block size shows may take in a record, beside what they have in common. */
export const valueBytes = (size: number): number => (size === 1 ? 0 : 2 * Math.min(63, 6 * size * size))

/** Rows of MCUs whose coefficients are in memory at once. */
export const partMcuRows = (frame: JpegFrame, bytes: number = PART_BYTES): number =>
  mcuRowsWithin(
    frame,
    bytes,
    frame.components.reduce((sum, { h, v, size }) => sum + frame.mcusAcross * h * v * (2 + RECORD_BYTES + valueBytes(size)), 0),
  )

/**
 * A progressive file, part by part: each scan in turn is read as far as the part goes, into the coefficient store, then rows of samples are made out
 * of it. So memory follows the width of a picture, not its height.
 */
export function* progressiveRows(state: JpegState, first: JpegScanHeader, partBytes?: number): BandSource {
  const { core, frame } = state
  core.exports.jpegResetStore()
  const mcuRows = Math.min(partMcuRows(frame, partBytes), frame.rows.to)
  const components = openComponents(state, mcuRows)
  const turns = yield* findTurns(state, first, components)
  const bands = bandRows(frame)
  const strips = allocateStrips(state, bands.mcuRows)
  const isBreak = createBreaks()
  for (const part of mcuRowParts(frame, mcuRows)) {
    yield* readPart(state, turns, components, part, isBreak)
    components.forEach((_, i) => core.exports.jpegBeginRead(i))
    const decode = (row: number, strip: number): void => sampleMcuRow(state, components, row - part.from, row, strips, strip)
    for (let row = part.from; row >= frame.rows.from && row < part.to; row += bands.mcuRows) {
      const band = bands.next(strips, decode, (count) => invertInk(state, strips, count))
      if (band) yield band
    }
    components.forEach((_, i) => core.exports.jpegDropRecords(i))
  }
}

/** Finds the scans that are read in turns, and the components' quantisers. */
export function* findTurns(state: JpegState, first: JpegScanHeader, components: readonly Coefficients[]): BandSource<readonly ScanTurn[]> {
  const turns: ScanTurn[] = []
  yield* findScans(state, first, (scan) => {
    requireProgression(scan)
    for (const { index } of scan.components) {
      const component = components[index]
      if (component) component.map = state.coefficientMap(index)
    }
    if (scan.spectralStart > 0 && scanComponent(state.frame, scan, 0).size === 1) return null
    const turn = scan.spectralStart === 0 ? dcTurn(state, scan) : acTurn(state, scan)
    turns.push(turn)
    return turn.grid
  })
  return turns
}

/** Room for the DC coefficients of a part of `mcuRows` rows of MCUs. */
export function openComponents({ core, frame }: JpegState, mcuRows: number): Coefficients[] {
  const zeros = core.alloc(512)
  core.bytes().fill(0, zeros, zeros + 512)
  return frame.components.map(({ h, v, size }): Coefficients => {
    const stride = frame.mcusAcross * h * 2
    const dcBytes = stride * mcuRows * v
    return { dc: { ptr: core.alloc(dcBytes), stride }, dcBytes, shown: shownCoefficients(size), map: zeros }
  })
}

/** The coefficients that an inverse DCT of this size reads: see src/image/assembly/jpeg/idct.ts. */
function shownCoefficients(size: number): bigint {
  const lines = size === 8 ? [0, 1, 2, 3, 4, 5, 6, 7] : size === 4 ? [0, 1, 2, 3, 5, 6, 7] : size === 2 ? [0, 1, 3, 5, 7] : [0]
  let shown = 0n
  ZIGZAG.forEach((place, k) => {
    if (k > 0 && lines.includes(place >> 3) && lines.includes(place & 7)) shown |= 1n << BigInt(k)
  })
  return shown
}

/** G.1.1.1.1: DC alone, or a band of AC of one component; a refinement adds one bit. */
function requireProgression(scan: JpegScanHeader): void {
  const { spectralStart, spectralEnd, approximationHigh, approximationLow } = scan
  const isBand = spectralStart === 0 ? spectralEnd === 0 : spectralStart <= spectralEnd && spectralEnd <= 63 && scan.components.length === 1
  const isStep = approximationLow <= 13 && (approximationHigh === 0 || approximationHigh === approximationLow + 1)
  if (!isBand || !isStep) {
    throw invalidJpeg(
      `expected a progressive scan, received ${spectralStart} to ${spectralEnd}, ${approximationHigh} to ${approximationLow}`,
    )
  }
}

function startProgressive(state: JpegState, scan: JpegScanHeader, grid: ScanGrid): void {
  startScan(state, scan, grid)
  const view = state.core.view()
  const record = state.core.exports.jpegScan()
  view.setInt32(record + SCAN.start, scan.spectralStart, true)
  view.setInt32(record + SCAN.end, scan.spectralEnd, true)
  view.setInt32(record + SCAN.bit, scan.approximationLow, true)
  view.setInt32(record + SCAN.refines, scan.approximationHigh === 0 ? 0 : 1, true)
}

function dcTurn(state: JpegState, scan: JpegScanHeader): ScanTurn {
  const { core, frame, tables } = state
  const grid = scanGrid(frame, scan)
  const isFirst = scan.approximationHigh === 0
  const useTables = (): number[] => scan.components.map(({ dcTable }) => (isFirst ? tables.huffman(scan.huffman, 'dc', dcTable) : 0))
  useTables()
  const start = (): void => {
    startProgressive(state, scan, grid)
    useTables().forEach((table, i) =>
      core.view().setInt32(core.exports.jpegComponents() + i * COMPONENT_BYTES + COMPONENT.dcTable, table, true),
    )
  }
  return createTurn(state, scan, grid, { start, useTables })
}

function acTurn(state: JpegState, scan: JpegScanHeader): ScanTurn {
  const { core, frame, tables } = state
  const grid = scanGrid(frame, scan)
  const { index, acTable } = scan.components[0] ?? { index: 0, acTable: 0 }
  const useTables = (): number => tables.huffman(scan.huffman, 'ac', acTable)
  useTables()
  const start = (): void => {
    startProgressive(state, scan, grid)
    core.view().setInt32(core.exports.jpegComponents() + COMPONENT.acTable, useTables(), true)
    core.view().setInt32(core.exports.jpegScan() + SCAN.store, index, true)
  }
  return createTurn(state, scan, grid, { start, useTables })
}

/** Reads what all scans have of a part. */
export function* readPart(
  state: JpegState,
  turns: readonly ScanTurn[],
  components: readonly Coefficients[],
  part: McuRange,
  isBreak: Breaks,
): BandSource {
  const memory = state.core.bytes()
  for (const { dc, dcBytes } of components) memory.fill(0, dc.ptr, dc.ptr + dcBytes)
  for (const turn of turns) {
    turn.enter()
    yield* turn.scan.spectralStart === 0 ? readDc(state, turn, components, part, isBreak) : readAc(state, turn, components, part, isBreak)
    turn.leave()
  }
}

function* readDc(state: JpegState, turn: ScanTurn, components: readonly Coefficients[], part: McuRange, isBreak: Breaks): BandSource {
  const { core, frame, input } = state
  const { scan, grid } = turn
  const rows = unitRows(state, turn, part)
  for (let row = rows.from; row < rows.to; row++) {
    const view = core.view()
    scan.components.forEach(({ index }, i) => {
      const { ptr, stride } = components[index]?.dc ?? NO_STRIP
      const blockRows = scan.components.length > 1 ? scanComponent(frame, scan, i).v : 1
      const at = core.exports.jpegComponents() + i * COMPONENT_BYTES
      view.setInt32(at + COMPONENT.out, ptr + (row - rows.from) * blockRows * stride, true)
      view.setInt32(at + COMPONENT.stride, stride, true)
    })
    while (core.exports.jpegDcRow() === 0) input.supply()
    if (isBreak(grid.blocks)) yield noBands(frame)
  }
}

function* readAc(state: JpegState, turn: ScanTurn, components: readonly Coefficients[], part: McuRange, isBreak: Breaks): BandSource {
  const { core, frame, input } = state
  const { scan, grid } = turn
  const index = scan.components[0]?.index ?? 0
  // Of rows above the shown ones it must be known only which coefficients are not zero.
  const kept = part.from < frame.rows.from ? 0n : (components[index]?.shown ?? 0n)
  const rows = unitRows(state, turn, part)
  provideChunks(state, 0)
  core.exports.jpegBeginRewrite(index)
  for (let row = rows.from; row < rows.to; row++) {
    provideChunks(state, grid.across)
    keepValues(state, kept)
    while (core.exports.jpegAcRow() === 0) input.supply()
    if (isBreak(grid.blocks)) yield noBands(frame)
  }
  core.exports.jpegEndRewrite(index)
}

/** Makes sure that records of a row of `blocks` blocks find room. */
function provideChunks({ core }: JpegState, blocks: number): void {
  const count = core.exports.jpegChunksWanted(blocks)
  if (count > 0) core.exports.jpegAddChunks(core.alloc(count * core.exports.jpegChunkBytes()), count)
}

/** Which coefficients' values the records of the coming row have. */
export function keepValues({ core }: JpegState, shown: bigint): void {
  core.view().setBigUint64(core.exports.jpegScan() + SCAN.keep, shown, true)
}

/** Samples of row `mcuRow` of MCUs, which is row `partRow` of its part, to row `strip` of the strips. */
function sampleMcuRow(
  state: JpegState,
  components: readonly Coefficients[],
  partRow: number,
  mcuRow: number,
  strips: readonly Strip[],
  strip: number,
): void {
  const { core, frame } = state
  frame.components.forEach(({ h, v, size, blocksAcross, blocksDown }, i) => {
    const { dc, map, shown } = components[i] ?? { dc: NO_STRIP, map: 0, shown: 0n }
    const { ptr, stride } = strips[i] ?? NO_STRIP
    const [first, end] = [frame.columns.from * h, Math.min(frame.columns.to * h, blocksAcross)]
    keepValues(state, shown)
    for (let y = 0; y < v && mcuRow * v + y < blocksDown; y++) {
      const out = ptr + (strip * v + y) * size * stride
      core.exports.jpegCoefficientRow(i, blocksAcross, first, end, dc.ptr + (partRow * v + y) * dc.stride, map, size, out, stride)
    }
  })
}
