import type { FrameComponent, JpegFrame } from './frame.ts'
import { MAX_MCU_BLOCKS } from './input.ts'
import { invalidJpeg } from '../markers.ts'
import type { JpegScanHeader, JpegState } from './state.ts'

/** Offsets in the core's scan record and in its components' records: see src/image/assembly/jpeg/scan.ts. */
export const SCAN = {
  components: 0,
  columns: 4,
  column: 8,
  interval: 12,
  toGo: 16,
  from: 20,
  to: 24,
  eobRun: 28,
  start: 32,
  end: 36,
  bit: 40,
  refines: 44,
  keep: 48,
  store: 56,
} as const
export const COMPONENT = {
  across: 0,
  down: 4,
  dcTable: 8,
  acTable: 12,
  size: 16,
  out: 20,
  stride: 24,
  map: 28,
  dc: 32,
  skip: 36,
  pairs: 40,
} as const
export const COMPONENT_BYTES = 64

/** Units (MCUs, or blocks of a scan of one component) in the rows and columns of a scan, and which of them are shown. */
export interface ScanGrid {
  readonly across: number
  readonly down: number
  readonly columns: { readonly from: number; readonly to: number }
  readonly rows: { readonly from: number; readonly to: number }
  /** Blocks of a row of units. */
  readonly blocks: number
}

/**
 * A scan of several components interleaves MCUs; a scan of one has its blocks only, as many as cover the picture. @throws AppError `invalid_image` when
 * an MCU has too many blocks.
 */
export function scanGrid(frame: JpegFrame, scan: JpegScanHeader): ScanGrid {
  const only = scan.components.length === 1 ? frame.components[scan.components[0]?.index ?? 0] : undefined
  if (!only) {
    const blocks = scan.components.reduce((sum, _, i) => sum + blocksOf(scanComponent(frame, scan, i)), 0)
    if (blocks > MAX_MCU_BLOCKS) throw invalidJpeg(`expected at most ${MAX_MCU_BLOCKS} blocks in an MCU, received ${blocks}`)
    return { across: frame.mcusAcross, down: frame.mcusDown, columns: frame.columns, rows: frame.rows, blocks: frame.mcusAcross * blocks }
  }
  const range = (mcus: { from: number; to: number }, factor: number, end: number) => ({
    from: mcus.from * factor,
    to: Math.min(mcus.to * factor, end),
  })
  return {
    across: only.blocksAcross,
    down: only.blocksDown,
    columns: range(frame.columns, only.h, only.blocksAcross),
    rows: range(frame.rows, only.v, only.blocksDown),
    blocks: only.blocksAcross,
  }
}

const blocksOf = ({ h, v }: { readonly h: number; readonly v: number }): number => h * v

/** The component of the frame that stands at place `i` of a scan. */
export function scanComponent(frame: JpegFrame, scan: JpegScanHeader, i: number): FrameComponent {
  const component = frame.components[scan.components[i]?.index ?? -1]
  if (!component) throw invalidJpeg('expected a component of the frame, received another')
  return component
}

/** Writes what all kinds of scans share into the core's records and starts the input. */
export function startScan(state: JpegState, scan: JpegScanHeader, grid: ScanGrid): void {
  const { core, frame } = state
  const isInterleaved = scan.components.length > 1
  const view = core.view()
  const record = core.exports.jpegScan()
  view.setInt32(record + SCAN.components, scan.components.length, true)
  view.setInt32(record + SCAN.columns, grid.across, true)
  view.setInt32(record + SCAN.column, 0, true)
  view.setInt32(record + SCAN.interval, scan.restartInterval, true)
  view.setInt32(record + SCAN.toGo, scan.restartInterval, true)
  view.setInt32(record + SCAN.eobRun, 0, true)
  view.setInt32(record + SCAN.from, grid.columns.from, true)
  view.setInt32(record + SCAN.to, grid.columns.to, true)
  scan.components.forEach((_, i) => {
    const component = scanComponent(frame, scan, i)
    const at = core.exports.jpegComponents() + i * COMPONENT_BYTES
    const [across, down] = isInterleaved ? [component.h, component.v] : [1, 1]
    view.setInt32(at + COMPONENT.across, across, true)
    view.setInt32(at + COMPONENT.down, down, true)
    view.setInt32(at + COMPONENT.size, component.size, true)
    view.setInt32(at + COMPONENT.dc, 0, true)
  })
  state.input.start(scan.dataStart)
}

/** Which columns of the coming rows are decoded to samples: all that the grid shows, or none. */
export function showColumns(state: JpegState, grid: ScanGrid, isShown: boolean): void {
  const at = state.core.exports.jpegScan() + SCAN.to
  state.core.view().setInt32(at, isShown ? grid.columns.to : grid.columns.from, true)
}
