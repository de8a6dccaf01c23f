import { AppError } from '../../../errors.ts'
import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import type { Band } from '../plane-stream.ts'
import { paintedRows, paintedRowsBytes, pixel } from '../rows/painted.ts'
import { NO_ROWS, type PixelRows } from '../rows/pixel-rows.ts'
import { type ColourTable, damagedGif, type GifFrame, gifFrames } from './blocks.ts'
import type { GifProbe } from './header.ts'
import { LZW_BYTES } from '../lzw.ts'
import { isCodeSize, readGifLzw } from './lzw.ts'

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

/** The colours of a frame; what its table lacks is transparent, as in browsers. Without a table: black and white. */
function paletteOf(file: Uint8Array, table: ColourTable | null, transparent: number): Uint32Array {
  const palette = new Uint32Array(COLOURS)
  if (!table) palette.set([pixel(0, 0, 0), pixel(255, 255, 255)])
  for (let i = 0; table && i < table.colours; i++) {
    const at = table.start + 3 * i
    palette[i] = pixel(file[at] ?? 0, file[at + 1] ?? 0, file[at + 2] ?? 0)
  }
  if (transparent >= 0) palette[transparent] = 0
  return palette
}

/** First row and step of the four passes of an interlaced frame (GIF89a appendix E). */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const

/**
 * Gives the rows of a frame, top to bottom: writes the indices of one, and returns how many the file has. An interlaced frame is decoded when the first is
 * asked for; of it only `kept` is held, which is what the canvas shows.
 */
function openFrame(file: Uint8Array, frame: GifFrame, kept: Shape, warnings: Set<string>): (to: Uint8Array) => number {
  const { width, height } = frame
  const readIndices = readGifLzw(file, frame.dataAt, frame.codeSize)
  const read = (to: Uint8Array): number => {
    const count = readIndices(to, width)
    if (count < width) warnings.add(damagedGif('the pixels end too early').message)
    return count
  }
  if (!frame.interlaced) return read
  const counts = new Uint32Array(height)
  let [picture, y]: [Uint8Array | null, number] = [null, 0]
  return (to) => {
    if (!picture) {
      picture = new Uint8Array(kept.width * kept.height)
      for (const [start, step] of PASSES)
        for (let row = start; row < height; row += step) {
          counts[row] = read(to)
          if (row < kept.height) picture.set(to.subarray(0, kept.width), row * kept.width)
        }
    }
    to.set(picture.subarray(y * kept.width, (y + 1) * kept.width))
    return counts[y++] ?? 0
  }
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
      if (isCodeSize(frame.codeSize)) drawFrame(file, canvas, probe, frame, warnings)
      else warnings.add(damagedGif(`a code size of ${frame.codeSize} bits`).message)
      yield NO_ROWS
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

function drawFrame(file: Uint8Array, canvas: Uint32Array, { width, height }: GifProbe, frame: GifFrame, warnings: Set<string>): void {
  const palette = paletteOf(file, frame.table, frame.transparent)
  const indices = new Uint8Array(frame.width)
  const kept = { width: Math.max(0, Math.min(width - frame.x, frame.width)), height: Math.max(0, Math.min(height - frame.y, frame.height)) }
  const nextRow = openFrame(file, frame, kept, warnings)
  for (let y = 0; y < kept.height; y++) {
    const count = Math.min(nextRow(indices), kept.width)
    const start = (frame.y + y) * width + frame.x
    for (let x = 0; x < count; x++) {
      const colour = palette[indices[x] as number] as number // 256 colours
      if (colour !== 0) canvas[start + x] = colour
    }
  }
}

/** What is done before the next frame. Called before the frame is drawn. */
function disposalOf(canvas: Uint32Array, { width, height }: GifProbe, { x, y, ...frame }: GifFrame): (() => void) | null {
  if (frame.disposal === 'keep') return null
  if (frame.disposal === 'restore') {
    const before = canvas.slice()
    return () => canvas.set(before)
  }
  const [right, bottom] = [Math.min(width, x + frame.width), Math.min(height, y + frame.height)]
  return () => {
    for (let row = y; row < bottom; row++) canvas.fill(0, row * width + x, row * width + Math.max(x, right))
  }
}
