import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { pixel } from '../rows/painted.ts'
import { allocateRows, rowsBytes } from '../rows/pixel-rows.ts'
import { type ColourTable, damagedGif, type GifFrame } from './blocks.ts'
import type { GifProbe } from './header.ts'
import { type GifExpandExports, gifLzwBytes, isCodeSize, openGifLzw, type ReadIndices } from './lzw.ts'

const COLOURS = 256
/** Pixels that are drawn between two rests. */
const PIXELS_BETWEEN_RESTS = 65_536
/** Of a frame, which may reach beyond the canvas. */
const MOST_SIDE = 65_535

/** Core memory of a palette. */
export const PALETTE_BYTES = 4 * COLOURS

/** Puts the colours of a frame at `to`; what its table lacks is transparent, as in browsers. Without a table: black and white. */
export function putPalette(core: Core, to: number, file: Uint8Array, table: ColourTable | null, transparent: number): void {
  const palette = new Uint32Array(core.exports.memory.buffer, to, COLOURS).fill(0)
  if (!table) palette.set([pixel(0, 0, 0), pixel(255, 255, 255)])
  for (let i = 0; table && i < table.colours; i++) {
    const at = table.start + 3 * i
    palette[i] = pixel(file[at] ?? 0, file[at + 1] ?? 0, file[at + 2] ?? 0)
  }
  if (transparent >= 0) palette[transparent] = 0
}

/** First row and step of the four passes of an interlaced frame (GIF89a appendix E). */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const

/**
 * Gives the rows of a frame, top to bottom: where its indices are, and how many the file has. An interlaced frame is decoded when the first is asked for;
 * of it only `kept` is held, at `picture`.
 */
export function frameRows(
  core: Core,
  frame: GifFrame,
  readIndices: ReadIndices,
  kept: Shape,
  picture: number,
  warnings: Set<string>,
): () => { readonly at: number; readonly count: number } {
  const { width, height } = frame
  const read = () => {
    const row = readIndices(width)
    if (row.count < width) warnings.add(damagedGif('the pixels end too early').message)
    return row
  }
  if (!frame.interlaced) return read
  const counts = new Uint32Array(height)
  let [isRead, y] = [false, 0]
  return () => {
    if (!isRead) {
      for (const [start, step] of PASSES)
        for (let row = start; row < height; row += step) {
          const { at, count } = read()
          counts[row] = count
          if (row < kept.height) core.bytes().copyWithin(picture + row * kept.width, at, at + kept.width)
        }
      isRead = true
    }
    return { at: picture + y * kept.width, count: counts[y++] ?? 0 }
  }
}

/** The canvas of an animation, on transparent ground, in the core's memory. */
export interface GifCanvas {
  readonly ptr: number
  readonly stride: number
  /** Does what the frame before wished, and draws the next one, with a rest now and then: gives how many pixels have been read since the last one. */
  show(frame: GifFrame): Generator<number>
}

/** Upper bound of what a canvas holds: itself and a copy, and a frame that is interlaced. */
export const gifCanvasBytes = ({ width, height }: Shape): number =>
  2 * rowsBytes(width, height) + width * height + gifLzwBytes(MOST_SIDE) + PALETTE_BYTES + 4 * MOST_SIDE

/** Opens a canvas; all that it takes in the core is taken now. `interlaced`: some frame may be. `warnings` takes what is wrong with the frames. */
export function createGifCanvas(
  core: Core<GifExpandExports>,
  file: Uint8Array,
  { width, height }: GifProbe,
  interlaced: boolean,
  warnings: Set<string>,
): GifCanvas {
  const { exports } = core
  const { ptr, stride } = allocateRows(core, width, height)
  core.bytes().fill(0, ptr, ptr + stride * height)
  const palette = core.alloc(PALETTE_BYTES)
  const openIndices = openGifLzw(core, MOST_SIDE)
  const picture = interlaced ? core.alloc(width * height) : 0
  let undo: (() => void) | null = null

  /** What is done before the next frame (GIF89a §23 c iv). Called before the frame is drawn. */
  function disposalOf({ x, y, disposal, ...frame }: GifFrame): (() => void) | null {
    if (disposal === 'keep') return null
    if (disposal === 'restore') {
      const before = core.bytes().slice(ptr, ptr + stride * height)
      return () => core.bytes().set(before, ptr)
    }
    const [right, bottom] = [Math.min(width, x + frame.width), Math.min(height, y + frame.height)]
    return () => {
      for (let row = y; row < bottom; row++) {
        const at = ptr + row * stride
        core.bytes().fill(0, at + 4 * x, at + 4 * Math.max(x, right))
      }
    }
  }

  return {
    ptr,
    stride,
    *show(frame) {
      undo?.()
      undo = disposalOf(frame)
      if (!isCodeSize(frame.codeSize)) {
        warnings.add(damagedGif(`a code size of ${frame.codeSize} bits`).message)
        return
      }
      putPalette(core, palette, file, frame.table, frame.transparent)
      const kept = {
        width: Math.max(0, Math.min(width - frame.x, frame.width)),
        height: Math.max(0, Math.min(height - frame.y, frame.height)),
      }
      const nextRow = frameRows(core, frame, openIndices(file, frame.dataAt, frame.codeSize), kept, picture, warnings)
      let read = 0
      for (let y = 0; y < kept.height; y++) {
        const { at, count } = nextRow()
        exports.gifPaint(at, Math.min(count, kept.width), palette, ptr + (frame.y + y) * stride + 4 * frame.x)
        read += frame.width
        if (read < PIXELS_BETWEEN_RESTS && y + 1 < kept.height) continue
        yield read
        read = 0
      }
    },
  }
}
