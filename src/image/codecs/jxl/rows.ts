import type { Core } from '../../engine/core.ts'
import type { JxlHeader } from '../../engine/jxl/header.ts'
import type { Band } from '../../engine/plane-stream.ts'
import type { ConvertDeep } from '../../engine/pixels/deep.ts'
import { allocateRows, BAND_ROWS, NO_ROWS, type PixelRows, rowsBytes } from '../../engine/rows/pixel-rows.ts'
import type { DecodedPicture } from './decoder.ts'

export interface RowsOptions {
  /** Whether the picture comes with 16 bits a sample. */
  readonly isDeep: boolean
  /** Whether the colours of those are to be divided by their alpha. */
  readonly isAssociated: boolean
  /** Makes colours of them before any bit is lost. */
  readonly convert: ConvertDeep | undefined
}

const MOST = 65_535

/** Rounds samples of 16 bits to 8. */
function round(from: Uint16Array, to: Uint8Array): void {
  for (let i = 0; i < to.length; i++) to[i] = ((from[i] as number) * 255 + MOST / 2) / MOST // as many
}

/** Divides the alpha out of colours of 16 bits. */
function straighten(row: Uint16Array): void {
  for (let at = 0; at < row.length; at += 4) {
    const alpha = row[at + 3] as number // four a pixel
    for (let i = at; i < at + 3; i++) row[i] = alpha === 0 ? 0 : Math.min(MOST, Math.round(((row[i] as number) * MOST) / alpha))
  }
}

/** The stored picture, row by row. `open` decodes it, when the first row is asked for. */
export function jxlRows(
  core: Core,
  { width, height, extra }: JxlHeader,
  open: () => DecodedPicture,
  { isDeep, isAssociated, convert }: RowsOptions,
): PixelRows {
  const { ptr, stride } = allocateRows(core, width, Math.min(BAND_ROWS, height))
  const deep = isDeep ? core.alloc(8 * width) : 0
  function put(row: Uint8Array, to: number): void {
    if (!isDeep) return core.bytes().set(row, to)
    const memory = core.bytes()
    memory.set(row, deep)
    const samples = new Uint16Array(memory.buffer, deep, 4 * width)
    if (isAssociated) straighten(samples)
    if (convert) convert(deep, to, width)
    else round(samples, memory.subarray(to, to + 4 * width))
  }
  function* bands(): Generator<Band> {
    const picture = open()
    yield NO_ROWS
    for (let y = 0; y < height; y += BAND_ROWS) {
      const rows = Math.min(BAND_ROWS, height - y)
      for (let row = 0; row < rows; row++) put(picture.row(y + row), ptr + row * stride)
      yield { ptr, stride, rows }
    }
  }
  return { width, height, isOpaque: !extra.some(({ kind }) => kind === 'alpha'), bands: bands() }
}

/** Core memory that `jxlRows` takes. */
export const jxlRowsBytes = (width: number): number => rowsBytes(width, BAND_ROWS) + 8 * width + 16
