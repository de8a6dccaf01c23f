import type { RowsContext } from '../../context.ts'
import { ascii } from '../../engine/bytes.ts'
import { createParts, giveBack, joinParts, resultBytes } from '../../engine/parts.ts'
import { changesBytes, createChanges } from '../../engine/rows/changes.ts'
import { bytes24, chunkBytes, chunkParts, webpChunks } from '../../engine/webp/container.ts'
import type { Rectangle } from '../../geometry.ts'
import type { AnimationEncoder, AnimationShape } from '../define.ts'
import { webpFileBytes, type WebpOptions } from './encoder.ts'
import { createFrameEncoder, frameEncoderBytes } from './mixed.ts'

const [ANIMATION_FLAG, ALPHA_FLAG] = [0x02, 0x10]
/** The frame takes the place of what is below it. */
const REPLACES = 0x02
const RIFF_HEADER_BYTES = 12
const MOST_MS = 0xffffff
const MOST_PLAYS = 0xffff
/** Frames come in numbers: what a usual still takes longer brings less than it takes. */
const USUAL_EFFORT = 20
/** Around a frame's pixels. */
const FRAME_BYTES = 64

/**
 * Encodes an animation (RFC 9649 §2.7.1). Of each picture the rectangle is written in which it differs from the one before, so what stays is not encoded
 * again and keeps its look, lossy or lossless as it is smaller; a picture without a change is a frame of one pixel. Times are whole milliseconds whose sum does not drift.
 */
export function animateWebp({ plays, ...shape }: AnimationShape, wished: WebpOptions, context: RowsContext): AnimationEncoder {
  const options = { ...wished, effort: wished.effort ?? (wished.lossless ? undefined : USUAL_EFFORT) }
  const frames = createFrameEncoder(shape, options, context)
  const changes = createChanges(context.core, shape, context.drain)
  const parts = createParts()
  let [hasAlpha, exact, written] = [false, 0, 0]
  return {
    async add(rows, durationMs) {
      const place = onEven((await changes.take(rows)) ?? UNCHANGED)
      const still = await frames.encode(changes.part(place))
      const pixels = [...webpChunks(still, RIFF_HEADER_BYTES, still.length)].filter(({ kind }) => kind !== 'VP8X')
      hasAlpha ||= pixels.some(({ kind, start }) => kind === 'ALPH' || (kind === 'VP8L' && ((still[start + 4] ?? 0) & ALPHA_FLAG) !== 0))
      exact += durationMs
      const time = Math.min(MOST_MS, Math.round(exact) - written)
      written += time
      const header = [bytes24(place.x / 2), bytes24(place.y / 2), bytes24(place.width - 1), bytes24(place.height - 1), bytes24(time)]
      const payload = pixels.flatMap(({ kind, start, end }) => chunkParts(kind, [still.subarray(start, end)]))
      parts.add(chunkBytes('ANMF', ...header, Uint8Array.of(REPLACES), ...payload))
      giveBack(still)
    },
    finish() {
      const flags = ANIMATION_FLAG | (hasAlpha ? ALPHA_FLAG : 0)
      const canvas = chunkBytes('VP8X', Uint8Array.of(flags, 0, 0, 0), bytes24(shape.width - 1), bytes24(shape.height - 1))
      const control = chunkBytes('ANIM', Uint8Array.of(0, 0, 0, 0, Math.min(plays, MOST_PLAYS) & 255, Math.min(plays, MOST_PLAYS) >> 8))
      const payload = [ascii('WEBP'), canvas, control, ...parts.all]
      return joinParts(chunkParts('RIFF', payload).map((part) => part as Uint8Array<ArrayBuffer>))
    },
  }
}

/** What stands for a picture that is like the one before. */
const UNCHANGED: Rectangle = { x: 0, y: 0, width: 1, height: 1 }

/** Places are written in units of two pixels. */
function onEven({ x, y, width, height }: Rectangle): Rectangle {
  const [left, top] = [x & ~1, y & ~1]
  return { x: left, y: top, width: x + width - left, height: y + height - top }
}

/** Upper bound of what the encoder holds beside the rows that it reads: two pictures, what one frame takes, and the file. */
export function animateWebpBytes(shape: AnimationShape, options: WebpOptions): number {
  const file = shape.frames * (webpFileBytes(shape, options, false) + FRAME_BYTES)
  return changesBytes(shape) + frameEncoderBytes(shape, options) + resultBytes(file)
}
