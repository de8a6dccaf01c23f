import { AppError } from '../../../errors.ts'
import type { Core } from '../core.ts'
import type { Band } from '../plane-stream.ts'
import { paintedRows, paintedRowsBytes } from '../rows/painted.ts'
import { NO_ROWS, type PixelRows } from '../rows/pixel-rows.ts'
import { type GifFrame, gifFrames } from './blocks.ts'
import { disposalOf, drawFrame, openFrame, paletteOf } from './canvas.ts'
import type { GifProbe } from './header.ts'
import { LZW_BYTES } from '../lzw.ts'

/** A page shows what all frames before it left: so many of their pixels may be decoded for it. */
const MAX_FRAME_PIXELS = 100_000_000
const COLOURS = 256
/** Of a frame, which may reach beyond the canvas. */
const MOST_SIDE = 65_535

/**
 * The canvas as frame `page`, from 1, shows it, on transparent ground. `warnings` takes what was wrong. Pixels that the file lacks are transparent; where its
 * header promised an opaque picture, they have the first colour.
 * @throws AppError `too_many_pixels` when the way to that frame is too long.
 */
export function gifRows(core: Core, file: Uint8Array, probe: GifProbe, page: number, warnings: Set<string>): PixelRows {
  if (page > 1) return canvasRows(core, file, probe, page, warnings)
  const { first } = probe
  const palette = paletteOf(file, first.table, first.transparent)
  const indices = new Uint8Array(first.width)
  const nextRow = openFrame(file, first, first, warnings)
  const missing = probe.hasAlpha ? 0 : (palette[0] ?? 0)
  return paintedRows(core, probe, !probe.hasAlpha, (y, row) => {
    row.fill(0)
    if (y < first.y || y >= first.y + first.height) return
    const count = nextRow(indices)
    for (let x = 0; x < count; x++) row[first.x + x] = palette[indices[x] as number] as number // 256 colours
    row.fill(missing, first.x + count, first.x + first.width)
  })
}

/** Upper bound of what `gifRows` holds beside the file. */
export function gifRowsBytes({ width, height, first }: GifProbe, page: number): number {
  const row = paintedRowsBytes({ width, height }) + LZW_BYTES + 4 * COLOURS + MOST_SIDE
  if (page > 1) return row + 9 * width * height + 4 * MOST_SIDE // two canvases, and a frame that is interlaced
  return row + (first.interlaced ? (first.width + 4) * first.height : 0)
}

/** Composes frame upon frame, with a rest between them. */
function canvasRows(core: Core, file: Uint8Array, probe: GifProbe, page: number, warnings: Set<string>): PixelRows {
  const { width, height, screen } = probe
  const frames = framesUpTo(page, gifFrames(file, screen))
  const canvas = new Uint32Array(width * height)
  const painted = paintedRows(core, probe, !probe.hasAlpha, (y, row) => row.set(canvas.subarray(y * width, (y + 1) * width)))
  function* bands(): Generator<Band> {
    let undo: (() => void) | null = null
    for (const frame of frames) {
      undo?.()
      undo = disposalOf(canvas, probe, frame)
      for (const _ of drawFrame(file, canvas, probe, frame, warnings)) yield NO_ROWS
    }
    yield* painted.bands
  }
  return { ...painted, bands: bands() }
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
