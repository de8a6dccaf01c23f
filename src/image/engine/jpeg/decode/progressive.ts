import { invalidJpeg } from '../markers.ts'
import { COMPONENT, COMPONENT_BYTES, SCAN, type ScanGrid, type Strip, scanComponent, scanGrid, startScan } from './scan-setup.ts'
import { type BandSource, allocateStrips, bandRows, createBreaks, invertInk, noBands } from './sequential.ts'
import type { JpegScanHeader, JpegState } from './state.ts'
import { ZIGZAG } from '../zigzag.ts'

/** Everything about one component of a progressive file. */
interface Coefficients {
  /** The i16 DC coefficients of its blocks: address, and bytes from block row to block row. */
  readonly dc: Strip
  /** Set of the coefficients (bits in zigzag order) that its block size shows. */
  readonly shown: bigint
  /** Address of the map from coefficients to places and quantisers; of zeros until the component has a scan. */
  map: number
}

/** A progressive file: all scans into the coefficient store, then rows of samples out of it. */
export function* progressiveRows(state: JpegState, first: JpegScanHeader): BandSource {
  const { core, frame, input } = state
  core.exports.jpegResetStore()
  const zeros = core.alloc(512)
  core.bytes().fill(0, zeros, zeros + 512)
  const components = frame.components.map(({ h, v, size }): Coefficients => {
    const stride = frame.mcusAcross * h * 2
    const bytes = stride * frame.rows.to * v
    const ptr = core.alloc(bytes)
    core.bytes().fill(0, ptr, ptr + bytes)
    return { dc: { ptr, stride }, shown: shownCoefficients(size), map: zeros }
  })
  for (let scan: JpegScanHeader | null = first; scan;) {
    requireProgression(scan)
    state.countScan(scan)
    for (const { index } of scan.components) {
      const component = components[index]
      if (component) component.map = state.coefficientMap(index)
    }
    const isDc = scan.spectralStart === 0
    if (!isDc && scanComponent(frame, scan, 0).size === 1) {
      scan = state.nextScan(state.skipScan(scan))
      continue
    }
    yield* isDc ? scanDc(state, scan, components) : scanAc(state, scan, components)
    state.collectWarnings()
    scan = state.nextScan(input.finish())
  }
  yield* coefficientRows(state, components)
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

function* scanDc(state: JpegState, scan: JpegScanHeader, components: readonly Coefficients[]): BandSource {
  const { core, frame, tables, input } = state
  const isFirst = scan.approximationHigh === 0
  const dcTables = scan.components.map(({ dcTable }) => (isFirst ? tables.huffman('dc', dcTable) : 0))
  const grid = scanGrid(frame, scan)
  const isBreak = createBreaks()
  startProgressive(state, scan, grid)
  const at = (i: number) => core.exports.jpegComponents() + i * COMPONENT_BYTES
  const view = core.view()
  dcTables.forEach((table, i) => view.setInt32(at(i) + COMPONENT.dcTable, table, true))
  for (let row = 0; row < grid.rows.to; row++) {
    scan.components.forEach(({ index }, i) => {
      const { ptr, stride } = components[index]?.dc ?? { ptr: 0, stride: 0 }
      const blockRows = scan.components.length > 1 ? scanComponent(frame, scan, i).v : 1
      view.setInt32(at(i) + COMPONENT.out, ptr + row * blockRows * stride, true)
      view.setInt32(at(i) + COMPONENT.stride, stride, true)
    })
    while (core.exports.jpegDcRow() === 0) input.supply()
    if (isBreak(grid.blocks)) yield noBands(frame)
  }
}

function* scanAc(state: JpegState, scan: JpegScanHeader, components: readonly Coefficients[]): BandSource {
  const { core, frame, tables, input } = state
  const { index, acTable } = scan.components[0] ?? { index: 0, acTable: 0 }
  const table = tables.huffman('ac', acTable)
  const grid = scanGrid(frame, scan)
  const isBreak = createBreaks()
  startProgressive(state, scan, grid)
  core.view().setInt32(core.exports.jpegComponents() + COMPONENT.acTable, table, true)
  core.view().setInt32(core.exports.jpegScan() + SCAN.store, index, true)
  provideChunks(state, 0)
  core.exports.jpegBeginRewrite(index)
  for (let row = 0; row < grid.rows.to; row++) {
    provideChunks(state, grid.across)
    keepValues(state, row < grid.rows.from ? 0n : (components[index]?.shown ?? 0n))
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

/** Which coefficients' values the records of the coming row have. Rows above the shown ones need to know only which are not zero. */
function keepValues({ core }: JpegState, shown: bigint): void {
  core.view().setBigUint64(core.exports.jpegScan() + SCAN.keep, shown, true)
}

function* coefficientRows(state: JpegState, components: readonly Coefficients[]): BandSource {
  const { core, frame } = state
  const bands = bandRows(frame)
  const strips = allocateStrips(state, bands.mcuRows)
  components.forEach((_, i) => core.exports.jpegBeginRead(i))
  for (let row = 0; row < frame.rows.from; row++) sampleMcuRow(state, components, row)
  const decode = (row: number, strip: number): void => sampleMcuRow(state, components, row, { strips, row: strip })
  const next = () => bands.next(strips, decode, (count) => invertInk(state, strips, count))
  for (let band = next(); band; band = next()) yield band
}

/** Samples of one row of MCUs, to row `target.row` of the strips; without a target its records are passed over. */
function sampleMcuRow(
  state: JpegState,
  components: readonly Coefficients[],
  mcuRow: number,
  target?: { readonly strips: readonly Strip[]; readonly row: number },
): void {
  const { core, frame } = state
  frame.components.forEach(({ h, v, size, blocksAcross, blocksDown }, i) => {
    const { dc, map, shown } = components[i] ?? { dc: { ptr: 0, stride: 0 }, map: 0, shown: 0n }
    const strip = target?.strips[i] ?? { ptr: 0, stride: 0 }
    const [first, end] = target ? [frame.columns.from * h, Math.min(frame.columns.to * h, blocksAcross)] : [0, 0]
    keepValues(state, target ? shown : 0n)
    for (let y = 0; y < v && mcuRow * v + y < blocksDown; y++) {
      const out = strip.ptr + ((target?.row ?? 0) * v + y) * size * strip.stride
      core.exports.jpegCoefficientRow(i, blocksAcross, first, end, dc.ptr + (mcuRow * v + y) * dc.stride, map, size, out, strip.stride)
    }
  })
}
