import { channels } from '../colour.ts'
import type { StepContext } from '../context.ts'
import { ANCHORS, type Position, type Rectangle } from '../geometry.ts'
import { drawAt, drawLayer, type LayerParams } from '../layer.ts'
import { resolveLength } from '../length.ts'
import { place } from '../placement.ts'
import { createRaster, type Raster, type Shape } from '../raster.ts'
import { rotatedShape } from '../engine/pixels/affine.ts'
import { bundledFont, type Family } from './families.ts'
import { type FontStack, fontStack, normalizeText } from './font-stack.ts'
import { renderCoverage } from './resvg.ts'
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

/**
 * Draws lines of text onto an image, shaped and antialiased, clipped at its edges. A font of the storage is `context.files[0]`. What no font
 * has is not drawn.
 */
export async function drawText(image: Raster, wish: TextWish, context: StepContext): Promise<Raster> {
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

type RenderInk = (placed: PlacedText, window: Rectangle, turn: Turn | null) => Promise<Raster>

/** The lines at the places of docs/protocols/batch.md §4.1, to the fraction of a pixel. */
async function drawInPlace(image: Raster, block: TextBlock, wish: TextWish, render: RenderInk, context: StepContext): Promise<Raster> {
  const [x, y] = [Math.round(resolveLength(wish.x, image)), Math.round(resolveLength(wish.y, image))]
  const placed = placeText(block, image, wish.position, x, y)
  const bounds = inkBounds(placed, block, image)
  if (bounds === null) return image
  return drawAt(image, await render(placed, bounds, null), bounds.x, bounds.y, wish, context)
}

/** Turned or repeated text is a layer with edges of its own: its lines' box. One larger than the image is drawn once, for no second copy shows. */
async function drawAsLayer(image: Raster, block: TextBlock, wish: TextWish, render: RenderInk, context: StepContext): Promise<Raster> {
  const box = { width: Math.ceil(block.width) + 2, height: block.lines.length * block.lineHeight }
  const placed = placeText(block, box, TOP_OF[ANCHORS[wish.position].x], 1, 0)
  const layer = rotatedShape(box, wish.rotate)
  const turn = { degrees: wish.rotate, x: box.width / 2, y: box.height / 2, toX: layer.width / 2, toY: layer.height / 2 }
  if (wish.repeat && layer.width <= image.width && layer.height <= image.height) {
    return drawLayer(image, await render(placed, { x: 0, y: 0, ...layer }, turn), wish, context)
  }
  const { x, y } = place(layer, image, wish)
  const shown = visiblePart(layer, image, x, y)
  if (shown === null) return image
  return drawAt(image, await render(placed, shown, turn), x + shown.x, y + shown.y, { ...wish, repeat: false }, context)
}

const TOP_OF: Readonly<Record<0 | 0.5 | 1, Position>> = { 0: 'top-left', 0.5: 'top', 1: 'top-right' }

/** The part of a layer at (x, y) that lies over the image, in the layer's pixels. */
function visiblePart(layer: Shape, image: Shape, x: number, y: number): Rectangle | null {
  const [left, top] = [Math.max(0, -x), Math.max(0, -y)]
  const [right, bottom] = [Math.min(layer.width, image.width - x), Math.min(layer.height, image.height - y)]
  return left < right && top < bottom ? { x: left, y: top, width: right - left, height: bottom - top } : null
}

async function renderInk(
  placed: PlacedText,
  window: Rectangle,
  turn: Turn | null,
  { size, weight, colour }: TextWish,
  fonts: readonly Uint8Array[],
  context: StepContext,
): Promise<Raster> {
  const ink = createRaster(window)
  const [red, green, blue, alpha] = channels(colour)
  const rows = Math.max(1, Math.floor(STRIP_PIXELS / window.width))
  for (let top = 0; top < window.height; top += rows) {
    const strip = { x: window.x, y: window.y + top, width: window.width, height: Math.min(rows, window.height - top) }
    const coverage = await renderCoverage(textSvg(placed, size, weight, strip, turn), fonts, context)
    let at = top * window.width * 4
    for (const covered of coverage) {
      ink.data[at] = red
      ink.data[at + 1] = green
      ink.data[at + 2] = blue
      ink.data[at + 3] = (covered * alpha) / 255
      at += 4
    }
  }
  return ink
}
