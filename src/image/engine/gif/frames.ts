import type { Core } from '../core.ts'
import type { Pace } from '../pace.ts'
import { copiedRows, copiedRowsBytes } from '../rows/copied.ts'
import type { PixelRows } from '../rows/pixel-rows.ts'
import { gifFrames } from './blocks.ts'
import { createGifCanvas, gifCanvasBytes } from './canvas.ts'
import type { GifProbe } from './header.ts'
import type { GifExpandExports } from './lzw.ts'

/** Rough work of drawing a pixel of a frame. */
const NS_PER_PIXEL = 6

/** The canvas as each frame shows it, on transparent ground, and its time as it is stored. `warnings` takes what was wrong with the frames. */
export function gifShownFrames(
  core: Core<GifExpandExports>,
  file: Uint8Array,
  probe: GifProbe,
  warnings: Set<string>,
  pace: Pace,
): AsyncIterable<{ readonly durationMs: number; readonly rows: PixelRows }> {
  const { width, screen, hasAlpha } = probe
  const { ptr, stride, show } = createGifCanvas(core, file, probe, true, warnings)
  const copies = copiedRows(core, width)
  const copy = (y: number, to: number): void => void core.bytes().copyWithin(to, ptr + y * stride, ptr + y * stride + width * 4)
  async function* frames() {
    for (const frame of gifFrames(file, screen)) {
      for (const pixels of show(frame)) {
        pace.count(pixels * NS_PER_PIXEL)
        await pace.breathe()
      }
      yield { durationMs: frame.delay * 10, rows: copies(probe, !hasAlpha, copy) }
    }
  }
  return frames()
}

/** Upper bound of what `gifShownFrames` holds beside the file. */
export const gifShownFramesBytes = (probe: GifProbe): number => gifCanvasBytes(probe) + copiedRowsBytes(probe)
