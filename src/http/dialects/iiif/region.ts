import { AppError } from '../../../errors.ts'
import type { Rectangle } from '../../../image/geometry.ts'
import type { Shape } from '../../../image/raster.ts'
import { invalidParameter } from '../../args.ts'

const PIXELS = /^(\d{1,9}),(\d{1,9}),(\d{1,9}),(\d{1,9})$/
const DECIMAL = String.raw`(\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})`
const PERCENT = new RegExp(`^pct:${[DECIMAL, DECIMAL, DECIMAL, DECIMAL].join(',')}$`)

/**
 * The pixels that a region has: whole ones, inside the picture. What hangs over is cut off; a square lies in the middle (Image API 3.0 §4.1).
 * @throws AppError `invalid_parameter` for other words, and for a region without a pixel.
 */
export function readRegion(text: string, image: Shape): Rectangle {
  if (text === 'full') return { x: 0, y: 0, ...sidesOf(image) }
  if (text === 'square') return square(image)
  const pixels = PIXELS.exec(text)
  const numbers = pixels ?? PERCENT.exec(text)
  if (!numbers) throw invalidParameter('region', 'full, square, x,y,w,h or pct:x,y,w,h', text)
  const [x = 0, y = 0, width = 0, height = 0] = numbers.slice(1).map(Number)
  if (width === 0 || height === 0) throw outside(text, image)
  if (pixels) return cut(text, image, x, y, x + width, y + height)
  const across = (share: number): number => Math.round((image.width * share) / 100)
  const down = (share: number): number => Math.round((image.height * share) / 100)
  // What begins in the picture has a pixel of it.
  const left = x < 100 ? Math.min(across(x), image.width - 1) : image.width
  const top = y < 100 ? Math.min(down(y), image.height - 1) : image.height
  return cut(text, image, left, top, Math.max(left + 1, across(x + width)), Math.max(top + 1, down(y + height)))
}

const sidesOf = ({ width, height }: Shape): Shape => ({ width, height })

function square({ width, height }: Shape): Rectangle {
  const side = Math.min(width, height)
  return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), width: side, height: side }
}

function cut(text: string, image: Shape, left: number, top: number, right: number, bottom: number): Rectangle {
  if (left >= image.width || top >= image.height) throw outside(text, image)
  return { x: left, y: top, width: Math.min(right, image.width) - left, height: Math.min(bottom, image.height) - top }
}

const outside = (text: string, { width, height }: Shape): AppError =>
  invalidParameter('region', `a region that has pixels of the image of ${width}×${height}`, text)
