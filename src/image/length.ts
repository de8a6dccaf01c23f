import * as z from 'zod'
import { roundSide } from './geometry.ts'
import type { Shape } from './raster.ts'

/** A distance in an image: whole or fractional pixels, or a percentage of one side of the image that enters the step. */
export type Length = number | { readonly percent: number; readonly of: 'width' | 'height' }

const percentage = z.strictObject({ percent: z.number(), of: z.enum(['width', 'height']) })

/** A side: above zero. */
export const sideLength = z.union([z.number().positive(), percentage.extend({ percent: z.number().positive() })])

/** Where something begins: not before the image. */
export const startLength = z.union([z.number().min(0), percentage.extend({ percent: z.number().min(0) })])

/** An offset: may be negative. */
export const offsetLength = z.union([z.number(), percentage])

/** In pixels, not rounded. */
export const resolveLength = (length: Length, of: Shape): number =>
  typeof length === 'number' ? length : ((length.of === 'width' ? of.width : of.height) * length.percent) / 100

/** The wished size in whole pixels, a side that is not given following the aspect ratio; the image's own size when neither is given. */
export function resolveSize(width: Length | undefined, height: Length | undefined, image: Shape): Shape {
  const wide = width === undefined ? undefined : roundSide(resolveLength(width, image))
  const high = height === undefined ? undefined : roundSide(resolveLength(height, image))
  return {
    width: wide ?? (high === undefined ? image.width : roundSide((high * image.width) / image.height)),
    height: high ?? (wide === undefined ? image.height : roundSide((wide * image.height) / image.width)),
  }
}
