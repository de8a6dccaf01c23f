import { AppError } from '../../../errors.ts'
import type { Core } from '../core.ts'
import type { Band } from '../plane-stream.ts'
import { allocateRows, BAND_ROWS, NO_ROWS, type PixelRows, rowsBytes } from '../rows/pixel-rows.ts'
import { type GifFrame, gifFrames } from './blocks.ts'
import { createGifCanvas, frameRows, gifCanvasBytes, PALETTE_BYTES, putPalette } from './canvas.ts'
import type { GifProbe } from './header.ts'
import { type GifExpandExports, gifLzwBytes, openGifLzw } from './lzw.ts'

/** A page shows what all frames before it left: so many of their pixels may be decoded for it. */
const MAX_FRAME_PIXELS = 100_000_000

/**
 * The canvas as frame `page`, from 1, shows it, on transparent ground. `warnings` takes what was wrong. Pixels that the file lacks are transparent; where its
 * header promised an opaque picture, they have the first colour.
 * @throws AppError `too_many_pixels` when the way to that frame is too long.
 */
export function gifRows(core: Core<GifExpandExports>, file: Uint8Array, probe: GifProbe, page: number, warnings: Set<string>): PixelRows {
  if (page > 1) return canvasRows(core, file, probe, page, warnings)
  const { first, width, height, hasAlpha } = probe
  const palette = core.alloc(PALETTE_BYTES)
  putPalette(core, palette, file, first.table, first.transparent)
  const readIndices = openGifLzw(core, first.width)(file, first.dataAt, first.codeSize)
  const nextRow = frameRows(core, first, readIndices, first, first.interlaced ? core.alloc(first.width * first.height) : 0, warnings)
  const missing = hasAlpha ? 0 : core.view().getUint32(palette, true)
  const { ptr, stride } = allocateRows(core, width, Math.min(BAND_ROWS, height))

  function paint(y: number, to: number): void {
    const row = new Uint32Array(core.exports.memory.buffer, to, width).fill(0)
    if (y < first.y || y >= first.y + first.height) return
    const { at, count } = nextRow()
    core.exports.gifPaint(at, count, palette, to + 4 * first.x)
    if (count < first.width) row.fill(missing, first.x + count, first.x + first.width)
  }
  function* bands(): Generator<Band> {
    for (let y = 0; y < height; y += BAND_ROWS) {
      const rows = Math.min(BAND_ROWS, height - y)
      for (let row = 0; row < rows; row++) paint(y + row, ptr + row * stride)
      yield { ptr, stride, rows }
    }
  }
  return { width, height, isOpaque: !hasAlpha, bands: bands() }
}

/** Upper bound of what `gifRows` holds beside the file. */
export function gifRowsBytes({ width, height, first }: GifProbe, page: number): number {
  if (page > 1) return gifCanvasBytes({ width, height })
  const interlaced = first.interlaced ? first.width * first.height + 4 * first.height : 0
  return rowsBytes(width, BAND_ROWS) + gifLzwBytes(first.width) + PALETTE_BYTES + interlaced
}

/** Composes frame upon frame, with rests. */
function canvasRows(core: Core<GifExpandExports>, file: Uint8Array, probe: GifProbe, page: number, warnings: Set<string>): PixelRows {
  const { width, height, screen, hasAlpha } = probe
  const frames = framesUpTo(page, gifFrames(file, screen))
  const interlaced = frames.some((frame) => frame.interlaced)
  const { ptr, stride, show } = createGifCanvas(core, file, probe, interlaced, warnings)
  function* bands(): Generator<Band> {
    for (const frame of frames) for (const _ of show(frame)) yield NO_ROWS
    for (let y = 0; y < height; y += BAND_ROWS) yield { ptr: ptr + y * stride, stride, rows: Math.min(BAND_ROWS, height - y) }
  }
  return { width, height, isOpaque: !hasAlpha, bands: bands() }
}

function framesUpTo(page: number, all: Iterable<GifFrame>): readonly GifFrame[] {
  const frames: GifFrame[] = []
  let pixels = 0
  for (const frame of all) {
    frames.push(frame)
    pixels += frame.width * frame.height
    if (pixels > MAX_FRAME_PIXELS) {
      const reason = `Expected at most ${MAX_FRAME_PIXELS} pixels in the frames up to ${page}, received more.`
      throw new AppError('too_many_pixels', { field: 'page', reason })
    }
    if (frames.length === page) break
  }
  return frames
}
