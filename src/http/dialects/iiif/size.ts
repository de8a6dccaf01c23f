import { AppError } from '../../../errors.ts'
import type { Shape } from '../../../image/raster.ts'
import { invalidParameter } from '../../args.ts'
import type { Version } from './version.ts'

/** The most that a picture may have. */
export interface SizeLimits {
  /** Of each side. */
  readonly maxWidth: number
  readonly maxArea: number
}

const BOX = /^(!?)(\d{0,9}),(\d{0,9})$/
const PERCENT = /^pct:(\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})$/

/**
 * The size of a scaled region in whole pixels (Image API 3.0 §4.2, 2.1 §4.2). In 3.0 only what begins with `^` may be larger than the region; 2.1 has no such mark
 * and lets everything grow but `full` and `max`.
 * @throws AppError `invalid_parameter` for other words, and for sizes over the limits.
 */
export function readSize(text: string, version: Version, region: Shape, limits: SizeLimits): Shape {
  const isMarked = version === '3' && text.startsWith('^')
  const words = isMarked ? text.slice(1) : text
  const grows = isMarked || version === '2'
  if (words === 'max' || (version === '2' && words === 'full')) return largest(region, limits, isMarked)
  const size = percentOf(words, region) ?? boxed(words, region, grows)
  if (!size) throw invalidParameter('size', EXPECTED[version], text)
  if (!grows && (size.width > region.width || size.height > region.height))
    throw invalidParameter(
      'size',
      `at most the ${region.width}×${region.height} pixels of the region, or "^" in front of a larger size`,
      text,
    )
  return checkLimits(text, size, limits)
}

const EXPECTED = {
  2: 'full, max, w,h with one or both of them, pct:n or !w,h, none of them 0',
  3: 'max, w,h with one or both of them, pct:n or !w,h, none of them 0, and "^" in front of what may grow',
} as const

/** What a factor makes of a region, never nothing. */
const scaled = ({ width, height }: Shape, factor: number, round: (side: number) => number): Shape => ({
  width: Math.max(1, round(width * factor)),
  height: Math.max(1, round(height * factor)),
})

/** As large as the limits allow, and unless `grows` no larger than the region. */
export function largest(region: Shape, { maxWidth, maxArea }: SizeLimits, grows: boolean): Shape {
  const { width, height } = region
  const factor = Math.min(maxWidth / width, maxWidth / height, Math.sqrt(maxArea / (width * height)), grows ? Infinity : 1)
  return factor === 1 ? { width, height } : scaled(region, factor, Math.floor)
}

function percentOf(words: string, region: Shape): Shape | null {
  const percent = Number(PERCENT.exec(words)?.[1])
  return percent > 0 ? scaled(region, percent / 100, Math.round) : null
}

function boxed(words: string, { width, height }: Shape, grows: boolean): Shape | null {
  const [, isConfined, wide = '', high = ''] = BOX.exec(words) ?? []
  const [w, h] = [Number(wide), Number(high)]
  if ((wide !== '' && w === 0) || (high !== '' && h === 0)) return null
  if (wide !== '' && high !== '') {
    if (isConfined === '') return { width: w, height: h }
    const factor = Math.min(w / width, h / height)
    if (factor >= 1 && !grows) return { width, height }
    return factor === w / width
      ? { width: w, height: Math.max(1, Math.round(height * factor)) }
      : { width: Math.max(1, Math.round(width * factor)), height: h }
  }
  if (isConfined !== '' || wide === high) return null
  return wide !== ''
    ? { width: w, height: Math.max(1, Math.round((height * w) / width)) }
    : { width: Math.max(1, Math.round((width * h) / height)), height: h }
}

function checkLimits(text: string, size: Shape, { maxWidth, maxArea }: SizeLimits): Shape {
  const { width, height } = size
  if (Math.max(width, height) <= maxWidth && width * height <= maxArea) return size
  throw new AppError('invalid_parameter', {
    field: 'size',
    reason: `Expected sides of at most ${maxWidth} and ${maxArea} pixels in all for "size", received ${JSON.stringify(text.slice(0, 100))}, which is ${width}×${height}.`,
  })
}
