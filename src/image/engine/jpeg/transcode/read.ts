import { type BandSource, createBreaks, mcuRowParts, noBands } from '../decode/bands.ts'
import { findTurns, keepValues, openComponents, partMcuRows, readPart } from '../decode/progressive.ts'
import { COMPONENT, COMPONENT_BYTES, type ScanGrid, scanComponent, scanGrid, startScan } from '../decode/scan-setup.ts'
import type { JpegScanHeader, JpegState } from '../decode/state.ts'
import type { TranscodeCore } from './exports.ts'
import type { TranscodeLayout } from './layout.ts'
import { rowBlocks, type CoefficientStore } from './store.ts'

/** A file that is read into a store. */
export interface CoefficientReading {
  readonly core: TranscodeCore
  readonly state: JpegState
  readonly layout: TranscodeLayout
  readonly store: CoefficientStore
}

/** Why a file's coefficients are not kept; `null`: they are. */
export type Refusal = string | null

export const TOO_MUCH = 'The file has more coefficients than its size lets expect.'

const NO_SCAN = 'A component has no scan.'

/** All bits of a mask of AC coefficients. */
const ALL_VALUES = 0xffff_ffff_ffff_fffen

/** Reads all coefficients that the layout keeps. Bands are without rows: others may compute. */
export function* readCoefficients(reading: CoefficientReading, first: JpegScanHeader): BandSource<Refusal> {
  const refusal = reading.state.header.process === 'progressive' ? yield* readProgressive(reading, first) : yield* readScans(reading, first)
  reading.state.collectWarnings()
  return refusal
}

/** Sequential scans, one after the other. */
function* readScans(reading: CoefficientReading, first: JpegScanHeader): BandSource<Refusal> {
  const { state, core } = reading
  const seen = new Set<number>()
  for (let scan: JpegScanHeader | null = first; scan;) {
    state.countScan(scan)
    for (const { index } of scan.components) {
      if (seen.has(index)) return 'A component has two scans.'
      seen.add(index)
    }
    const refusal = yield* readScan(reading, scan)
    if (refusal !== null || seen.size === state.header.components.length) return refusal
    while (core.exports.jpegFinishScan() === 0) state.input.supply()
    state.collectWarnings()
    scan = state.nextScan(state.input.position())
  }
  return NO_SCAN
}

function* readScan(reading: CoefficientReading, scan: JpegScanHeader): BandSource<Refusal> {
  const { core, state, store } = reading
  const { frame, input } = state
  const grid = scanGrid(frame, scan)
  startKeeping(reading, scan, grid)
  const isBreak = createBreaks()
  for (let row = 0; row < grid.down; row++) {
    if (!store.provide(grid.blocks)) return TOO_MUCH
    scan.components.forEach(({ index }, i) => {
      const rows = scan.components.length > 1 ? scanComponent(frame, scan, i).v : 1
      store.place(i, index, row * rows, rows)
    })
    while (core.exports.jpegKeepRow() === 0) input.supply()
    if (isBreak(2 * grid.blocks)) yield noBands(frame)
  }
  return null
}

function startKeeping(reading: CoefficientReading, scan: JpegScanHeader, grid: ScanGrid): void {
  const { core, state } = reading
  const { tables } = state
  const found = scan.components.map(({ index, dcTable, acTable }) => {
    state.coefficientMap(index) // its quantisers are those of now
    const [dc, ac] = [tables.huffman(scan.huffman, 'dc', dcTable), tables.huffman(scan.huffman, 'ac', acTable)]
    return { dc, ac, skip: tables.skips(acTable) }
  })
  startScan(state, scan, grid)
  const view = core.view()
  found.forEach(({ dc, ac, skip }, i) => {
    const at = core.exports.jpegComponents() + i * COMPONENT_BYTES
    view.setInt32(at + COMPONENT.dcTable, dc, true)
    view.setInt32(at + COMPONENT.acTable, ac, true)
    view.setInt32(at + COMPONENT.skip, skip, true)
  })
}

/** A progressive file, part by part, so that its own records never are of the whole picture. */
function* readProgressive(reading: CoefficientReading, first: JpegScanHeader): BandSource<Refusal> {
  const { core, state, layout, store } = reading
  const { frame } = state
  core.exports.jpegResetStore()
  const mcuRows = Math.min(partMcuRows(frame), frame.mcusDown)
  const components = openComponents(state, mcuRows)
  const turns = yield* findTurns(state, first, components)
  const seen = new Set(turns.flatMap(({ scan }) => scan.components.map(({ index }) => index)))
  if (seen.size < components.length) return NO_SCAN
  const isBreak = createBreaks()
  for (const part of mcuRowParts(frame, mcuRows)) {
    yield* readPart(state, turns, components, part, isBreak)
    keepValues(state, ALL_VALUES)
    for (const [i, { v, blocksAcross, blocksDown }] of frame.components.entries()) {
      core.exports.jpegBeginRead(i)
      const { ptr, stride } = components[i]?.dc ?? { ptr: 0, stride: 0 }
      for (let row = part.from * v; row < Math.min(part.to * v, blocksDown); row++) {
        if (!store.provide(blocksAcross)) return TOO_MUCH
        store.place(0, i, row, 1)
        core.exports.jpegKeepRecords(i, blocksAcross, ptr + (row - part.from * v) * stride)
      }
      core.exports.jpegDropRecords(i)
    }
    if (isBreak(rowBlocks(layout) * (part.to - part.from))) yield noBands(frame)
  }
  return null
}
