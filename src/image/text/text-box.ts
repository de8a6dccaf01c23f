import { ANCHORS, type Position } from '../geometry.ts'
import type { Rectangle } from '../geometry.ts'
import type { Shape } from '../raster.ts'
import type { FontStack } from './font-stack.ts'

/** Lines of one font and size, measured in pixels. */
export interface TextBlock {
  readonly lines: readonly string[]
  readonly size: number
  /** Above the baseline, and below it (negative), in whole pixels as FreeType rounds them. */
  readonly ascender: number
  readonly descender: number
  readonly lineHeight: number
  /** Of the longest line, without kerning: an estimate that shaping hardly exceeds. */
  readonly width: number
}

export interface PlacedLine {
  readonly text: string
  readonly x: number
  readonly baseline: number
}

/** Lines at their places in an image; `anchor` says which point of each line `x` is. */
export interface PlacedText {
  readonly anchor: 'start' | 'middle' | 'end'
  readonly lines: readonly PlacedLine[]
}

export function measureText(
  text: string,
  size: number,
  metrics: Pick<FontStack, 'unitsPerEm' | 'ascender' | 'descender' | 'advance'>,
): TextBlock {
  const lines = text.split('\n')
  const scale = size / metrics.unitsPerEm
  const [ascender, descender] = [Math.ceil(metrics.ascender * scale), Math.floor(metrics.descender * scale)]
  // The height of a line: ⌊a − d + 0.5⌋ (docs/protocols/batch.md §4.1)
  const lineHeight = Math.floor(ascender - descender + 0.5)
  return { lines, size, ascender, descender, lineHeight, width: Math.max(...lines.map((line) => metrics.advance(line))) * scale }
}

/** The table of docs/protocols/batch.md §4.1, ImageMagick's annotateImage. Offsets in whole pixels. */
export function placeText(block: TextBlock, image: Shape, position: Position, xoff: number, yoff: number): PlacedText {
  const { lines, ascender: a, descender: d, lineHeight: h } = block
  const { x: across, y: down } = ANCHORS[position]
  const rest = (lines.length - 1) * h
  const first = down === 0 ? yoff + a : down === 1 ? image.height + d - rest - yoff : image.height / 2 + (a + d) / 2 - rest / 2 + yoff
  const x = across === 0 ? xoff : across === 1 ? image.width - 1 - xoff : image.width / 2 + xoff
  const placed = lines.map((text, i) => ({ text, x, baseline: first + i * h }))
  return { anchor: across === 0 ? 'start' : across === 1 ? 'end' : 'middle', lines: placed }
}

/** Whole pixels that the ink of placed lines stays inside, with an em to spare at each side for slanted letters and marks. */
export function inkBounds({ anchor, lines }: PlacedText, { width, size, ascender, descender }: TextBlock, image: Shape): Rectangle | null {
  const [first, last] = [lines[0], lines.at(-1)]
  if (first === undefined || last === undefined) return null
  const start = anchor === 'start' ? first.x : anchor === 'end' ? first.x - width : first.x - width / 2
  const spare = Math.ceil(size)
  const left = Math.max(0, Math.floor(start) - spare)
  const right = Math.min(image.width, Math.ceil(start + width) + spare)
  const top = Math.max(0, Math.floor(first.baseline) - ascender - spare)
  const bottom = Math.min(image.height, Math.ceil(last.baseline) - descender + spare)
  return left < right && top < bottom ? { x: left, y: top, width: right - left, height: bottom - top } : null
}
