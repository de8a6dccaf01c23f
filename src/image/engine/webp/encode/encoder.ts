import { AppError } from '../../../../errors.ts'
import type { Shape } from '../../../raster.ts'
import { ascii, littleEndian } from '../../bytes.ts'
import { bytes24, chunkBytes, chunkParts, sizeOf } from '../container.ts'
import { createParts, joinParts } from '../../parts.ts'
import type { Vp8EncoderCore } from './exports.ts'
import { createPartitions, rowBufferBytes, waitingBytes } from './partitions.ts'
import { SEGMENT_LIMITS, segmentsOf, vp8Effort } from './quality.ts'
import { allocateRowAbove, macroblocksOf, openRecord, rowAboveBytes } from './record.ts'

export interface Vp8EncodeOptions {
  /** 1…100 on libwebp's scale. */
  readonly quality: number
  /** 1 (fast) to 100 (small). */
  readonly effort?: number | undefined
  /** Leaves out the loop filter, so that a decoder shows exactly what the encoder made. */
  readonly unfiltered?: boolean
}

/** The rows of one component that wait to be encoded: row `y` is at `ptr + (y mod rows) × stride`. */
export interface Vp8Plane extends Shape {
  readonly ptr: number
  readonly stride: number
  readonly rows: number
  /** Rows that one call of `encodeRow` takes. */
  readonly rowsPerMcu: number
}

/** Encodes rows of macroblocks. */
export interface Vp8Encoder {
  /** Y, Cb, Cr in studio range; chroma is ⌈width ÷ 2⌉ × ⌈height ÷ 2⌉, its samples centred. */
  readonly planes: readonly [Vp8Plane, Vp8Plane, Vp8Plane]
  readonly mcuRows: number
  /** Encodes the next 16 rows from the planes, where they must be by now, and puts what a decoder has before its loop filter in their place. */
  encodeRow(): void
  /**
   * Makes the WebP file, when all `mcuRows` rows have been encoded, some rows at a time: others may compute in between. `alpha`: the payload of a chunk ALPH,
   * absent for an opaque picture.
   */
  finishing(alpha?: Uint8Array<ArrayBuffer> | null): Generator<void, Uint8Array>
  /** The same at once. */
  finish(): Uint8Array
}

/** What a generator answers in the end. */
function endOf<T>(steps: Generator<void, T>): T {
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

const MAX_SIDE = 16383
const DEFAULT_EFFORT = 50
/** The first partition's size is written in 19 bits: it has the header and the modes, in units of 1/256 bit. */
const MAX_FIRST_BYTES = (1 << 19) - 1
const MODES_ROOM = (MAX_FIRST_BYTES - 16_384) * 8 * 256
const SLACK = 16

/** @throws AppError `output_too_large` for a side of more than 16,383 pixels. */
export function createVp8Encoder(
  core: Vp8EncoderCore,
  shape: Shape,
  { quality, effort = DEFAULT_EFFORT, unfiltered = false }: Vp8EncodeOptions,
  bufferedMcuRows = 1,
): Vp8Encoder {
  if (Math.max(shape.width, shape.height) > MAX_SIDE) {
    throw new AppError('output_too_large', {
      reason: `expected sides of at most ${MAX_SIDE} pixels for WebP, received ${shape.width}x${shape.height}`,
    })
  }
  const { across, down } = macroblocksOf(shape)
  const planes = planesOf(core, shape, bufferedMcuRows)
  const record = openRecord(core)
  const parts = createParts()
  const rowAbove = allocateRowAbove(core, across)
  const partitions = createPartitions(core, across, parts)
  const segments = segmentsOf(quality)
  prepare(core)
  core.exports.vp8StartPicture()
  segments.forEach(({ quantiser }, i) => core.exports.vp8SetQuantiser(i, quantiser, ROUNDING, LAMBDA))
  const [segmentLimit1, segmentLimit2, segmentLimit3] = SEGMENT_LIMITS
  const modeCostLimit = Math.floor(Math.min(2 ** 31 - 1, MODES_ROOM / (across * down)))
  record.set({
    across,
    modeCostLimit,
    segmentLimit1,
    segmentLimit2,
    segmentLimit3,
    ...rowAbove,
    ...vp8Effort(effort),
    lumaStride: planes[0].stride,
    chromaStride: planes[1].stride,
  })
  let row = 0
  function* finishing(alpha: Uint8Array<ArrayBuffer> | null = null): Generator<void, Uint8Array> {
    const counts = (['segmentCount0', 'segmentCount1', 'segmentCount2', 'segmentCount3'] as const).map((field) => record.get(field))
    const filtered = unfiltered ? segments.map((segment) => ({ ...segment, filter: 0 })) : segments
    const first = yield* partitions.finishing(filtered, counts, record.get('skipped'))
    return webpFile(shape, first, parts.all, alpha)
  }
  return {
    planes,
    mcuRows: down,
    encodeRow() {
      const [luma, cb, cr] = planes.map((plane) => fillRow(core, plane, row)) as [number, number, number]
      record.set({ luma, cb, cr })
      core.exports.vp8EncodeRow(row, partitions.tokens, partitions.modes)
      partitions.keepRow(record.get('tokensEnd'), record.get('modesEnd'))
      row++
    },
    finishing,
    finish: () => endOf(finishing()),
  }
}

/** What a bit is worth in squares of a quantiser's step; and the share of a step, in 1/256, that is added before levels are cut off. */
const LAMBDA = 0.019
const ROUNDING = 106

/** Costs of bits by their probability, from 0/256 on. */
function prepare(core: Vp8EncoderCore): void {
  const view = core.view()
  const at = core.exports.vp8BitCosts()
  for (let p = 0; p <= 256; p++) view.setUint16(at + p * 2, Math.round(-256 * Math.log2(Math.max(p, 0.5) / 256)), true)
  core.exports.vp8PrepareCosts()
}

function planesOf(core: Vp8EncoderCore, shape: Shape, bufferedMcuRows: number): [Vp8Plane, Vp8Plane, Vp8Plane] {
  const { across } = macroblocksOf(shape)
  const plane = (size: number, { width, height }: Shape): Vp8Plane => {
    const rows = size * bufferedMcuRows
    const stride = (across * size + 15) & ~15
    return { ptr: core.alloc(stride * rows + SLACK), stride, rows, rowsPerMcu: size, width, height }
  }
  const half = { width: Math.ceil(shape.width / 2), height: Math.ceil(shape.height / 2) }
  return [plane(16, shape), plane(8, half), plane(8, half)]
}

/** Repeats a plane's edges as far as its row of macroblocks needs it. Answers where the row begins. */
function fillRow(core: Vp8EncoderCore, { ptr, stride, rows, rowsPerMcu, width, height }: Vp8Plane, row: number): number {
  const at = ptr + ((row * rowsPerMcu) % rows) * stride
  const filled = Math.min(rowsPerMcu, height - row * rowsPerMcu)
  if (stride > width) core.exports.padRows(at, stride, filled, width, stride)
  const last = at + (filled - 1) * stride
  const bytes = core.bytes()
  for (let y = filled; y < rowsPerMcu; y++) bytes.copyWithin(at + y * stride, last, last + stride)
  return at
}

const ALPHA_FLAG = 0x10

/** RIFF (RFC 9649 §2.4, §2.5) around a key frame (RFC 6386 §9.1); the extended form (§2.7) with alpha. */
function webpFile(
  { width, height }: Shape,
  first: readonly Uint8Array<ArrayBuffer>[],
  second: readonly Uint8Array<ArrayBuffer>[],
  alpha: Uint8Array<ArrayBuffer> | null,
): Uint8Array {
  const firstBytes = sizeOf(first)
  if (firstBytes > MAX_FIRST_BYTES)
    throw new AppError('output_too_large', { reason: `${width}x${height} pixels are too many for this WebP` })
  const tag = (1 << 4) | (firstBytes << 5)
  const frame = Uint8Array.of(tag, tag >> 8, tag >> 16, 0x9d, 0x01, 0x2a, width, width >> 8, height, height >> 8)
  const extended = alpha ? [chunkBytes('VP8X', Uint8Array.of(ALPHA_FLAG, 0, 0, 0), bytes24(width - 1), bytes24(height - 1))] : []
  const chunks = [...extended, ...(alpha ? [chunkBytes('ALPH', alpha)] : []), ...chunkParts('VP8 ', [frame, ...first, ...second])]
  return joinParts(
    [ascii('RIFF'), littleEndian(4 + sizeOf(chunks)), ascii('WEBP'), ...chunks].map((part) => part as Uint8Array<ArrayBuffer>),
  )
}

/** Upper bound of the memory that an encoder takes beside its file: in the core, and tokens that wait. Pure. */
export function estimateVp8Bytes(shape: Shape, bufferedMcuRows = 1): number {
  const { across, down } = macroblocksOf(shape)
  return (
    ((across + 1) * 16 * 16 * 1.5 + 128) * bufferedMcuRows + rowAboveBytes(across) + rowBufferBytes(across) + waitingBytes(across, down)
  )
}
