import { AppError } from '../../../errors.ts'
import { createRaster, type Raster, type Shape } from '../../raster.ts'
import { readFrame, stillFile, type WebpFrame } from './frame.ts'
import type { WebpProbe } from './header.ts'

/** A page shows what all frames before it left: so many of their pixels may be decoded for it. */
const MAX_FRAME_PIXELS = 100_000_000

type DecodeStill = (file: Uint8Array, shape: Shape) => Promise<Raster>

/**
 * The canvas of an animation as its frame `page`, from 1, shows it, on transparent ground (RFC 9649 §2.7.1.1).
 * @throws AppError `invalid_image`, `too_many_pixels` when the way to that frame is too long.
 */
export async function decodePage(file: Uint8Array, probe: WebpProbe, page: number, decodeStill: DecodeStill): Promise<Raster> {
  const frames = probe.animation.slice(0, page).map((chunk) => readFrame(file, chunk, probe))
  const pixels = frames.reduce((sum, { width, height }) => sum + width * height, 0)
  if (pixels > MAX_FRAME_PIXELS) {
    throw new AppError('too_many_pixels', {
      reason: `Expected at most ${MAX_FRAME_PIXELS} pixels in the frames up to ${page}, received ${pixels}.`,
    })
  }
  const canvas = createRaster(probe)
  let previous: WebpFrame | undefined
  for (const frame of frames) {
    if (previous?.disposes) disposeFrame(canvas, previous)
    drawFrame(canvas, frame, await decodeStill(stillFile(file, frame), frame))
    previous = frame
  }
  return canvas
}

function drawFrame(canvas: Raster, { x, y, width, height, replaces }: WebpFrame, { data }: Raster): void {
  for (let row = 0; row < height; row++) {
    const to = ((y + row) * canvas.width + x) * 4
    const line = data.subarray(row * width * 4, (row + 1) * width * 4)
    if (replaces) canvas.data.set(line, to)
    else blendLine(canvas.data, to, line)
  }
}

/**
 * "blend.A = src.A + dst.A * (1 - src.A / 255); if blend.A = 0 then blend.RGB = 0 else
 * blend.RGB = (src.RGB * src.A + dst.RGB * dst.A * (1 - src.A / 255)) / blend.A"
 */
function blendLine(canvas: Uint8ClampedArray, to: number, line: Uint8ClampedArray): void {
  for (let from = 0; from < line.length; from += 4) {
    const at = to + from
    const source = line[from + 3] ?? 0
    const below = (canvas[at + 3] ?? 0) * (1 - source / 255)
    const alpha = source + below
    for (let c = 0; c < 3; c++) {
      canvas[at + c] = alpha === 0 ? 0 : ((line[from + c] ?? 0) * source + (canvas[at + c] ?? 0) * below) / alpha
    }
    canvas[at + 3] = alpha
  }
}

/** "Dispose to the background color": ours is transparent, as the spec allows. */
function disposeFrame(canvas: Raster, { x, y, width, height }: WebpFrame): void {
  for (let row = y; row < y + height; row++) canvas.data.fill(0, (row * canvas.width + x) * 4, (row * canvas.width + x + width) * 4)
}
