import { AppError } from '../../../../errors.ts'
import type { Shape } from '../../../raster.ts'
import type { Core } from '../../core.ts'
import type { Band } from '../../plane-stream.ts'
import { NO_ROWS } from '../../rows/pixel-rows.ts'
import type { LosslessExports } from './exports.ts'
import { createLosslessInput, damagedPixels, endedPixels, type LosslessInput, losslessInputBytes } from './input.ts'

/** Back references reach 1,048,456 pixels (RFC 9649 §3.6.2.2). */
const MOST_RING = 2 ** 20
/** A palette is decoded through the ring too. */
const LEAST_RING = 256
const RING_SLACK = 16
/** The largest tables of a group: root tables and second ones of alphabets of 2,328, three times 256, and 40 symbols. */
const MOST_GROUP_TABLES = 12_288
/** Of the definition of a group's codes: 14 bits for each of 3,136 symbols, and their headers. */
const MOST_GROUP_CODE = 6_144
const GROUP_BYTES = 32
const MOST_CACHE_BITS = 11
/** What prefix codes and the small images of transforms may take together. libwebp's own encoder stays far below it. */
const MOST_TABLES_BYTES = 8 * 2 ** 20
/** Pixels that are decoded before others get their turn. */
const PIXELS_A_TURN = 65_536

const [DONE, NEED_INPUT, TRUNCATED] = [0, 1, 3]

/** Rows of an image that are in the ring can be taken. */
export interface CodedImage extends Shape {
  /** Writes row `y` as words A, R, G, B. Rows are asked for in order. @throws AppError `invalid_image`. */
  take(y: number, to: number): void
}

/** Reads the entropy-coded images of one bitstream, one after the other (RFC 9649 §3.5). */
export interface ImageReader {
  readonly input: LosslessInput
  /** Takes memory for what the picture needs until its end. @throws AppError `too_many_pixels` when all of it together is too much. */
  keep(bytes: number): number
  /** Reads a small image of one group, row by row; gives back what its codes took. */
  small(shape: Shape, see: (image: CodedImage, y: number) => void): Generator<Band>
  /** Reads what comes before the pixels of the picture itself. */
  main(shape: Shape): Generator<Band, CodedImage>
}

const ringPixels = ({ width, height }: Shape): number =>
  Math.min(MOST_RING, Math.max(LEAST_RING, 2 ** Math.ceil(Math.log2(width * height))))

/** Core memory that a reader takes at most, tables and all. */
export function imageReaderBytes(shape: Shape, dataBytes: number): number {
  const tiles = Math.ceil(shape.width / 4) * Math.ceil(shape.height / 4)
  const tables = Math.min(MOST_TABLES_BYTES, tiles * (MOST_GROUP_TABLES + GROUP_BYTES + 7) + 4 * MOST_GROUP_TABLES)
  return losslessInputBytes(dataBytes) + ringPixels(shape) * 4 + RING_SLACK + tables + shape.width + (4 << MOST_CACHE_BITS) + 256
}

export function createImageReader(core: Core<LosslessExports>, data: Uint8Array, whole: Shape): ImageReader {
  const { exports } = core
  const input = createLosslessInput(core, data)
  const { state } = input
  const mask = ringPixels(whole) - 1
  const ring = core.alloc((mask + 1) * 4 + RING_SLACK)
  const base = core.mark()

  const keep = (bytes: number): number => {
    if (core.mark() - base + bytes > MOST_TABLES_BYTES) {
      const reason = `Expected a WebP whose prefix codes and transforms take at most ${MOST_TABLES_BYTES} bytes, received more.`
      throw new AppError('too_many_pixels', { reason })
    }
    return core.alloc(bytes)
  }

  const readCacheBits = (): number => {
    if (input.bits(1) === 0) return 0
    const bits = input.bits(4)
    if (bits < 1 || bits > MOST_CACHE_BITS) throw damagedPixels()
    return bits
  }

  /** Tables of groups that no tile has are not kept. */
  function* readGroups(cacheBits: number, isUsed: Uint8Array): Generator<Band, number> {
    const groups = keep(isUsed.length * GROUP_BYTES)
    for (const [i, used] of isUsed.entries()) {
      input.ensure(MOST_GROUP_CODE)
      const tables = keep(MOST_GROUP_TABLES)
      const bytes = exports.vp8lGroup(state, cacheBits, groups + i * GROUP_BYTES, tables)
      if (bytes < 0) throw bytes === -1 ? damagedPixels() : endedPixels()
      core.release(used === 0 ? tables : (tables + bytes + 15) & ~15)
      if (i % 64 === 63) yield NO_ROWS
    }
    return groups
  }

  const begin = ({ width, height }: Shape, groups: number, cacheBits: number): CodedImage => {
    const cache = cacheBits > 0 ? core.alloc(4 << cacheBits) : 0
    exports.vp8lImage(state, width, height, ring, mask, groups, cache, cacheBits)
    return {
      width,
      height,
      take(y, to) {
        for (let status = NEED_INPUT; status !== DONE;) {
          status = exports.vp8lPixels(state, (y + 1) * width)
          if (status === NEED_INPUT) input.ensure(MOST_GROUP_CODE)
          else if (status !== DONE) throw status === TRUNCATED ? endedPixels() : damagedPixels()
        }
        exports.vp8lTakeRow(state, y, to)
      },
    }
  }

  function* small(shape: Shape, see: (image: CodedImage, y: number) => void): Generator<Band> {
    const mark = core.mark()
    const cacheBits = readCacheBits()
    const groups = yield* readGroups(cacheBits, Uint8Array.of(1))
    const image = begin(shape, groups, cacheBits)
    let counted = 0
    for (let y = 0; y < shape.height; y++) {
      see(image, y)
      counted += shape.width
      if (counted < PIXELS_A_TURN) continue
      counted = 0
      yield NO_ROWS
    }
    core.release(mark)
  }

  /** RFC 9649 §3.7.2.2: the number of each tile's group. */
  function* readTiles({ width, height }: Shape) {
    const bits = input.bits(3) + 2
    const shape = { width: tilesOf(width, bits), height: tilesOf(height, bits) }
    const tiles = keep(shape.width * shape.height * 2)
    const row = core.alloc(shape.width * 4)
    yield* small(shape, (image, y) => {
      image.take(y, row)
      exports.vp8lNumbers(row, tiles + y * shape.width * 2, shape.width)
    })
    core.release(row)
    const numbers = new Uint16Array(exports.memory.buffer, tiles, shape.width * shape.height)
    const isUsed = new Uint8Array(numbers.reduce((most, number) => Math.max(most, number), 0) + 1)
    for (const number of numbers) isUsed[number] = 1
    return { bits, tiles, isUsed }
  }

  return {
    input,
    keep,
    small,
    *main(shape) {
      const cacheBits = readCacheBits()
      const entropy = input.bits(1) === 1 ? yield* readTiles(shape) : null
      const groups = yield* readGroups(cacheBits, entropy?.isUsed ?? Uint8Array.of(1))
      const image = begin(shape, groups, cacheBits)
      if (entropy) exports.vp8lTiles(state, entropy.tiles, entropy.bits)
      return image
    },
  }
}

/** Tiles of `1 << bits` pixels along a side. */
export const tilesOf = (side: number, bits: number): number => Math.ceil(side / 2 ** bits)
