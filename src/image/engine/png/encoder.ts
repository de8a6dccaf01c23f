import { AppError } from '../../../errors.ts'
import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { joinParts, resultBytes } from '../parts.ts'
import { allocateRows, type Drain, type Picture, type PixelRows } from '../rows/pixel-rows.ts'
import type { Band } from '../plane-stream.ts'
import { chunkParts, PNG_SIGNATURE } from './chunks.ts'
import { createDeflater, DEFLATER_BYTES, type DeflatedStream, type DeflateEffort, type DeflateExports } from './deflater.ts'
import { createFormChooser, type PngForm, type PngPackExports } from './form.ts'
import { quantiserBytes } from '../quantise/quantiser.ts'
import { createQuantisedFormChooser, type PngQuantiserExports, type QuantisedFormChooser } from './quantised.ts'

export interface PngEncoderExports extends DeflateExports, PngPackExports, PngQuantiserExports {
  pngFilter(row: number, above: number, to: number, bytes: number, bytesPerPixel: number, candidates: number, scratch: number): void
}

export interface PngEncodeOptions {
  /** 1 (fastest) to 10 (smallest). */
  readonly effort?: number
  /** A palette of 256 colours for a picture of more, unless it is gray and opaque: its pixels are only near to the picture's then. */
  readonly palette?: boolean | undefined
  /** An ICC profile to embed. */
  readonly icc?: Uint8Array | undefined
}

const DEFAULT_EFFORT = 5
/** Zero bytes in front of a row, and bytes behind it that may be touched. */
const MARGIN = 32

/** Sets of filter types, bit n for type n: none; none, sub and up; or all five. */
const NO_FILTER = 0b00001
const FAST_FILTERS = 0b00111
const ALL_FILTERS = 0b11111

/** How much is compressed for a try, how, and what share of the bytes rows without filters may take to be chosen. */
const SAMPLE_BYTES = 32768
const SAMPLE_EFFORT: DeflateEffort = { chain: 4, nice: 32 }
const PLAIN_GAIN = 0.97

/** Rough work on a pixel: for each place where a match is sought, and to filter. */
const NS_PER_TRY = 4
const NS_PER_FILTER = 20

interface Level extends DeflateEffort {
  readonly filters: number
}

const EFFORTS: readonly Level[] = [
  { chain: 1, nice: 16, filters: FAST_FILTERS },
  { chain: 2, nice: 24, filters: FAST_FILTERS },
  { chain: 4, nice: 32, filters: FAST_FILTERS },
  { chain: 6, nice: 48, filters: ALL_FILTERS },
  { chain: 12, nice: 64, filters: ALL_FILTERS },
  { chain: 24, nice: 96, filters: ALL_FILTERS },
  { chain: 48, nice: 128, filters: ALL_FILTERS },
  { chain: 128, nice: 258, filters: ALL_FILTERS },
  { chain: 512, nice: 258, filters: ALL_FILTERS },
  { chain: 4096, nice: 258, filters: ALL_FILTERS },
]

/**
 * Encodes a PNG: with a palette when the colours are few, gray when every pixel is gray, without alpha when every pixel is opaque; the pixels
 * that come back are exactly the picture's, hidden colours too, unless a palette is asked for. Equal pictures give equal bytes on every machine. The rows are read twice: as far as is
 * needed to choose the form and the filters, then to be written. Core memory is bounded by rows (about 0.9 MB and some rows) and given back.
 */
export async function encodePng(
  core: Core<PngEncoderExports>,
  picture: Picture,
  drain: Drain,
  { effort = DEFAULT_EFFORT, palette, icc }: PngEncodeOptions = {},
): Promise<Uint8Array> {
  const level = levelOf(effort)
  const mark = core.mark()
  try {
    const profile = icc === undefined ? [] : [profileChunk(core, icc, level)]
    const quantised = palette ? createQuantisedFormChooser(core, picture) : null
    const { form, filters } = await picture.read((rows) => choose(core, rows, drain, level, quantised))
    const { parts } = await picture.read(async (rows) => {
      const compressor = createCompressor(core, form, { ...level, filters })
      const take = ({ ptr, stride, rows: count }: Band): void => {
        for (let row = 0; row < count; row++) compressor.take(ptr + row * stride)
      }
      await drain(rows, take, NS_PER_TRY * level.chain + NS_PER_FILTER)
      return compressor.end()
    })
    return joinParts([
      Uint8Array.from(PNG_SIGNATURE),
      ...chunkParts('IHDR', [imageHeader(picture, form)]),
      ...profile.flat(),
      ...paletteChunks(form),
      ...chunkParts('IDAT', parts),
      ...chunkParts('IEND', []),
    ])
  } finally {
    core.release(mark)
  }
}

function levelOf(effort: number): Level {
  const level = EFFORTS[Math.round(effort) - 1]
  if (level === undefined)
    throw new AppError('invalid_parameter', { field: 'effort', reason: `Expected 1 to ${EFFORTS.length}, received ${effort}.` })
  return level
}

/** Upper bound of the bytes that `encodePng` holds beside the rows: core memory, and the file. */
export const pngEncodeBytes = ({ width, height }: Shape, palette = false): number =>
  (palette ? quantiserBytes(width) : 0) +
  DEFLATER_BYTES +
  12 * (width * 4 + 2 * MARGIN) +
  5 * SAMPLE_BYTES +
  resultBytes((width * 4 + 1) * height + 65536)

interface Choice {
  readonly form: PngForm
  /** Set of the filter types that are tried. */
  readonly filters: number
}

/**
 * Filters help photographs and hurt drawings: a palette is never filtered, and for the rest a sample of rows from the middle is compressed
 * both ways, quickly.
 */
async function choose(
  core: Core<PngEncoderExports>,
  rows: PixelRows,
  drain: Drain,
  level: Level,
  quantised: QuantisedFormChooser | null,
): Promise<Choice> {
  const chooser = createFormChooser(core, rows, rows.isOpaque)
  const sample = createSample(core, rows)
  await drain(rows, (band) => {
    sample.take(band)
    if (chooser.isOpen) chooser.take(band)
    quantised?.take(band)
    return quantised || chooser.isOpen || sample.isOpen ? undefined : false
  })
  const exact = chooser.form()
  const form = quantised && !chooser.fitsPalette && exact.colourType !== 0 ? quantised.form() : exact
  if (form.colourType === 3) return { form, filters: NO_FILTER }
  if (level.filters !== ALL_FILTERS) return { form, filters: level.filters }
  const [filtered, plain] = [level.filters, NO_FILTER].map((filters) => sample.compressedBytes(form, { ...SAMPLE_EFFORT, filters }))
  return { form, filters: (plain ?? 0) < PLAIN_GAIN * (filtered ?? 0) ? NO_FILTER : level.filters }
}

/** Rows from the middle of a picture: as many as any form may want. */
function createSample(core: Core<PngEncoderExports>, { width, height }: Shape) {
  const rowBytes = width * 4
  const middle = (count: number): number => (height - count) >> 1
  const most = Math.min(height, Math.ceil(SAMPLE_BYTES / width))
  const kept = new Uint8Array(most * rowBytes)
  let y = 0
  return {
    get isOpen() {
      return y < middle(most) + most
    },
    take({ ptr, stride, rows }: Band): void {
      const memory = core.bytes()
      for (let row = 0; row < rows; row++, y++) {
        const at = y - middle(most)
        const from = ptr + row * stride
        if (at >= 0 && at < most) kept.set(memory.subarray(from, from + rowBytes), at * rowBytes)
      }
    },
    compressedBytes(form: PngForm, level: Level): number {
      const count = Math.min(height, Math.ceil(SAMPLE_BYTES / form.rowBytes))
      const mark = core.mark()
      const { ptr } = allocateRows(core, width, 1)
      const compressor = createCompressor(core, form, level)
      const first = middle(count) - middle(most)
      for (let row = first; row < first + count; row++) {
        core.bytes().set(kept.subarray(row * rowBytes, (row + 1) * rowBytes), ptr)
        compressor.take(ptr)
      }
      const { length } = compressor.end()
      core.release(mark)
      return length
    },
  }
}

interface Compressor {
  /** Takes the row of RGBA at core offset `from`. */
  take(from: number): void
  end(): DeflatedStream
}

/** Packs, filters and compresses rows. */
function createCompressor(core: Core<PngEncoderExports>, form: PngForm, level: Level): Compressor {
  const { rowBytes, bytesPerPixel } = form
  const filtered = core.alloc(rowBytes + MARGIN)
  const scratch = core.alloc(2 * (rowBytes + MARGIN))
  const rows = core.alloc(2 * (rowBytes + 2 * MARGIN))
  let [row, above] = [rows + MARGIN, rows + rowBytes + 3 * MARGIN]
  core.bytes().fill(0, rows, rows + 2 * (rowBytes + 2 * MARGIN))
  const deflater = createDeflater(core, level)
  return {
    take(from) {
      form.putRow(from, row)
      core.exports.pngFilter(row, above, filtered, rowBytes, bytesPerPixel, level.filters, scratch)
      deflater.write(filtered, rowBytes + 1)
      ;[row, above] = [above, row]
    },
    end: () => deflater.end(),
  }
}

/** PNG §11.2.3 and §11.3.2.1. */
function paletteChunks({ palette }: PngForm): Uint8Array<ArrayBuffer>[] {
  if (palette === undefined) return []
  return [...chunkParts('PLTE', [palette.colours]), ...(palette.alphas.length > 0 ? chunkParts('tRNS', [palette.alphas]) : [])]
}

/** PNG §11.2.2. */
function imageHeader({ width, height }: Shape, { bitDepth, colourType }: PngForm): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([bitDepth, colourType], 8)
  return header
}

/** PNG §11.3.2.3: a name, a zero byte, compression method 0, the compressed profile. */
function profileChunk(core: Core<PngEncoderExports>, icc: Uint8Array, level: DeflateEffort): Uint8Array<ArrayBuffer>[] {
  const mark = core.mark()
  const at = core.alloc(icc.length + MARGIN)
  core.bytes().set(icc, at)
  const deflater = createDeflater(core, level)
  deflater.write(at, icc.length)
  const { parts } = deflater.end()
  core.release(mark)
  return chunkParts('iCCP', [Uint8Array.from(new TextEncoder().encode('ICC profile\0\0')), ...parts])
}
