import { pixel } from '../../rows/painted.ts'

/** A pixel with straight alpha over another, both as words of R, G, B, A (PNG, third edition, §13.16); rounded to the nearest. */
export function blendPixel(over: number, below: number): number {
  const alpha = over >>> 24
  if (alpha === 255) return over
  if (alpha === 0) return below
  const left = (below >>> 24) * (255 - alpha)
  const whole = 255 * alpha + left
  const mix = (shift: number): number => Math.round((((over >>> shift) & 255) * 255 * alpha + ((below >>> shift) & 255) * left) / whole)
  return pixel(mix(0), mix(8), mix(16), Math.round(whole / 255))
}
