import type { Shape } from '../../../raster.ts'
import { type Coded, coderBytes, createPixelCoder, type PixelCoder } from './coder.ts'
import type { Level } from './effort.ts'
import type { LosslessEncoderCore } from './exports.ts'
import { bundleBits, codedWidth, type Form } from './form.ts'
import { createPredictor, type Predictor } from './predictor.ts'
import { windowOf } from './sub-image.ts'

/** Rows of a picture as they are coded. */
export interface CodedRows {
  readonly coded: Coded
  /** Pixels in a row of the coded image. */
  readonly width: number
  /** Rows that share a group of prefix codes, as a power of two. */
  readonly groupBits: number
  readonly groupBlocks: number
  /** Of the predictor's tiles, and their size as a power of two. */
  readonly modes: Uint8Array | null
  readonly modeBits: number
}

/** Takes rows of RGBA in the core's memory. */
export interface RowCoder {
  take(from: number): void
  finish(): CodedRows
  /** About the bits of all rows, in the place of `finish`. */
  estimatedBits(): number
}

/** Pixels of a block: matches do not cross its end. */
const BLOCK_PIXELS = 1 << 16
const [LEAST_GROUP_BITS, MOST_GROUP_BITS] = [4, 9]
const GROUP_TOKENS = 1 << 17
const SLACK = 64

/** Rows of a block, as a power of two. */
const blockBitsOf = (width: number): number => Math.min(MOST_GROUP_BITS, Math.floor(Math.log2(BLOCK_PIXELS / width)))

function coderSizes(width: number, height: number, { windowPixels }: Level) {
  const blockBits = blockBitsOf(width)
  const groupBits = Math.max(blockBits, LEAST_GROUP_BITS)
  const blockRows = Math.min(height, 2 ** blockBits)
  const groupBlocks = 2 ** (groupBits - blockBits)
  const sizes = { blockPixels: blockRows * width, windowPixels: windowOf(width * height, windowPixels), groupBlocks }
  return { ...sizes, groupTokens: Math.min(GROUP_TOKENS, width * height), blockBits, groupBits, blockRows }
}

/** Core memory that a row coder takes. */
export function rowCoderBytes({ width, height }: Shape, level: Level): number {
  const sizes = coderSizes(width, height, level)
  return coderBytes(sizes) + (sizes.blockRows + 1) * width * 4 + 3 * SLACK + 2048 + sizes.blockPixels / 16
}

/** `isSample`: only estimates are wanted. */
export function createRowCoder(core: LosslessEncoderCore, { width, height }: Shape, form: Form, level: Level, isSample = false): RowCoder {
  const across = codedWidth(width, form)
  const { blockBits, groupBits, blockRows, ...sizes } = coderSizes(across, height, level)
  const { cacheBits } = form
  const coder = createPixelCoder(core, { ...level, ...sizes, width: across, cacheBits, isOneGroup: isSample })
  const predictor = form.palette === null && form.predicts ? createPredictor(core, { width, height }, blockRows, blockBits) : null
  const collector =
    form.palette === null ? collectDirect(core, width, blockRows, form.subtractsGreen) : collectIndexed(core, width, form, coder)
  let rows = 0
  let y = 0
  return {
    take(from) {
      collector.take(from, rows++)
      y++
      if (rows < blockRows && y < height) return
      collector.place(coder, rows, predictor)
      coder.code(rows * across)
      rows = 0
    },
    finish: () => ({
      coded: coder.finish(),
      width: across,
      groupBits,
      groupBlocks: sizes.groupBlocks,
      modes: predictor?.modes() ?? null,
      modeBits: predictor?.bits ?? 0,
    }),
    estimatedBits: () => coder.estimatedBits() + (predictor?.estimatedBits() ?? 0),
  }
}

interface Collector {
  /** Takes a row of RGBA as row `row` of the block. */
  take(from: number, row: number): void
  /** Puts the block's pixels where the coder wants them. */
  place(coder: PixelCoder, rows: number, predictor: Predictor | null): void
}

/** In front of the block lies the row above it. */
function collectDirect(core: LosslessEncoderCore, width: number, blockRows: number, subtractsGreen: boolean): Collector {
  const { exports } = core
  const stride = width * 4
  const above = core.alloc(SLACK + (blockRows + 1) * stride + SLACK) + SLACK
  core.bytes().fill(0, above - SLACK, above + stride)
  const block = above + stride
  return {
    take(from, row) {
      const at = block + row * stride
      exports.vp8leArgb(from, at, width)
      if (subtractsGreen) exports.vp8leSubtractGreen(at, width)
    },
    place(coder, rows, predictor) {
      const bytes = core.bytes()
      if (predictor === null) bytes.copyWithin(coder.place, block, block + rows * stride)
      else predictor.subtract(block, rows, coder.place)
      bytes.copyWithin(above, block + (rows - 1) * stride, block + rows * stride)
    },
  }
}

const OPAQUE = 0xff000000

/** Places in the palette, as green; several pixels share one, the leftmost in the lowest bits (RFC 9649 §4.4). */
function collectIndexed(core: LosslessEncoderCore, width: number, form: Form & { palette: object }, coder: PixelCoder): Collector {
  const { palette } = form
  const shared = bundleBits(palette.colours.length)
  const [across, perPixel, bits] = [codedWidth(width, form), 2 ** shared, 8 >> shared]
  const indices = new Uint8Array(width)
  return {
    take(from, row) {
      const { buffer } = core.exports.memory
      palette.indices(new Uint32Array(buffer, from, width), indices)
      const to = new Uint32Array(buffer, coder.place + row * across * 4, across)
      for (let x = 0, i = 0; i < across; i++) {
        let bundle = 0
        for (let shift = 0; shift < perPixel * bits && x < width; shift += bits, x++) bundle |= (indices[x] as number) << shift
        to[i] = OPAQUE | (bundle << 8)
      }
    },
    place: () => undefined,
  }
}
