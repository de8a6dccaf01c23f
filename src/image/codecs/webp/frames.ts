import type { RowsContext } from '../../context.ts'
import { createCanvas, canvasBytes } from '../../engine/webp/canvas.ts'
import { copiedRows, copiedRowsBytes } from '../../engine/rows/copied.ts'
import { wholeImage } from '../../geometry.ts'
import { AppError } from '../../../errors.ts'
import type { Frame } from '../define.ts'
import { drawFrame, type OpenFrame } from './canvas.ts'
import { readFrame } from './frame.ts'
import type { WebpProbe } from './header.ts'
import { frameRowsBytes, webpReader } from './pixels.ts'

/**
 * The canvas as each frame of an animation shows it, on transparent ground (RFC 9649 §2.7.1.1). A file that is damaged behind its first frame ends there, with a
 * warning. @throws AppError `invalid_image` when the first frame is damaged.
 */
export function webpShownFrames(context: RowsContext, file: Uint8Array, probe: WebpProbe): AsyncIterable<Frame> {
  const { core, warnings } = context
  const canvas = createCanvas(core, probe)
  const copies = copiedRows(core, probe.width)
  const openFrame: OpenFrame = (frame) => {
    const whole = wholeImage(frame)
    return Promise.resolve(webpReader(frame, frame, false, whole).rows(core, file, [whole]))
  }
  async function* frames(): AsyncGenerator<Frame> {
    for (const [i, chunk] of probe.animation.entries()) {
      try {
        const frame = readFrame(file, chunk, probe)
        await drawFrame(context, canvas, frame, openFrame)
        yield { durationMs: frame.durationMs, rows: copies(probe, canvas.isOpaque(), canvas.copyRow) }
        if (frame.disposes) canvas.clear(frame)
      } catch (thrown) {
        if (i === 0 || !(thrown instanceof AppError) || thrown.code !== 'invalid_image') throw thrown
        warnings.add(thrown.message)
        return
      }
    }
  }
  return frames()
}

/** Upper bound of what `webpShownFrames` holds beside the file. */
export const webpShownFramesBytes = (probe: WebpProbe, fileBytes: number): number =>
  canvasBytes(probe) + copiedRowsBytes(probe) + frameRowsBytes(probe, fileBytes)
