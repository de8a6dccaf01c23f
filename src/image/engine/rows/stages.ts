import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import type { Band } from '../plane-stream.ts'
import { allocateRows, BAND_ROWS, NO_ROWS, type PixelRows, rowsBytes } from './pixel-rows.ts'

/** Changes rows where they lie. `apply` gets whole rows, with their numbers: it may touch up to the next multiple of 64 bytes behind each. */
export function mapRows(input: PixelRows, apply: (at: number, bytes: number, y: number) => void, isOpaque = input.isOpaque): PixelRows {
  const rowBytes = input.width * 4
  function* bands(): Generator<Band> {
    let y = 0
    for (const band of input.bands) {
      for (let row = 0; row < band.rows; row++) apply(band.ptr + row * band.stride, rowBytes, y++)
      yield band
    }
  }
  return { width: input.width, height: input.height, isOpaque, bands: bands() }
}

/** The same rows in a buffer of their own, when those of the input are not the reader's to write. */
export function copyRows(core: Core, input: PixelRows): PixelRows {
  const target = allocateRows(core, input.width, BAND_ROWS)
  function* bands(): Generator<Band> {
    for (const { ptr, stride, rows } of input.bands) {
      if (rows === 0) yield NO_ROWS
      for (let top = 0; top < rows; top += BAND_ROWS) {
        const count = Math.min(BAND_ROWS, rows - top)
        for (let row = 0; row < count; row++) {
          const from = ptr + (top + row) * stride
          core.bytes().copyWithin(target.ptr + row * target.stride, from, from + input.width * 4)
        }
        yield { ...target, rows: count }
      }
    }
  }
  return { width: input.width, height: input.height, isOpaque: input.isOpaque, bands: bands() }
}

/** A rectangle at whole pixels, inside the picture. */
export function cutRows(input: PixelRows, x: number, y: number, { width, height }: Shape): PixelRows {
  if (width === input.width && height === input.height) return input
  function* bands(): Generator<Band> {
    let top = -y
    for (const { ptr, stride, rows } of input.bands) {
      const [first, end] = [Math.max(0, -top), Math.min(rows, height - top)]
      yield first < end ? { ptr: ptr + first * stride + x * 4, stride, rows: end - first } : NO_ROWS
      top += rows
    }
  }
  return { width, height, isOpaque: input.isOpaque, bands: bands() }
}

export interface RowWindow {
  /** Rows above and below that an output row depends on. */
  readonly radius: number
  /** Bytes of a row in the kernel's form. */
  readonly rowBytes: number
  /** What lies beyond the upper and the lower edge: the edge row again (the default), or black without alpha. */
  readonly outside?: 'repeated' | 'black'
  readonly isOpaque?: boolean
  /** Brings the RGBA row at `from` into the kernel's form at `to`. */
  readonly load: (from: number, to: number) => void
  /** Writes one RGBA row to `to` from the 2 · radius + 1 rows around it, top to bottom. `to` has 64 bytes of room behind the row. */
  readonly emit: (rows: readonly number[], to: number) => void
}

const WINDOW_SLACK = 64
const slotBytesOf = (rowBytes: number): number => (rowBytes + WINDOW_SLACK + 15) & ~15

/** Core memory that `slideRows` takes. */
export const slideRowsBytes = (width: number, { radius, rowBytes }: Pick<RowWindow, 'radius' | 'rowBytes'>): number =>
  (2 * radius + 2) * slotBytesOf(rowBytes) + rowsBytes(width, BAND_ROWS)

/** Sends rows through a function of neighbouring rows. */
export function slideRows(core: Core, input: PixelRows, window: RowWindow): PixelRows {
  const { width, height } = input
  const { radius, rowBytes, outside = 'repeated', load, emit } = window
  const slots = 2 * radius + 1
  const slotBytes = slotBytesOf(rowBytes)
  const ring = core.alloc(slots * slotBytes)
  const black = core.alloc(slotBytes)
  const target = allocateRows(core, width, BAND_ROWS)
  if (outside === 'black') {
    core.bytes().fill(0, target.ptr, target.ptr + width * 4)
    load(target.ptr, black)
  }
  const slotOf = (y: number): number => {
    if (outside === 'black' && (y < 0 || y >= height)) return black
    return ring + (Math.min(height - 1, Math.max(0, y)) % slots) * slotBytes
  }
  const emitRow = (y: number, to: number): void =>
    emit(
      Array.from({ length: slots }, (_, k) => slotOf(y + k - radius)),
      to,
    )
  return {
    width,
    height,
    isOpaque: window.isOpaque ?? input.isOpaque,
    bands: lagging(input, radius, target, (from, y) => load(from, slotOf(y)), emitRow),
  }
}

/** A buffer for `BAND_ROWS` rows. */
type Target = ReturnType<typeof allocateRows>

/** Bands of a stage whose row `y` can be made when row `y + lag` has been taken, or the last one. */
export const lagging = (
  input: PixelRows,
  lag: number,
  target: Target,
  take: (from: number, y: number) => void,
  make: (y: number, to: number) => void,
): Generator<Band> =>
  emitRows(
    input,
    target,
    (from, y) => {
      take(from, y)
      return [y + 1 === input.height ? input.height : y + 1 - lag]
    },
    make,
  )

/**
 * Bands of a stage that makes its rows in order, each as soon as it can. `take` takes row `y` of the input and tells how many rows of the result can be made
 * by then: perhaps several times, each time before what it works on changes.
 */
export function* emitRows(
  { bands }: PixelRows,
  target: Target,
  take: (from: number, y: number) => Iterable<number>,
  make: (y: number, to: number) => void,
): Generator<Band> {
  let [taken, made, filled] = [0, 0, 0]
  for (const { ptr, stride, rows } of bands) {
    for (let row = 0; row < rows; row++) {
      for (const ready of take(ptr + row * stride, taken++)) {
        while (made < ready) {
          make(made++, target.ptr + filled++ * target.stride)
          if (filled < BAND_ROWS) continue
          yield { ...target, rows: filled }
          filled = 0
        }
      }
    }
    yield { ...target, rows: filled }
    filled = 0
  }
}
