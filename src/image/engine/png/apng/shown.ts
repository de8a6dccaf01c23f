import { AppError } from '../../../../errors.ts'
import type { Core } from '../../core.ts'
import type { Pace } from '../../pace.ts'
import { copiedRows, copiedRowsBytes } from '../../rows/copied.ts'
import type { PixelRows } from '../../rows/pixel-rows.ts'
import { decodePixels, pngDecodeBytes, type PngDecoderExports, pngRows } from '../decoder.ts'
import { type PngProbe, readPngHeader } from '../header.ts'
import type { ConvertDeepRow } from '../rows.ts'
import { clear, headerOf, paintFrame } from './canvas.ts'
import { covers, type PngFrame, pngFrames } from './frames.ts'

/** Rough work of decoding some rows of a frame and painting them. */
const NS_PER_BAND = 500_000

/**
 * The canvas as each frame shows it, on transparent ground (PNG, third edition, §11.3.6). A file that is damaged behind its first frame ends there, and of
 * one whose first frame is damaged the picture counts that others see; `warnings` takes why. @throws AppError `invalid_image` when there is none of these.
 */
export function pngShownFrames(
  core: Core<PngDecoderExports>,
  file: Uint8Array,
  warnings: Set<string>,
  pace: Pace,
  convert?: ConvertDeepRow,
): AsyncIterable<{ readonly durationMs: number; readonly rows: PixelRows }> {
  const header = readPngHeader(file)
  const { width, height } = header
  const canvas = new Uint32Array(width * height)
  const copies = copiedRows(core, width)
  const copy = (y: number, to: number): void =>
    new Uint32Array(core.exports.memory.buffer, to, width).set(canvas.subarray(y * width, (y + 1) * width))

  async function paint(frame: PngFrame): Promise<void> {
    const mark = core.mark()
    for (const _ of paintFrame(decodePixels(core, file, headerOf(header, frame), { convert }), core, header, frame, canvas)) {
      pace.count(NS_PER_BAND)
      await pace.breathe()
    }
    core.release(mark)
  }

  async function* frames() {
    let [isFirst, isOpaque]: [boolean, boolean] = [true, !header.hasAlpha]
    try {
      for (const frame of pngFrames(file, header)) {
        const before = frame.disposal === 'restore' && !isFirst ? canvas.slice() : null
        await paint(frame)
        isOpaque &&= !isFirst || covers(frame, header)
        yield { durationMs: frame.seconds * 1000, rows: copies(header, isOpaque, copy) }
        if (before) canvas.set(before)
        else if (frame.disposal !== 'keep') clear(canvas, header, frame)
        isOpaque &&= before !== null || frame.disposal === 'keep'
        isFirst = false
      }
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'invalid_image') throw thrown
      warnings.add(thrown.message)
      if (isFirst) yield { durationMs: 0, rows: pngRows(core, file, header.hasAlpha, warnings, convert) }
    }
  }
  return frames()
}

/** Upper bound of what `pngShownFrames` holds beside the file: two canvases, a frame that is interlaced, and its decoder. */
export const pngShownFramesBytes = (probe: PngProbe): number =>
  (probe.interlaced ? 12 : 8) * probe.width * probe.height + pngDecodeBytes({ ...probe, interlaced: false }) + copiedRowsBytes(probe)
