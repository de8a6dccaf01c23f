import type { JpegFrame, McuRange } from './frame.ts'
import type { JpegState } from './state.ts'
import type { Band } from '../../plane-stream.ts'

/** Rows that a band has at least (in the largest component), so that calls do not outweigh work at small scales. */
const BAND_ROWS = 16

export const NO_STRIP: Strip = { ptr: 0, stride: 0 }

/** Sample rows of one component in the core's memory. */
export interface Strip {
  readonly ptr: number
  readonly stride: number
}

/** Decoded rows, band by band; bands without rows while the decoder works on what comes later. */
export type BandSource<T = void> = Generator<readonly Band[], T>

/** Blocks that are read without a sample before others may compute: about a millisecond of work. */
const BLOCKS_BETWEEN_BANDS = 16_000

/** Tells when so much has been read that a band without rows is due. */
export type Breaks = (blocks: number) => boolean

export function createBreaks(): Breaks {
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

/** `mcusDown`: rows of MCUs of a band; by default as few as make a band worth a call. */
export function bandRows(frame: JpegFrame, mcusDown: number = fewMcuRows(frame)): BandRows {
  const { components, rows } = frame
  const mcuRows = Math.min(mcusDown, rows.to - rows.from)
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

const fewMcuRows = ({ components }: JpegFrame): number => Math.ceil(BAND_ROWS / Math.max(...components.map(({ v, size }) => v * size)))

/** Whole bands' rows of MCUs, as many as `bytes` hold of `bytesPerMcuRow`, and one band at least. */
export const mcuRowsWithin = (frame: JpegFrame, bytes: number, bytesPerMcuRow: number): number =>
  Math.max(1, Math.floor(bytes / bytesPerMcuRow / fewMcuRows(frame))) * fewMcuRows(frame)

/** The rows of MCUs down to the last shown one in parts of `mcuRows`. A new part begins with the first shown row. */
export function* mcuRowParts({ rows }: JpegFrame, mcuRows: number): Generator<McuRange> {
  for (let from = 0, to = 0; from < rows.to; from = to) {
    to = Math.min(from + mcuRows, from < rows.from ? rows.from : rows.to)
    yield { from, to }
  }
}

/** Room for `mcuRows` rows of MCUs of each component, as wide as the frame's shown columns. */
export function allocateStrips({ core, frame }: JpegState, mcuRows: number): Strip[] {
  return frame.components.map(({ h, v, size }) => {
    const stride = ((frame.columns.to - frame.columns.from) * h * size + 15) & ~15
    return { ptr: core.alloc(stride * v * size * mcuRows + 16), stride }
  })
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
