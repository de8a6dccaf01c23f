import type { Shape } from '../../raster.ts'
import { pixel } from '../rows/painted.ts'
import { type ColourTable, damagedGif, type GifFrame } from './blocks.ts'
import type { GifProbe } from './header.ts'
import { isCodeSize, readGifLzw } from './lzw.ts'

const COLOURS = 256
/** Pixels that are drawn between two rests. */
const PIXELS_BETWEEN_RESTS = 65_536

/** The colours of a frame; what its table lacks is transparent, as in browsers. Without a table: black and white. */
export function paletteOf(file: Uint8Array, table: ColourTable | null, transparent: number): Uint32Array {
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
export function openFrame(file: Uint8Array, frame: GifFrame, kept: Shape, warnings: Set<string>): (to: Uint8Array) => number {
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

/** Draws a frame on the canvas, with a rest now and then: gives how many of its pixels have been read since the last one. `warnings` takes what was wrong with it. */
export function* drawFrame(
  file: Uint8Array,
  canvas: Uint32Array,
  { width, height }: GifProbe,
  frame: GifFrame,
  warnings: Set<string>,
): Generator<number> {
  if (!isCodeSize(frame.codeSize)) {
    warnings.add(damagedGif(`a code size of ${frame.codeSize} bits`).message)
    return
  }
  const palette = paletteOf(file, frame.table, frame.transparent)
  const indices = new Uint8Array(frame.width)
  const kept = { width: Math.max(0, Math.min(width - frame.x, frame.width)), height: Math.max(0, Math.min(height - frame.y, frame.height)) }
  const nextRow = openFrame(file, frame, kept, warnings)
  let read = 0
  for (let y = 0; y < kept.height; y++) {
    const count = Math.min(nextRow(indices), kept.width)
    const start = (frame.y + y) * width + frame.x
    for (let x = 0; x < count; x++) {
      const colour = palette[indices[x] as number] as number // 256 colours
      if (colour !== 0) canvas[start + x] = colour
    }
    read += frame.width
    if (read < PIXELS_BETWEEN_RESTS && y + 1 < kept.height) continue
    yield read
    read = 0
  }
}

/** What is done before the next frame (GIF89a §23 c iv). Called before the frame is drawn. */
export function disposalOf(canvas: Uint32Array, { width, height }: GifProbe, { x, y, ...frame }: GifFrame): (() => void) | null {
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
