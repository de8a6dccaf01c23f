import { AppError } from '../../../../errors.ts'
import type { Shape } from '../../../raster.ts'
import {
  type ChromaSubsampling,
  COMPONENT_TABLE_BYTES,
  createComponentTable,
  type EncodedFrame,
  type JpegEncoderCore,
  layOutFrame,
} from './frame.ts'
import { END_OF_IMAGE, frameHeader, iccSegments, jfif, quantisationTable, START_OF_IMAGE } from './segments.ts'
import { createProgressiveCoder, progressiveCoderBytes } from './progressive-coder.ts'
import { createSequentialCoder, sequentialCoderBytes } from './sequential-coder.ts'
import { quantisers } from './tables.ts'
import { createTokenWriter, TOKEN_WRITER_BYTES } from './token-writer.ts'

export interface JpegEncodeOptions {
  /** 1…100 on the scale of the Independent JPEG Group's library. */
  readonly quality: number
  /** Of no meaning for gray. */
  readonly subsampling: ChromaSubsampling
  readonly colour: 'gray' | 'ycbcr'
  /** Several scans that refine each other: smaller, slower, and all coefficients are held (2 bytes a sample). */
  readonly progressive: boolean
  /** Huffman tables made for the picture: some 5 % smaller than with the typical ones. Progressive files always have them. */
  readonly optimise: boolean
  /** Takes the room for the tokens at once, because others allocate while rows come. */
  readonly reservesTokens?: boolean
  /** An ICC profile to embed. */
  readonly icc?: Uint8Array | undefined
}

/** The rows of one component that wait to be encoded: row `y` is at `ptr + (y mod rows) × stride`. */
export interface EncoderPlane extends Shape {
  readonly ptr: number
  readonly stride: number
  readonly rows: number
  /** Rows that one call of `encodeRow` takes. */
  readonly rowsPerMcu: number
}

export interface JpegEncoder {
  /** Y, Cb, Cr, or gray alone. Chroma is ⌈width ÷ 2⌉ and so on where it is subsampled, its samples centred. */
  readonly planes: readonly EncoderPlane[]
  readonly mcuRows: number
  /** Encodes the next row of MCUs from the planes, where its rows must be by now. Repeats the picture's edges as far as the MCUs need it. */
  encodeRow(): void
  /** Encodes what was given; all `mcuRows` rows must have been. */
  finish(): Uint8Array
}

const MAX_SIDE = 65535

/** @throws AppError `output_too_large` for a side of more than 65,535 pixels. */
export function createJpegEncoder(core: JpegEncoderCore, shape: Shape, options: JpegEncodeOptions, bufferedMcuRows = 1): JpegEncoder {
  if (Math.max(shape.width, shape.height) > MAX_SIDE) {
    throw new AppError('output_too_large', {
      reason: `expected sides of at most ${MAX_SIDE} pixels for JPEG, received ${shape.width}x${shape.height}`,
    })
  }
  const frame = layOutFrame(shape, options.colour, options.subsampling)
  const planes = frame.components.map(({ width, height, stride, down }): EncoderPlane => {
    const rows = down * 8 * bufferedMcuRows
    return { ptr: core.alloc(stride * rows + 16), stride, rows, rowsPerMcu: down * 8, width, height }
  })
  const components = createComponentTable(core, frame, options.quality)
  const writer = createTokenWriter(core)
  writer.append(...headers(frame, options))
  const coder = options.progressive
    ? createProgressiveCoder(core, frame, components, writer)
    : createSequentialCoder(core, frame, components, writer, options)
  let row = 0
  return {
    planes,
    mcuRows: frame.mcuRows,
    encodeRow() {
      planes.forEach((plane, i) => {
        const at = plane.ptr + ((row * plane.rowsPerMcu) % plane.rows) * plane.stride
        fillMcuRow(
          core,
          plane,
          at,
          Math.min(plane.rowsPerMcu, plane.height - row * plane.rowsPerMcu),
          frame.components[i]?.paddedWidth ?? 0,
        )
        components.place(i, at)
      })
      coder.encodeRow()
      row++
    },
    finish() {
      coder.finish()
      writer.append(END_OF_IMAGE)
      return writer.toBytes()
    },
  }
}

function headers(frame: EncodedFrame, { quality, progressive, icc }: JpegEncodeOptions): Uint8Array[] {
  return [
    START_OF_IMAGE,
    jfif(),
    ...(icc ? iccSegments(icc) : []),
    quantisationTable(0, quantisers('luma', quality)),
    ...(frame.components.length > 1 ? [quantisationTable(1, quantisers('chroma', quality))] : []),
    frameHeader(progressive, frame.width, frame.height, frame.components),
  ]
}

/** Repeats the last column and, at the picture's end, the last of `rows` rows. */
function fillMcuRow(core: JpegEncoderCore, plane: EncoderPlane, at: number, rows: number, paddedWidth: number): void {
  if (paddedWidth > plane.width) core.exports.padRows(at, plane.stride, rows, plane.width, paddedWidth)
  const last = at + (rows - 1) * plane.stride
  const bytes = core.bytes()
  for (let y = rows; y < plane.rowsPerMcu; y++) bytes.copyWithin(at + y * plane.stride, last, last + paddedWidth)
}

/** Upper bound of the core's memory that an encoder takes. Pure. */
export function estimateEncodeBytes(shape: Shape, options: JpegEncodeOptions, bufferedMcuRows = 1): number {
  const frame = layOutFrame(shape, options.colour, options.subsampling)
  const planes = frame.components.reduce((sum, { stride, down }) => sum + stride * down * 8 * bufferedMcuRows + 32, 0)
  return (
    planes +
    COMPONENT_TABLE_BYTES +
    TOKEN_WRITER_BYTES +
    (options.progressive ? progressiveCoderBytes(frame) : sequentialCoderBytes(frame, options.optimise))
  )
}
