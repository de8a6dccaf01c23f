import type { Raster, Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { giveBack } from '../parts.ts'
import type { Band } from '../plane-stream.ts'

/**
 * A picture that arrives by rows of RGBA (straight alpha, 8 bits), top to bottom. The rows of all bands add up to `height`; a band may be empty:
 * then a stage has taken rows and has none to give yet, and whoever pulls may let others compute.
 */
export interface PixelRows extends Shape {
  /** True when no pixel can be transparent. */
  readonly isOpaque: boolean
  /**
   * Can be read once. A band lies in the core's memory until the next one is asked for, and its reader may write to it. Its stride is a multiple of
   * 64 bytes, and so many bytes from a row's start to the next multiple of 64 behind its end may be read and written.
   */
  readonly bands: Iterable<Band>
}

/** A picture that may be read more than once. */
export interface Picture extends Shape {
  /** Opens the rows, from the first on, for `work`, and gives back what they held. One reader at a time. */
  read<T>(work: (rows: PixelRows) => Promise<T>): Promise<T>
}

/** Reads rows to their end, or until `see` answers false. Lets other work compute in between. `nsPerPixel`: about what `see` takes. */
export type Drain = (rows: PixelRows, see: (band: Band) => void | false, nsPerPixel?: number) => Promise<void>

/** Rows that a stage gives at a time, at most. */
export const BAND_ROWS = 16
/** Bytes that may be touched behind the last row of a buffer. */
const SLACK = 64

/** Bytes from row to row of RGBA. */
export const rowStride = (width: number): number => ((width + 15) & ~15) * 4

/** Core memory that `allocateRows` takes. */
export const rowsBytes = (width: number, rows: number): number => rowStride(width) * rows + SLACK + 16

/** A buffer for rows of RGBA. */
export function allocateRows(core: Core, width: number, rows: number): { readonly ptr: number; readonly stride: number } {
  const stride = rowStride(width)
  return { ptr: core.alloc(stride * rows + SLACK), stride }
}

/** A band without rows. */
export const NO_ROWS: Band = { ptr: 0, stride: 0, rows: 0 }

/** The rows of a raster that nobody else reads: it is given back when they have been read, or nobody wants more. */
export function lastRows(core: Core, raster: Raster): PixelRows {
  const { bands: rows, ...shape } = rasterRows(core, raster)
  function* bands(): Generator<Band> {
    try {
      yield* rows
    } finally {
      giveBack(raster.data)
    }
  }
  return { ...shape, bands: bands() }
}

/** The rows of a raster, copied into the core band by band. */
export function rasterRows(core: Core, raster: Raster): PixelRows {
  const { width, height, data } = raster
  const { ptr, stride } = allocateRows(core, width, Math.min(BAND_ROWS, height))
  function* bands(): Generator<Band> {
    for (let y = 0; y < height; y += BAND_ROWS) {
      const rows = Math.min(BAND_ROWS, height - y)
      const memory = core.bytes()
      for (let row = 0; row < rows; row++) {
        memory.set(data.subarray((y + row) * width * 4, (y + row + 1) * width * 4), ptr + row * stride)
      }
      yield { ptr, stride, rows }
    }
  }
  return { width, height, isOpaque: isOpaque(raster), bands: bands() }
}

function isOpaque({ data }: Raster): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return false
  return true
}

/** Copies the rows of a band into a raster from row `y` on. */
export function putRows(core: Core, { ptr, stride, rows }: Band, raster: Raster, y: number): void {
  const memory = core.bytes()
  const rowBytes = raster.width * 4
  for (let row = 0; row < rows; row++) {
    const from = ptr + row * stride
    raster.data.set(memory.subarray(from, from + rowBytes), (y + row) * rowBytes)
  }
}
