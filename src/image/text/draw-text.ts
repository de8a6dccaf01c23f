import { channels } from '../colour.ts'
import type { StepContext } from '../context.ts'
import { AppError } from '../../errors.ts'
import type { LayerPixels } from '../engine/pixels/composite.ts'
import type { PixelRows } from '../engine/rows/pixel-rows.ts'
import { ANCHORS, type Position, type Rectangle } from '../geometry.ts'
import { drawAt, drawLayer, layerBytes, type LayerParams } from '../layer.ts'
import { resolveLength } from '../length.ts'
import { place } from '../placement.ts'
import { createRaster, type Raster, type Shape } from '../raster.ts'
import { rotatedShape } from '../engine/pixels/affine.ts'
import { bundledFont, type Family } from './families.ts'
import { type FontStack, fontStack, normalizeText } from './font-stack.ts'
import { renderCoverage, startRenderer } from './resvg.ts'
import { inkBounds, measureText, placeText, type PlacedText, type TextBlock } from './text-box.ts'
import { textSvg, type Turn } from './text-svg.ts'

export interface TextWish extends LayerParams {
  readonly text: string
  readonly font: Family | { readonly path: string }
  readonly weight: number
  readonly size: number
  readonly colour: string
}

/** Pixels that are rendered at once: the renderer's memory never shrinks, so it is never asked for a large picture. */
const STRIP_PIXELS = 1 << 19
/** Of the renderer with fonts, and a strip of its picture. */
const RENDERER_BYTES = 16_000_000

/**
 * Draws lines of text onto an image, shaped and antialiased, clipped at its edges. A font of the storage is `context.files[0]`. What no font
 * has is not drawn.
 */
export async function drawText(image: PixelRows, wish: TextWish, context: StepContext): Promise<PixelRows> {
  const text = normalizeText(wish.text)
  const fonts = await fontsFor(text, wish, context)
  const block = measureText(fonts.drawable(text), wish.size, fonts)
  const render = (placed: PlacedText, window: Rectangle, turn: Turn | null) => renderInk(placed, window, turn, wish, fonts.files, context)
  return wish.rotate % 360 !== 0 || wish.repeat
    ? drawAsLayer(image, block, wish, render, context)
    : drawInPlace(image, block, wish, render, context)
}

/** The storage's font, the bundled one, and the currency signs when something is missing in both. */
async function fontsFor(text: string, { font, weight }: TextWish, context: StepContext): Promise<FontStack> {
  const bundled = await context.font(bundledFont(typeof font === 'string' ? font : 'sans', weight))
  const own = context.files[0]
  const files = own ? ([own, bundled] as const) : ([bundled] as const)
  const fonts = fontStack(files)
  return fonts.hasAll(text) ? fonts : fontStack([...files, await context.font(bundledFont('currency', weight))])
}

type RenderInk = (placed: PlacedText, window: Rectangle, turn: Turn | null) => Promise<LayerPixels>

/** The lines at the places of docs/protocols/batch.md §4.1, to the fraction of a pixel. */
async function drawInPlace(
  image: PixelRows,
  block: TextBlock,
  wish: TextWish,
  render: RenderInk,
  { core }: StepContext,
): Promise<PixelRows> {
  const [x, y] = [Math.round(resolveLength(wish.x, image)), Math.round(resolveLength(wish.y, image))]
  const placed = placeText(block, image, wish.position, x, y)
  const bounds = inkBounds(placed, block, image)
  if (bounds === null) return image
  return drawAt(core, image, await render(placed, bounds, null), bounds.x, bounds.y, wish)
}

/** Turned or repeated text is a layer with edges of its own: its lines' box. One larger than the image is drawn once, for no second copy shows. */
async function drawAsLayer(
  image: PixelRows,
  block: TextBlock,
  wish: TextWish,
  render: RenderInk,
  { core }: StepContext,
): Promise<PixelRows> {
  const box = { width: Math.ceil(block.width) + 2, height: Math.max(1, block.lines.length * block.lineHeight) }
  const placed = placeText(block, box, TOP_OF[ANCHORS[wish.position].x], 1, 0)
  const layer = rotatedShape(box, wish.rotate)
  const turn = { degrees: wish.rotate, x: box.width / 2, y: box.height / 2, toX: layer.width / 2, toY: layer.height / 2 }
  if (wish.repeat && layer.width <= image.width && layer.height <= image.height) {
    return drawLayer(core, image, held(await render(placed, { x: 0, y: 0, ...layer }, turn), image, wish), wish)
  }
  const { x, y } = place(layer, image, wish)
  const shown = visiblePart(layer, image, x, y)
  if (shown === null) return image
  return drawAt(core, image, await render(placed, shown, turn), x + shown.x, y + shown.y, { ...wish, repeat: false })
}

const TOP_OF: Readonly<Record<0 | 0.5 | 1, Position>> = { 0: 'top-left', 0.5: 'top', 1: 'top-right' }

/** The part of a layer at (x, y) that lies over the image, in the layer's pixels. */
function visiblePart(layer: Shape, image: Shape, x: number, y: number): Rectangle | null {
  const [left, top] = [Math.max(0, -x), Math.max(0, -y)]
  const [right, bottom] = [Math.min(layer.width, image.width - x), Math.min(layer.height, image.height - y)]
  return left < right && top < bottom ? { x: left, y: top, width: right - left, height: bottom - top } : null
}

/** The ink in `window` of the placed lines. It is rendered strip by strip when its rows are asked for, from top to bottom. */
async function renderInk(
  placed: PlacedText,
  window: Rectangle,
  turn: Turn | null,
  { size, weight, colour }: TextWish,
  fonts: readonly Uint8Array[],
  context: StepContext,
): Promise<LayerPixels> {
  const renderer = await startRenderer(context)
  const { width, height } = window
  const [red, green, blue, alpha] = channels(colour)
  const alphas = Uint8ClampedArray.from({ length: 256 }, (_, covered) => (covered * alpha) / 255)
  const stripRows = Math.max(1, Math.floor(STRIP_PIXELS / width))
  let strip: { readonly top: number; readonly end: number; readonly coverage: Uint8Array } = { top: 0, end: 0, coverage: new Uint8Array() }
  const stripAt = (y: number): typeof strip => {
    const top = y - (y % stripRows)
    const rows = Math.min(stripRows, height - top)
    const shown = { x: window.x, y: window.y + top, width, height: rows }
    return { top, end: top + rows, coverage: renderCoverage(renderer, textSvg(placed, size, weight, shown, turn), fonts) }
  }
  return {
    width,
    height,
    putPixels(x, y, to) {
      if (y < strip.top || y >= strip.end) strip = stripAt(y)
      const from = (y - strip.top) * width + x
      for (let i = 0, at = 0; at < to.length; i++, at += 4) {
        to[at] = red
        to[at + 1] = green
        to[at + 2] = blue
        to[at + 3] = alphas[strip.coverage[from + i] as number] as number // a strip has whole rows
      }
    },
  }
}

/** The whole layer as a raster, for copies. @throws AppError `too_many_pixels` when it is larger than what was planned for it. */
function held({ width, height, putPixels }: LayerPixels, image: Shape, wish: TextWish): Raster {
  const most = tileShape(wish, image)
  if (width * height > most.width * most.height) {
    const reason = `Expected repeated text of at most ${most.width}×${most.height} pixels, received ${width}×${height}: its font is too wide.`
    throw new AppError('too_many_pixels', { field: 'text', reason })
  }
  const raster = createRaster({ width, height })
  const bytes = new Uint8Array(raster.data.buffer)
  for (let y = 0; y < height; y++) putPixels(0, y, bytes.subarray(y * width * 4, (y + 1) * width * 4))
  return raster
}

/** Widths and heights of an em that a character and a line have at most, in usual fonts. */
const CHARACTER_EMS = 1.3
const LINE_EMS = 2
/** Rounding, of tiny text above all. */
const SPARE_PIXELS = 8

/** The size up to which a copy of repeated text is drawn: that of the image, or what the text takes in usual fonts. */
function tileShape({ text, size, rotate }: TextWish, image: Shape): Shape {
  const lines = text.split('\n')
  const box = {
    width: Math.max(...lines.map((line) => line.length)) * size * CHARACTER_EMS + SPARE_PIXELS,
    height: lines.length * size * LINE_EMS + SPARE_PIXELS,
  }
  const { width, height } = rotatedShape(box, rotate)
  return width * height < image.width * image.height ? { width: Math.ceil(width), height: Math.ceil(height) } : image
}

/** Bytes that text holds at most while rows pass: the renderer with fonts, a strip of its picture, and a repeated copy with its gaps. */
export function textBytes(wish: TextWish, image: Shape): number {
  const tile = tileShape(wish, image)
  const copy = wish.repeat ? tile.width * tile.height * 4 : 0
  return RENDERER_BYTES + copy + layerBytes(tile, image, wish)
}
