import { AppError } from '../../../../errors.ts'
import type { Shape } from '../../../raster.ts'
import { ascii, littleEndian } from '../../bytes.ts'
import { joinParts, resultBytes } from '../../parts.ts'
import type { Drain, Picture } from '../../rows/pixel-rows.ts'
import { createBitWriter } from './bit-writer.ts'
import { chooseForm, chooseFormBytes } from './choose.ts'
import { levelOf } from './effort.ts'
import type { LosslessEncoderCore } from './exports.ts'
import { createRowCoder, rowCoderBytes } from './row-coder.ts'
import { losslessStream, putHeader } from './stream.ts'

export interface LosslessEncodeOptions {
  /** 1 (fast) to 100 (small). */
  readonly effort?: number | undefined
}

const MAX_SIDE = 16_383
/** Rough work on a pixel. */
const NS_PER_PIXEL = 300

/**
 * Encodes a lossless WebP (RFC 9649 §3). The pixels that come back are exactly the picture's, hidden colours too. Equal pictures give equal bytes on every
 * machine. The rows are read twice: as far as is needed to choose the form, then to be written. Memory is bounded by the window, a block and the file.
 * @throws AppError `output_too_large` for a side of more than 16,383 pixels, which libwebp does not read, or a file that is too large.
 */
export async function encodeLossless(
  core: LosslessEncoderCore,
  picture: Picture,
  drain: Drain,
  { effort }: LosslessEncodeOptions = {},
): Promise<Uint8Array> {
  refuseLargeSides(picture)
  const level = levelOf(effort)
  const mark = core.mark()
  try {
    const form = await picture.read((rows) => chooseForm(core, rows, drain, level))
    let isOpaque = true
    const coded = await picture.read(async (rows) => {
      const coder = createRowCoder(core, picture, form, level)
      await drain(
        rows,
        ({ ptr, stride, rows: count }) => {
          for (let row = 0; row < count; row++) {
            isOpaque &&= rows.isOpaque || core.exports.isOpaque(ptr + row * stride, picture.width * 4) !== 0
            coder.take(ptr + row * stride)
          }
        },
        NS_PER_PIXEL,
      )
      return coder.finish()
    })
    const writer = createBitWriter()
    putHeader(writer, picture, !isOpaque)
    return losslessFile(losslessStream(core, writer, form, coded, picture.height))
  } finally {
    core.release(mark)
  }
}

function refuseLargeSides({ width, height }: Shape): void {
  if (Math.max(width, height) <= MAX_SIDE) return
  const reason = `expected sides of at most ${MAX_SIDE} pixels for WebP, received ${width}x${height}`
  throw new AppError('output_too_large', { reason })
}

/** Upper bound of the bytes that `encodeLossless` holds beside the rows: core memory, and the file. */
export function losslessEncodeBytes(shape: Shape, effort?: number): number {
  const level = levelOf(effort)
  return rowCoderBytes(shape, level) + chooseFormBytes(shape, level) + resultBytes(shape.width * shape.height * 4.5 + 65_536)
}

/** RIFF around the pixels (RFC 9649 §2.6). */
function losslessFile(stream: readonly Uint8Array<ArrayBuffer>[]): Uint8Array {
  const bytes = stream.reduce((sum, { length }) => sum + length, 0)
  const padding = bytes & 1
  const riff = [ascii('RIFF'), littleEndian(4 + 8 + bytes + padding), ascii('WEBP'), ascii('VP8L'), littleEndian(bytes)]
  return joinParts([...riff.map((part) => Uint8Array.from(part)), ...stream, new Uint8Array(padding)])
}
