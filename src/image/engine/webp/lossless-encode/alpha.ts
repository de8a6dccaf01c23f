import type { Shape } from '../../../raster.ts'
import { createColourCollector } from '../../palette.ts'
import type { Band } from '../../plane-stream.ts'
import { allocateRows, rowsBytes } from '../../rows/pixel-rows.ts'
import { ALPHA_FILTERS, type AlphaFilter, filterRow } from './alpha-filters.ts'
import { nearestNext } from './colour-order.ts'
import { createKeptPlane, type KeptPlane } from './alpha-plane.ts'
import { createBitWriter } from './bit-writer.ts'
import { levelOf } from './effort.ts'
import type { LosslessEncoderCore } from './exports.ts'
import type { Form } from './form.ts'
import { createRowCoder, rowCoderBytes } from './row-coder.ts'
import { losslessStream } from './stream.ts'

/** Encodes a picture's alpha for a chunk ALPH (RFC 9649 §2.7.1.2). */
export interface AlphaEncoder {
  /** Takes rows of RGBA in the core's memory, of which only alpha is read. */
  take(band: Band): void
  /** The chunk's payload, when all rows have been taken. */
  finish(): Uint8Array<ArrayBuffer>
  /** As `finish`, but lets others compute after each block of rows. */
  finishing(): Generator<void, Uint8Array<ArrayBuffer>>
}

/** Pixels by which the filter is chosen. */
const SAMPLE_PIXELS = 1 << 16
const DIRECT = { palette: null, cacheBits: 0, subtractsGreen: false, predicts: false } as const
const PREDICTED = { ...DIRECT, predicts: true } as const
const COMPRESSED = 1
/** Bits of the filter's number in the chunk's first byte. */
const FILTER_SHIFT = 2
/** About the bits of a level in a palette. */
const BITS_PER_LEVEL = 8
/** Rows between turns of others. */
const ROWS_A_TURN = 16

/** How a plane is coded. */
interface Way {
  readonly filter: AlphaFilter
  readonly form: Form
}

/**
 * An encoder for alpha that comes by rows. The plane is kept until its end, each row as short as runs make it (a byte a pixel at most), for the best filter is known
 * only then; it is one of none, horizontal, vertical and gradient, or VP8L's own predictions or palette. What does not become smaller is stored.
 * `effort`: 1 (fast) to 100 (small).
 */
export function createAlphaEncoder(core: LosslessEncoderCore, width: number, height: number, effort?: number): AlphaEncoder {
  const plane = createKeptPlane(width)
  const row = new Uint8Array(width)
  function* finishing(): Generator<void, Uint8Array<ArrayBuffer>> {
    const way = choose(core, plane, { width, height }, effort)
    const compressed = yield* compress(core, plane, { width, height }, way, effort)
    const size = compressed.reduce((sum, { length }) => sum + length, 0)
    const payload = new Uint8Array(1 + Math.min(size, width * height))
    let at = 1
    if (size < width * height) {
      payload[0] = COMPRESSED | (way.filter << FILTER_SHIFT)
      for (const part of compressed) {
        payload.set(part, at)
        at += part.length
      }
    } else {
      for (const alphas of plane.rows()) {
        payload.set(alphas, at)
        at += width
      }
    }
    return payload
  }
  return {
    take({ ptr, stride, rows }) {
      const memory = core.bytes()
      for (let y = 0; y < rows; y++) {
        for (let x = 0, at = ptr + y * stride + 3; x < width; x++, at += 4) row[x] = memory[at] as number
        plane.add(row)
      }
    },
    finish() {
      const steps = finishing()
      for (;;) {
        const step = steps.next()
        if (step.done) return step.value
      }
    },
    finishing,
  }
}

/** Upper bound of the memory that an alpha encoder takes: the plane that is kept, the core's, and the chunk. */
export function alphaEncoderBytes(shape: Shape, effort?: number): number {
  const sample = { width: shape.width, height: Math.min(shape.height, Math.ceil(SAMPLE_PIXELS / shape.width)) }
  const level = levelOf(effort)
  const coding = Math.max(rowCoderBytes(shape, level), rowCoderBytes(sample, level)) + rowsBytes(shape.width, 1)
  return 3 * shape.width * shape.height + coding + shape.width * 8 + 65_536
}

/** Of every so many rows some that follow each other, as long as the sample has room. */
function isSampled(y: number, { width, height }: Shape): boolean {
  const most = Math.max(1, Math.floor(SAMPLE_PIXELS / width))
  if (height <= most) return true
  const span = Math.ceil((height * 16) / most)
  return y % span < 16
}

function choose(core: LosslessEncoderCore, plane: KeptPlane, shape: Shape, effort?: number): Way {
  const { width, height } = shape
  const ys = Array.from({ length: height }, (_, y) => y).filter((y) => isSampled(y, shape))
  const palette = levelsOf(plane)
  const ways: Way[] = ALPHA_FILTERS.map((filter) => ({ filter, form: DIRECT }))
  ways.push({ filter: 0, form: PREDICTED }, { filter: 0, form: { palette, cacheBits: 0 } })
  let [best, least] = [ways[0], Infinity]
  for (const way of ways) {
    const mark = core.mark()
    const { ptr } = allocateRows(core, width, 1)
    const coder = createRowCoder(core, { width, height: ys.length }, way.form, levelOf(effort), true)
    let y = 0
    for (const pixels of filteredRows(plane, width, way.filter)) {
      if (!isSampled(y++, shape)) continue
      new Uint32Array(core.exports.memory.buffer, ptr, width).set(pixels)
      coder.take(ptr)
    }
    core.release(mark)
    const ofPalette = way.form.palette === null ? 0 : way.form.palette.colours.length * BITS_PER_LEVEL
    const bits = (coder.estimatedBits() * height) / ys.length + ofPalette
    if (bits < least) [best, least] = [way, bits]
  }
  return best ?? { filter: 0, form: DIRECT }
}

function* compress(core: LosslessEncoderCore, plane: KeptPlane, shape: Shape, { filter, form }: Way, effort?: number) {
  const { width, height } = shape
  const mark = core.mark()
  const { ptr } = allocateRows(core, width, 1)
  const coder = createRowCoder(core, shape, form, levelOf(effort))
  let y = 0
  for (const pixels of filteredRows(plane, width, filter)) {
    new Uint32Array(core.exports.memory.buffer, ptr, width).set(pixels)
    coder.take(ptr)
    if (++y % ROWS_A_TURN === 0) yield
  }
  const stream = losslessStream(core, createBitWriter(), form, coder.finish(), height)
  core.release(mark)
  return stream
}

/** Rows of the filtered plane as pixels of RGBA that have it in green. */
function* filteredRows(plane: KeptPlane, width: number, filter: AlphaFilter): Generator<Uint32Array> {
  const pixels = new Uint32Array(width)
  const filtered = new Uint8Array(width)
  const above = new Uint8Array(width)
  let isFirst = true
  for (const row of plane.rows()) {
    filterRow(filter, row, isFirst ? null : above, filtered)
    above.set(row)
    isFirst = false
    for (let x = 0; x < width; x++) pixels[x] = 0xff000000 | ((filtered[x] as number) << 8)
    yield pixels
  }
}

/** The plane's levels as a palette, the lowest first. */
function levelsOf(plane: KeptPlane) {
  const used = new Uint8Array(256)
  for (const row of plane.rows()) for (const alpha of row) used[alpha] = 1
  const levels = Array.from(used.keys()).filter((level) => used[level] === 1)
  const collector = createColourCollector()
  collector.add(Uint32Array.from(levels, (level) => 0xff000000 | (level << 8)))
  const palette = collector.palette(nearestNext)
  if (palette === null) throw new Error('a byte has more than 256 values')
  return palette
}
