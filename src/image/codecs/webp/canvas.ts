import { AppError } from '../../../errors.ts'
import type { RowsContext } from '../../context.ts'
import type { PixelRows } from '../../engine/rows/pixel-rows.ts'
import { type Canvas, createCanvas } from '../../engine/webp/canvas.ts'
import type { Shape } from '../../raster.ts'
import { readFrame, type WebpFrame } from './frame.ts'
import type { WebpProbe } from './header.ts'

/** A page shows what the frames before it left: so many of their pixels may be decoded for it. */
const MAX_FRAME_PIXELS = 100_000_000
/** About what a pixel takes to be drawn. */
const NS_PER_PIXEL = 20

/** Opens the rows of a frame's own picture. */
export type OpenFrame = (frame: WebpFrame) => Promise<PixelRows>

/**
 * The canvas of an animation as its frame `page`, from 1, shows it, on transparent ground (RFC 9649 §2.7.1.1). The canvas is in the core's memory; of frames no more than
 * some rows at a time are, and what they take is given back.
 * @throws AppError `invalid_image`, `too_many_pixels` when the way to that frame is too long.
 */
export async function pageRows(
  context: RowsContext,
  file: Uint8Array,
  probe: WebpProbe,
  page: number,
  openFrame: OpenFrame,
): Promise<PixelRows> {
  const frames = framesTo(file, probe, page)
  const canvas = createCanvas(context.core, probe)
  for (const [i, frame] of frames.entries()) {
    const before = frames[i - 1]
    if (before?.disposes === true) canvas.clear(before)
    await drawFrame(context, canvas, frame, openFrame)
  }
  return canvas.rows()
}

/** Lays a frame on its canvas. */
export async function drawFrame({ core, drain }: RowsContext, canvas: Canvas, frame: WebpFrame, openFrame: OpenFrame): Promise<void> {
  const mark = core.mark()
  let y = 0
  await drain(
    await openFrame(frame),
    (band) => {
      canvas.draw(frame, y, band, frame.replaces)
      y += band.rows
    },
    NS_PER_PIXEL,
  )
  core.release(mark)
}

/** The frames that the page shows something of: nothing before one that replaces the whole canvas. */
function framesTo(file: Uint8Array, probe: WebpProbe, page: number): readonly WebpFrame[] {
  const all = probe.animation.slice(0, page).map((chunk) => readFrame(file, chunk, probe))
  const frames = all.slice(
    Math.max(
      0,
      all.findLastIndex((frame) => frame.replaces && isWhole(frame, probe)),
    ),
  )
  const pixels = frames.reduce((sum, { width, height }) => sum + width * height, 0)
  if (pixels <= MAX_FRAME_PIXELS) return frames
  throw new AppError('too_many_pixels', {
    reason: `Expected at most ${MAX_FRAME_PIXELS} pixels in the frames up to ${page}, received ${pixels}.`,
  })
}

const isWhole = ({ width, height }: Shape, canvas: Shape): boolean => width === canvas.width && height === canvas.height
