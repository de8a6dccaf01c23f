import type { Shape } from '../../raster.ts'
import { ascii } from '../../engine/bytes.ts'
import {
  bitstreamShape,
  bytes24,
  chunkBytes,
  damagedWebp,
  isBitstream,
  uint24,
  type WebpChunk,
  webpChunks,
} from '../../engine/webp/container.ts'

/** One frame of an animation: a picture with its place on the canvas. */
export interface WebpFrame extends Shape {
  readonly x: number
  readonly y: number
  readonly durationMs: number
  /** The frame replaces what is below it; otherwise it is laid over it. */
  readonly replaces: boolean
  /** After its time the frame's rectangle is made transparent. */
  readonly disposes: boolean
  readonly alpha: WebpChunk | undefined
  readonly bitstream: WebpChunk
}

const FRAME_HEADER_BYTES = 16
const DISPOSE_BIT = 0x01
const REPLACE_BIT = 0x02
const ALPHA_FLAG = 0x10

/** Reads an ANMF chunk (RFC 9649 §2.7.1.1). @throws AppError `invalid_image` when the frame is not on the canvas or lies about its size. */
export function readFrame(file: Uint8Array, { start, end }: WebpChunk, canvas: Shape): WebpFrame {
  if (end - start < FRAME_HEADER_BYTES) throw damagedWebp('a frame is cut short')
  const flags = file[start + 15] ?? 0
  const [x, y] = [2 * uint24(file, start), 2 * uint24(file, start + 3)]
  const [width, height] = [1 + uint24(file, start + 6), 1 + uint24(file, start + 9)]
  if (x + width > canvas.width || y + height > canvas.height) throw damagedWebp('a frame lies beyond the canvas')
  const chunks = [...webpChunks(file, start + FRAME_HEADER_BYTES, end)]
  const bitstream = chunks.find(isBitstream)
  if (bitstream === undefined) throw damagedWebp('a frame has no picture')
  const shape = bitstreamShape(file, bitstream)
  if (shape.width !== width || shape.height !== height) throw damagedWebp('a frame lies about its size')
  const alpha = bitstream.kind === 'VP8 ' ? chunks.find(({ kind }) => kind === 'ALPH') : undefined
  const durationMs = uint24(file, start + 12)
  return { x, y, width, height, durationMs, replaces: (flags & REPLACE_BIT) !== 0, disposes: (flags & DISPOSE_BIT) !== 0, alpha, bitstream }
}

/** The frame's own picture as a file of its own: libwebp's plain decoder knows still pictures only. */
export function stillFile(file: Uint8Array, { width, height, alpha, bitstream }: WebpFrame): Uint8Array<ArrayBuffer> {
  const pixels = file.subarray(bitstream.start, bitstream.end)
  const header = [Uint8Array.of(ALPHA_FLAG, 0, 0, 0), bytes24(width - 1), bytes24(height - 1)]
  const chunks = alpha
    ? [chunkBytes('VP8X', ...header), chunkBytes('ALPH', file.subarray(alpha.start, alpha.end)), chunkBytes('VP8 ', pixels)]
    : [chunkBytes(bitstream.kind, pixels)]
  return chunkBytes('RIFF', ascii('WEBP'), ...chunks)
}
