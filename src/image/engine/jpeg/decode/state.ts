import type { JpegCore } from './exports.ts'
import type { JpegFrame } from './frame.ts'
import type { JpegHeader } from '../header.ts'
import type { JpegInput } from './input.ts'
import { EOI, SOS, type Segment, endOfScan, invalidJpeg, isStartOfFrame, nextSegment } from '../markers.ts'
import type { HuffmanDefinition } from '../standard-huffman.ts'
import { type JpegTables, createTables } from './tables.ts'
import { ZIGZAG } from '../zigzag.ts'

/** A scan's header: which components, which tables, and for progressive files which coefficients and bits. */
export interface JpegScanHeader {
  readonly components: readonly { readonly index: number; readonly dcTable: number; readonly acTable: number }[]
  readonly spectralStart: number
  readonly spectralEnd: number
  readonly approximationHigh: number
  readonly approximationLow: number
  /** MCUs between restart markers; 0 for none. */
  readonly restartInterval: number
  /** The Huffman tables in force: DC 0 to 3, AC 0 to 3. */
  readonly huffman: readonly HuffmanDefinition[]
  /** First byte of the entropy-coded data. */
  readonly dataStart: number
}

/** Everything that decoding one file shares. */
export interface JpegState {
  readonly core: JpegCore
  readonly header: JpegHeader
  readonly frame: JpegFrame
  readonly tables: JpegTables
  readonly input: JpegInput
  readonly warnings: string[]
  /** Reads markers from `offset` to the next scan, taking in tables on the way; `null` at the image's end. */
  nextScan(offset: number): JpegScanHeader | null
  /** Leaves out a scan: answers the offset of the marker behind it. */
  skipScan(scan: JpegScanHeader): number
  /** Counts a scan of a file that has several. @throws AppError `invalid_image` when all scans together are more work than any picture needs. */
  countScan(scan: JpegScanHeader): void
  /** Adds what the core has noticed during the last scan. */
  collectWarnings(): void
  /** Address of component `index`'s coefficient map, made of its quantisation table when it is first asked for (as libjpeg latches it). */
  coefficientMap(index: number): number
}

/** Blocks that all scans of a file may visit: several times what a progressive picture of 100 megapixels has. */
const MAX_BLOCK_VISITS = 100_000_000
const MAX_SCANS = 2500
const MAP_ENTRIES = 128
/** Bit of the core's warnings → text, in order. */
const WARNINGS = [
  'The file ends before the image does.',
  'A segment ends before its data do.',
  'A Huffman code is not in its table.',
  'Restart markers are missing or out of order.',
  'A coefficient lies outside its block or band.',
]

/** The state before the first scan, of which the input depends. */
export function createJpegState(core: JpegCore, file: Uint8Array, header: JpegHeader, frame: JpegFrame): Omit<JpegState, 'input'> {
  const tables = createTables(core)
  const warnings: string[] = []
  const maps: number[] = []
  const warn = (bit: number) => {
    const text = WARNINGS[bit]
    if (text !== undefined && !warnings.includes(text)) warnings.push(text)
  }
  let scans = 0
  let visits = 0
  return {
    core,
    header,
    frame,
    tables,
    warnings,
    nextScan(offset) {
      for (let at = offset; ;) {
        const segment = nextSegment(file, at)
        if (segment?.code === EOI) return null
        if (!segment || segment.isCut) {
          warn(0)
          return null
        }
        if (segment.code === SOS) return readScanHeader(file, segment, header, tables)
        if (isStartOfFrame(segment.code) && offset > 2) throw invalidJpeg('expected one frame, received two')
        tables.apply(file, segment)
        at = segment.end
      }
    },
    skipScan: (scan) => endOfScan(file, scan.dataStart),
    countScan(scan) {
      scans++
      for (const { index } of scan.components) {
        const component = frame.components[index]
        if (component) visits += component.blocksAcross * component.blocksDown
      }
      if (visits > MAX_BLOCK_VISITS || scans > MAX_SCANS) throw invalidJpeg(`expected fewer scans, received at least ${scans}`)
    },
    collectWarnings() {
      const bits = core.exports.jpegWarnings()
      for (let bit = 0; bit < WARNINGS.length; bit++) if ((bits >> bit) & 1) warn(bit)
    },
    coefficientMap(index) {
      return (maps[index] ??= writeMap(core, tables, header.components[index]?.table ?? 0))
    },
  }
}

/** For each coefficient its byte offset in the block << 16 | quantiser. Indices past 63, which only damage reaches, mean the last coefficient. */
function writeMap(core: JpegCore, tables: JpegTables, number: number): number {
  const quantisers = tables.quantisers(number)
  if (!quantisers) throw invalidJpeg(`expected quantisation table ${number}, received none`)
  const map = core.alloc(4 * MAP_ENTRIES)
  const view = core.view()
  for (let k = 0; k < MAP_ENTRIES; k++) {
    const index = Math.min(k, 63)
    view.setUint32(map + 4 * k, ((ZIGZAG[index] ?? 0) << 17) | (quantisers[index] ?? 0), true)
  }
  return map
}

/** SOS: count, for each component its id and 4 + 4 bits of table numbers, then the band and the bit positions. */
function readScanHeader(file: Uint8Array, { start, end }: Segment, header: JpegHeader, tables: JpegTables): JpegScanHeader {
  const count = file[start] ?? 0
  if (count < 1 || count > 4 || end - start !== 4 + 2 * count) throw invalidJpeg(`expected a scan of 1 to 4 components, received ${count}`)
  const components: JpegScanHeader['components'][number][] = []
  for (let i = 0; i < count; i++) {
    const id = file[start + 1 + 2 * i] ?? 0
    const selectors = file[start + 2 + 2 * i] ?? 0
    // Some files give two components one id: their scans mean the first that is not yet in the scan.
    const index = header.components.findIndex((component, c) => component.id === id && components.every((other) => other.index !== c))
    if (index < 0) throw invalidJpeg('expected a scan of different components of the frame, received another')
    components.push({ index, dcTable: selectors >> 4, acTable: selectors & 15 })
  }
  const at = start + 1 + 2 * count
  const approximation = file[at + 2] ?? 0
  return {
    components,
    spectralStart: file[at] ?? 0,
    spectralEnd: file[at + 1] ?? 0,
    approximationHigh: approximation >> 4,
    approximationLow: approximation & 15,
    restartInterval: tables.restartInterval,
    huffman: tables.definitions,
    dataStart: end,
  }
}
