import { type BandSource, type Breaks, createBreaks, noBands } from './bands.ts'
import type { McuRange } from './frame.ts'
import { type ScanGrid, scanComponent } from './scan-setup.ts'
import type { JpegScanHeader, JpegState } from './state.ts'

/** Bytes that are passed over in the time that a block is read. */
const BYTES_PER_BLOCK = 64

/** A scan that is read piece by piece, in turns with the other scans of its file. */
export interface ScanTurn {
  readonly scan: JpegScanHeader
  readonly grid: ScanGrid
  /** Makes it the scan that the core reads: starts it, or goes on where it was left. */
  enter(): void
  /** Notes where it stands. The scan that is left stays the core's until another is entered. */
  leave(): void
}

/** Where the reading of a scan stands. */
interface Place {
  /** The core's records. */
  readonly records: readonly Uint8Array[]
  /** The first byte of the file that the core has not loaded. */
  readonly offset: number
}

/** `start` begins the scan; `useTables` builds the Huffman tables that it needs, unless they are there. */
export function createTurn(
  state: JpegState,
  scan: JpegScanHeader,
  grid: ScanGrid,
  { start, useTables }: { start(): void; useTables(): void },
): ScanTurn {
  let place: Place | undefined
  return {
    scan,
    grid,
    enter() {
      if (!place) return start()
      useTables()
      const { records, offset } = place
      const memory = state.core.bytes()
      recordsOf(state).forEach(({ at }, i) => memory.set(records[i] ?? [], at))
      state.input.resume(offset)
    },
    leave() {
      state.collectWarnings()
      const memory = state.core.bytes()
      place = { records: recordsOf(state).map(({ at, bytes }) => memory.slice(at, at + bytes)), offset: state.input.unread() }
    },
  }
}

/** All that the core knows of the scan that it reads. */
const recordsOf = ({ core: { exports } }: JpegState) => [
  { at: exports.jpegInput(), bytes: 64 },
  { at: exports.jpegScan(), bytes: 64 },
  { at: exports.jpegComponents(), bytes: 4 * 64 },
]

/** The unit rows of a scan that lie in rows of MCUs. */
export function unitRows({ frame }: JpegState, { scan, grid }: Pick<ScanTurn, 'scan' | 'grid'>, { from, to }: McuRange): McuRange {
  const factor = scan.components.length > 1 ? 1 : scanComponent(frame, scan, 0).v
  return { from: Math.min(from * factor, grid.down), to: Math.min(to * factor, grid.down) }
}

/**
 * Finds the scans of a file, from the first on, without reading them. `take` gets each with the tables that are in force, and answers its grid when it
 * will be read and nothing when it is left out. What follows a scan is looked for where reading it would end, in damaged files too.
 */
export function* findScans(state: JpegState, first: JpegScanHeader, take: (scan: JpegScanHeader) => ScanGrid | null): BandSource {
  const isBreak = createBreaks()
  for (let scan: JpegScanHeader | null = first; scan;) {
    state.countScan(scan)
    const grid = take(scan)
    const end: number = grid ? yield* passScan(state, scan, grid, isBreak) : state.skipScan(scan)
    if (!grid && isBreak((end - scan.dataStart) / BYTES_PER_BLOCK)) yield noBands(state.frame)
    scan = state.nextScan(end)
  }
}

/** Answers the offset of the marker behind a scan. */
function* passScan(state: JpegState, scan: JpegScanHeader, grid: ScanGrid, isBreak: Breaks): BandSource<number> {
  const { core, input, frame } = state
  const units = grid.across * grid.rows.to
  let restarts = scan.restartInterval > 0 ? Math.ceil(units / scan.restartInterval) - 1 : 0
  input.start(scan.dataStart)
  while ((restarts = core.exports.jpegPassRestarts(restarts)) > 0 || core.exports.jpegFinishScan() === 0) {
    if (isBreak(input.supply() / BYTES_PER_BLOCK)) yield noBands(frame)
  }
  state.collectWarnings()
  return input.position()
}
