import { AppError } from '../../../../errors.ts'
import type { Shape } from '../../../raster.ts'
import { concat } from '../../bytes.ts'
import type { JpegScanHeader } from '../decode/state.ts'
import { DHT, DQT, DRI, isStartOfFrame, nextSegment, SOI, SOS, type Segment } from '../markers.ts'
import type { HuffmanDefinition } from '../standard-huffman.ts'

const [APP0, APP1, APP2, APP14] = [0xe0, 0xe1, 0xe2, 0xee]
/** The categories that a difference of two DC coefficients of 8-bit samples can have. */
const DC_CATEGORIES = 12

/**
 * What stands in front of a part's data: the file's frame, quantisers, profile, orientation and colour coding as they are, its Huffman tables in one segment, a restart interval that
 * is filled in later, the scan's header. DC tables have codes for all differences, those of the file unchanged.
 * @returns a sentence when a table has no room for them.
 */
export function partHead(file: Uint8Array, scan: JpegScanHeader, isTurned: boolean): Uint8Array | string {
  const parts: Uint8Array[] = [Uint8Array.of(0xff, SOI)]
  for (let segment = nextSegment(file, 2); segment; segment = nextSegment(file, segment.end)) {
    if (segment.code === SOS) {
      const tables = huffmanSegment(scan)
      if (typeof tables === 'string') return tables
      parts.push(segmentOf(DRI, Uint8Array.of(0, 0)), segmentOf(DHT, tables), bytesOf(file, segment))
      return concat(parts)
    }
    if (isKept(file, segment, isTurned)) parts.push(bytesOf(file, segment))
  }
  throw new AppError('internal', { detail: 'a scan was read, and its header is not there' })
}

const bytesOf = (file: Uint8Array, { code, start, end }: Segment): Uint8Array => segmentOf(code, file.subarray(start, end))

const segmentOf = (code: number, content: Uint8Array): Uint8Array =>
  concat([Uint8Array.of(0xff, code, (content.length + 2) >> 8, (content.length + 2) & 255), content])

function isKept(file: Uint8Array, { code, start }: Segment, isTurned: boolean): boolean {
  const isNamed = (name: string): boolean => [...name].every((letter, i) => file[start + i] === letter.charCodeAt(0))
  if (code === DQT || isStartOfFrame(code)) return true
  if (code === APP0) return isNamed('JFIF\0')
  if (code === APP1) return isTurned && isNamed('Exif\0')
  if (code === APP2) return isNamed('ICC_PROFILE\0')
  return code === APP14 && isNamed('Adobe')
}

function huffmanSegment({ components, huffman }: JpegScanHeader): Uint8Array | string {
  const tables: Uint8Array[] = []
  for (const number of new Set(components.map(({ dcTable }) => dcTable))) {
    const definition = withAllCategories(huffman[number] as HuffmanDefinition) // it was read with
    if (!definition) return 'a table of DC coefficients has no code left'
    tables.push(Uint8Array.of(number), definition.counts, definition.symbols)
  }
  for (const number of new Set(components.map(({ acTable }) => acTable))) {
    const { counts, symbols } = huffman[4 + number] as HuffmanDefinition
    tables.push(Uint8Array.of(0x10 | number), counts, symbols)
  }
  return concat(tables)
}

/** The table with codes for all categories: new ones stand behind the others, so that those stay as they are; `null` without room. A code of ones alone is none. */
export function withAllCategories({ counts, symbols }: HuffmanDefinition): HuffmanDefinition | null {
  const missing = Array.from({ length: DC_CATEGORIES }, (_, category) => category).filter((category) => !symbols.includes(category))
  const longest = counts.findLastIndex((count) => count > 0)
  const extended = counts.slice()
  let [left, next] = [missing.length, 0]
  for (let i = 0; i < extended.length; i++) {
    next = 2 * next + (counts[i] ?? 0)
    if (i < longest || left === 0) continue
    const taken = Math.max(0, Math.min(left, 2 ** (i + 1) - 1 - next))
    extended[i] = (extended[i] ?? 0) + taken
    next += taken
    left -= taken
  }
  return left > 0 ? null : { counts: extended, symbols: Uint8Array.of(...symbols, ...missing) }
}

/** The head of a part of this size, with a restart marker behind each row of so many MCUs. */
export function headOfPart(head: Uint8Array, { width, height }: Shape, interval: number): Uint8Array {
  const patched = head.slice()
  const put = (at: number, value: number): void => patched.set([value >> 8, value & 255], at)
  for (let segment = nextSegment(head, 2); segment; segment = nextSegment(head, segment.end)) {
    if (isStartOfFrame(segment.code)) {
      put(segment.start + 1, height)
      put(segment.start + 3, width)
    } else if (segment.code === DRI) put(segment.start, interval)
    else if (segment.code === SOS) break
  }
  return patched
}
