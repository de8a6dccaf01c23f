import type { Core } from '../../engine/core.ts'
import type { JxlHeader } from '../../engine/jxl/header.ts'
import type { Band } from '../../engine/plane-stream.ts'
import type { ConvertDeep } from '../../engine/pixels/deep.ts'
import { allocateRows, BAND_ROWS, NO_ROWS, type PixelRows, rowsBytes } from '../../engine/rows/pixel-rows.ts'
import type { DecodedPicture } from './decoder.ts'

export interface RowsOptions {
  /** Whether colours are to be divided by their alpha. */
  readonly isAssociated: boolean
  /** Makes the colours of samples of more than 8 bits before any bit is lost. */
  readonly convert: ConvertDeep | undefined
}

const MOST = 65_535

/** Samples of so many bits as 16 bits, and divided by their alpha. */
function widen(row: Uint16Array, bits: number, isAssociated: boolean): void {
  const scale = MOST / (2 ** bits - 1)
  if (scale !== 1) for (let i = 0; i < row.length; i++) row[i] = Math.round((row[i] as number) * scale)
  if (!isAssociated) return
  for (let at = 0; at < row.length; at += 4) {
    const alpha = row[at + 3] as number // four a pixel
    for (let i = at; i < at + 3; i++) row[i] = alpha === 0 ? 0 : Math.min(MOST, Math.round(((row[i] as number) * MOST) / alpha))
  }
}

/** Rounds samples of 16 bits to 8. */
function round(from: Uint16Array, to: Uint8Array): void {
  for (let i = 0; i < to.length; i++) to[i] = Math.round(((from[i] as number) * 255) / MOST) // as many
}

/** The stored picture, row by row, in its own colours without `convert`. `open` decodes it, when the first row is asked for. */
export function jxlRows(
  core: Core,
  { width, height, extra }: JxlHeader,
  open: () => DecodedPicture,
  { isAssociated, convert }: RowsOptions,
): PixelRows {
  const { ptr, stride } = allocateRows(core, width, Math.min(BAND_ROWS, height))
  const deep = core.alloc(8 * width)
  function put(row: Uint8Array, bits: number, to: number): void {
    const memory = core.bytes()
    if (bits <= 8) return memory.set(row, to)
    memory.set(row, deep)
    const samples = new Uint16Array(memory.buffer, deep, 4 * width)
    widen(samples, bits, isAssociated)
    if (convert) convert(deep, to, width)
    else round(samples, memory.subarray(to, to + 4 * width))
  }
  function* bands(): Generator<Band> {
    const picture = open()
    yield NO_ROWS
    for (let y = 0; y < height; y += BAND_ROWS) {
      const rows = Math.min(BAND_ROWS, height - y)
      for (let row = 0; row < rows; row++) put(picture.row(y + row), picture.bits, ptr + row * stride)
      yield { ptr, stride, rows }
    }
  }
  return { width, height, isOpaque: !extra.some(({ kind }) => kind === 'alpha'), bands: bands() }
}

/** Core memory that `jxlRows` takes. */
export const jxlRowsBytes = (width: number): number => rowsBytes(width, BAND_ROWS) + 8 * width + 16
