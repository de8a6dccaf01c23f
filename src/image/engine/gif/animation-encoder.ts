import type { Rectangle } from '../../geometry.ts'
import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { createParts, joinParts, resultBytes } from '../parts.ts'
import { quantiserBytes, type QuantiserExports } from '../quantise/quantiser.ts'
import { copiedRows, copiedRowsBytes } from '../rows/copied.ts'
import type { Drain, PixelRows } from '../rows/pixel-rows.ts'
import { allocateCanvas, changes, differingRectangle, fillCanvas, gifCanvasBytes, joined, patchCanvas, vanishes } from './canvases.ts'
import { createColourChooser, type GifPalette, NS_TO_COUNT, NS_TO_WRITE } from './colours.ts'
import { binaryRows, refuseLargeGif } from './encoder.ts'
import { frameHeader, gifHeader, indexBits, loopBlock, trailer } from './file.ts'
import { createGifLzwWriter, gifLzwBytes, type GifLzwExports } from './lzw-writer.ts'

export interface GifAnimationExports extends QuantiserExports, GifLzwExports {
  gifChangedPixels(now: number, before: number, to: number, pixels: number): void
}

const MOST_DELAY = 65_535
/**
 * A table of its own takes 768 bytes: a frame has the first one's while its mean square of loss is at most so many times the first's, or 8 (39 dB, where
 * photographs of 256 colours are).
 */
const MOST_TIMES = 1.5
const MOST_SQUARE = 8
/** Of a frame around its pixels: control, descriptor, its own colours. */
const FRAME_BYTES = 1024

/** What stands for a picture that is like the one before. */
const UNCHANGED: Rectangle = { x: 0, y: 0, width: 1, height: 1 }

export interface GifAnimationShape extends Shape {
  /** At most. */
  readonly frames: number
  /** How often it plays; 0: without end. */
  readonly plays: number
}

/**
 * Encodes an animation (GIF89a). Of each picture the rectangle is written in which it differs from what is shown, and in it the pixels that differ: the others
 * are transparent. Where pixels vanish, the frame before clears its rectangle after its time; so a frame is written when the next one is known. A frame has the
 * first one's colours where these do, else its own. Times are whole hundredths of a second whose sum
 * does not drift. Three pictures are held.
 * @throws AppError `output_too_large` for a side of more than 65,535 pixels, or a file that is too large.
 */
export function createGifAnimation(core: Core<GifAnimationExports>, { plays, ...shape }: GifAnimationShape, drain: Drain) {
  refuseLargeGif(shape)
  /** What the reader shows below the frame that waits, that frame's picture, and room for the next one. */
  const shown = allocateCanvas(core, shape)
  let [waiting, next] = [allocateCanvas(core, shape), allocateCanvas(core, shape)]
  const copies = copiedRows(core, shape.width)
  const parts = createParts()
  let delay = 0
  let [isFirst, isWaiting, exact, written] = [true, false, 0, 0]
  const first = createColourChooser(core, shape.width)
  let global: GifPalette = { colours: new Uint32Array(), isExact: true, mapRow: () => undefined }
  let firstError = 0

  /** Writes the frame that waits. `vanishing`: where the next picture is transparent and it is not. */
  async function write(vanishing: Rectangle | null): Promise<void> {
    const changed = isFirst ? { x: 0, y: 0, ...shape } : differingRectangle(core, shape, waiting, shown, changes)
    const place = joined(changed, vanishing) ?? UNCHANGED
    const mark = core.mark()
    const { colours, isGlobal, pixels } = await encode(place, vanishing !== null)
    core.release(mark)
    if (isFirst) {
      parts.add(gifHeader(shape, colours))
      parts.add(loopBlock(plays))
    }
    parts.add(frameHeader(place, { delay, disposal: vanishing ? 2 : 1 }, colours, !isGlobal))
    for (const part of pixels) parts.add(part)
    patchCanvas(core, shown, vanishing ? null : waiting, place)
    isFirst = false
  }

  /** The pixels of a rectangle that differ from what is shown. */
  function changedRows({ x, y, width, height }: Rectangle): PixelRows {
    const at = (canvas: typeof shown, row: number): number => canvas.ptr + (y + row) * canvas.stride + 4 * x
    return copies({ width, height }, false, (row, to) => core.exports.gifChangedPixels(at(waiting, row), at(shown, row), to, width))
  }

  /** `clears`: readers make a rectangle transparent only where its frame has a transparent colour. */
  async function encode(place: Rectangle, clears: boolean) {
    const { width } = place
    const chooser = isFirst ? first : createColourChooser(core, width)
    if (isFirst) chooser.wishTransparent()
    if (clears) chooser.needTransparent()
    await drain(changedRows(place), (band) => chooser.take(band), NS_TO_COUNT)
    const { colours, mapRow, isGlobal } = paletteFor(chooser, width)
    const indices = core.alloc(width)
    const writer = createGifLzwWriter(core, width, indexBits(colours))
    await drain(
      changedRows(place),
      ({ ptr, stride, rows }) => {
        for (let row = 0; row < rows; row++) {
          mapRow(ptr + row * stride, indices)
          writer.write(indices, width)
        }
      },
      NS_TO_WRITE,
    )
    return { colours, isGlobal, pixels: writer.end() }
  }

  /** The first frame's palette, where it has all colours of a frame, or is nearly as good for it as for its own; else the frame's own. */
  function paletteFor(chooser: typeof first, width: number) {
    const own = chooser.palette()
    if (isFirst) {
      global = own
      firstError = own.isExact ? 0 : first.quantiser.errorWith(first.quantiser)
      return { ...own, isGlobal: true }
    }
    const { colours } = global
    if (global.isExact) {
      if (!own.isExact || !own.colours.every((colour) => colours.includes(colour))) return { ...own, isGlobal: false }
      const places = own.colours.map((colour) => colours.indexOf(colour))
      const mapRow = (from: number, to: number): void => {
        own.mapRow(from, to)
        const indices = core.bytes().subarray(to, to + width)
        for (let x = 0; x < width; x++) indices[x] = places[indices[x] as number] as number // an index of the frame's colours
      }
      return { colours, mapRow, isGlobal: true }
    }
    if (chooser.quantiser.errorWith(first.quantiser) > Math.max(MOST_SQUARE, MOST_TIMES * firstError)) return { ...own, isGlobal: false }
    return { colours, mapRow: first.quantiser.mapper(width), isGlobal: true }
  }

  return {
    /** Reads the rows to their end. */
    async add(rows: PixelRows, durationMs: number): Promise<void> {
      await fillCanvas(core, next, binaryRows(core, rows), drain)
      if (isWaiting) await write(rows.isOpaque ? null : differingRectangle(core, shape, next, waiting, vanishes))
      ;[waiting, next, isWaiting] = [next, waiting, true]
      exact += durationMs / 10
      delay = Math.min(MOST_DELAY, Math.round(exact) - written)
      written += delay
    },
    /** The file, when at least one picture has been added. */
    async finish(): Promise<Uint8Array> {
      await write(null)
      return joinParts([...parts.all, trailer()])
    },
  }
}

/** Upper bound of what the encoder holds beside the rows that it reads: core memory, and the file. */
export function gifAnimationBytes({ frames, ...shape }: GifAnimationShape): number {
  const { width, height } = shape
  const file = resultBytes(frames * (2 * width * height + FRAME_BYTES))
  return 3 * gifCanvasBytes(shape) + copiedRowsBytes(shape) + 2 * quantiserBytes(width) + width + gifLzwBytes(width) + file
}
