import type { Core } from '../core.ts'
import type { Pace } from '../pace.ts'
import { copiedRows, copiedRowsBytes } from '../rows/copied.ts'
import type { PixelRows } from '../rows/pixel-rows.ts'
import { LZW_BYTES } from '../lzw.ts'
import { gifFrames } from './blocks.ts'
import { disposalOf, drawFrame } from './canvas.ts'
import type { GifProbe } from './header.ts'

/** Rough work of drawing a pixel of a frame. */
const NS_PER_PIXEL = 15
const MOST_SIDE = 65_535

/** The canvas as each frame shows it, on transparent ground, and its time as it is stored. `warnings` takes what was wrong with the frames. */
export function gifShownFrames(
  core: Core,
  file: Uint8Array,
  probe: GifProbe,
  warnings: Set<string>,
  pace: Pace,
): AsyncIterable<{ readonly durationMs: number; readonly rows: PixelRows }> {
  const { width, height, screen, hasAlpha } = probe
  const canvas = new Uint32Array(width * height)
  const copies = copiedRows(core, width)
  const copy = (y: number, to: number): void =>
    new Uint32Array(core.exports.memory.buffer, to, width).set(canvas.subarray(y * width, (y + 1) * width))
  async function* frames() {
    let undo: (() => void) | null = null
    for (const frame of gifFrames(file, screen)) {
      undo?.()
      undo = disposalOf(canvas, probe, frame)
      for (const pixels of drawFrame(file, canvas, probe, frame, warnings)) {
        pace.count(pixels * NS_PER_PIXEL)
        await pace.breathe()
      }
      yield { durationMs: frame.delay * 10, rows: copies(probe, !hasAlpha, copy) }
    }
  }
  return frames()
}

/** Upper bound of what `gifShownFrames` holds beside the file: two canvases, and a frame that is interlaced. */
export const gifShownFramesBytes = ({ width, height }: GifProbe): number =>
  9 * width * height + 5 * MOST_SIDE + LZW_BYTES + copiedRowsBytes({ width, height })
