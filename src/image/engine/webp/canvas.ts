import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import type { Band } from '../plane-stream.ts'
import { allocateRows, BAND_ROWS, type PixelRows, rowsBytes } from '../rows/pixel-rows.ts'

export interface CanvasExports {
  webpBlendOver(from: number, to: number, width: number): void
}

/** A place on a canvas, within it. */
export interface CanvasPlace extends Shape {
  readonly x: number
  readonly y: number
}

/** The canvas of an animation (RFC 9649 §2.7.1.1), transparent at first. */
export interface Canvas {
  /** Lays rows over the place from its row `y` on, or puts them in its place (`replaces`). */
  draw(place: CanvasPlace, y: number, band: Band, replaces: boolean): void
  /** Makes the place transparent. */
  clear(place: CanvasPlace): void
  /** Whether no pixel of it is transparent. */
  isOpaque(): boolean
  /** Copies its row `y` to an offset of the core's memory. */
  copyRow(y: number, to: number): void
  /** What is on it, for readers that may spoil it. */
  rows(): PixelRows
}

const OPAQUE = 0xff000000

/** Core memory that a canvas takes. */
export const canvasBytes = ({ width, height }: Shape): number => rowsBytes(width, height)

/** Opens a canvas in the core's memory. @throws AppError `too_many_pixels` when that has no room for it. */
export function createCanvas(core: Core<CanvasExports>, { width, height }: Shape): Canvas {
  const { ptr, stride } = allocateRows(core, width, height)
  core.bytes().fill(0, ptr, ptr + stride * height)

  const isOpaque = (): boolean => {
    for (let y = 0; y < height; y++) {
      const row = new Uint32Array(core.exports.memory.buffer, ptr + y * stride, width)
      if (row.some((pixel) => pixel < OPAQUE)) return false
    }
    return true
  }

  function* bands(): Generator<Band> {
    for (let y = 0; y < height; y += BAND_ROWS) yield { ptr: ptr + y * stride, stride, rows: Math.min(BAND_ROWS, height - y) }
  }

  return {
    draw(place, y, band, replaces) {
      const memory = core.bytes()
      for (let row = 0; row < band.rows; row++) {
        const from = band.ptr + row * band.stride
        const to = ptr + (place.y + y + row) * stride + place.x * 4
        if (replaces) memory.copyWithin(to, from, from + place.width * 4)
        else core.exports.webpBlendOver(from, to, place.width)
      }
    },
    clear(place) {
      const memory = core.bytes()
      for (let y = place.y; y < place.y + place.height; y++) {
        const at = ptr + y * stride + place.x * 4
        memory.fill(0, at, at + place.width * 4)
      }
    },
    isOpaque,
    copyRow: (y, to) => void core.bytes().copyWithin(to, ptr + y * stride, ptr + y * stride + width * 4),
    rows: () => ({ width, height, isOpaque: isOpaque(), bands: bands() }),
  }
}
