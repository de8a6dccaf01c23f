import { chunkAt, chunkEnd, uint16, uint32 } from './chunks.ts'

/** How an animation runs. */
export interface PngAnimation {
  readonly frames: number
  readonly durationMs: number
  /** How often it plays; 0: without end. */
  readonly plays: number
}

/** Frames whose times are added up: a bound on work. */
const MOST_FRAMES = 100_000

/** What acTL and the frames' fcTL say (PNG, third edition, §11.3.6). Walks over all chunks, and reads no pixels. `null` for a still picture. */
export function pngAnimation(file: Uint8Array): PngAnimation | null {
  let [frames, plays, seconds, left, isStill] = [0, 0, 0, MOST_FRAMES, true]
  for (let at = 8, chunk = chunkAt(file, at); chunk !== null && chunk.type !== 'IEND' && left > 0; chunk = chunkAt(file, at)) {
    const { type, start, length } = chunk
    if (type === 'IDAT' && isStill) return null // acTL stands before the pixels
    if (type === 'acTL' && length === 8 && isStill) [frames, plays, isStill] = [uint32(file, start), uint32(file, start + 4), false]
    if (type === 'fcTL' && length === 26 && left-- > 0) seconds += uint16(file, start + 20) / (uint16(file, start + 22) || 100)
    at = chunkEnd(chunk)
  }
  return isStill || frames === 0 ? null : { frames, durationMs: Math.round(seconds * 1000), plays }
}
