import type { Core } from '../core.ts'
import type { Band } from '../plane-stream.ts'

export interface QuantiserExports {
  quantiserBytes(): number
  quantiserStart(state: number): void
  quantiserAdd(state: number, from: number, pixels: number): void
  quantiserCut(state: number, most: number): void
  quantiserPalette(state: number): number
  quantiserRefine(state: number): void
  quantiserColours(state: number): number
  quantiserError(state: number, palette: number): number
  quantiserMapRow(
    state: number,
    from: number,
    pixels: number,
    to: number,
    errors: number,
    below: number,
    isBackwards: number,
    strength: number,
  ): void
  binaryAlpha(at: number, pixels: number): void
}

/** Core memory of a quantiser: its state, and what two rows hand on. */
export const quantiserBytes = (width: number): number => 2_100_000 + 2 * ERROR_BYTES * (width + 2)

const ERROR_BYTES = 16
/**
 * Sixteenths of a pixel's error that are handed on. All of it makes noise where the palette ends; three quarters keep nine tenths of the gain in smooth
 * shades for less than half of the bytes and of the noise (`npm run bench:gif`).
 */
const STRENGTH = 12

/** The most colours of a palette. */
const MOST_COLOURS = 256
/** How often the colours move to the means of their pixels. */
const REFINEMENTS = 3

export interface Quantiser {
  /** Counts the pixels of a band: premultiplied, or opaque and transparent black alone. */
  add(band: Band): void
  /** Counts a transparent pixel. */
  addTransparent(): void
  /** Chooses the palette by all that was counted. RGBA pixels as they lie in memory; a transparent one, if there was any, is the first. */
  palette(): Uint32Array
  /** The mean square of what the pixels lose with a palette, its own or another quantiser's. `palette` was called before, of both. */
  errorWith(other: Pick<Quantiser, 'state'>): number
  /**
   * Writes the index of each pixel of the row at core offset `from`, as wide as the picture or narrower; rows come top to bottom. `palette` was called before.
   */
  mapper(pixels?: number): (from: number, to: number) => void
  readonly state: number
}

/**
 * Chooses the 256 colours or fewer that stand for a picture `width` pixels wide, and maps its rows to them. Memory is of the core's arena, does not depend on
 * the height, and is released by the caller. Equal pictures give equal palettes on every machine.
 */
export function createQuantiser(core: Core<QuantiserExports>, width: number): Quantiser {
  const { exports } = core
  const state = core.alloc(exports.quantiserBytes())
  const rowBytes = ERROR_BYTES * (width + 2)
  const errorRows = [core.alloc(rowBytes), core.alloc(rowBytes)] as const
  const clear = core.alloc(4)
  exports.quantiserStart(state)
  return {
    state,
    add({ ptr, stride, rows }) {
      for (let row = 0; row < rows; row++) exports.quantiserAdd(state, ptr + row * stride, width)
    },
    addTransparent() {
      core.view().setUint32(clear, 0)
      exports.quantiserAdd(state, clear, 1)
    },
    palette() {
      exports.quantiserCut(state, MOST_COLOURS)
      const colours = exports.quantiserPalette(state)
      for (let i = 0; i < REFINEMENTS; i++) exports.quantiserRefine(state)
      return new Uint32Array(exports.memory.buffer, exports.quantiserColours(state), colours).slice()
    },
    errorWith: (other) => exports.quantiserError(state, other.state),
    mapper(pixels = width) {
      let [errors, below] = errorRows
      core.bytes().fill(0, errors, errors + rowBytes)
      let isBackwards = 0
      return (from, to) => {
        exports.quantiserMapRow(state, from, pixels, to, errors, below, isBackwards, STRENGTH)
        ;[errors, below, isBackwards] = [below, errors, 1 - isBackwards]
      }
    },
  }
}
