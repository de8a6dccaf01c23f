import type * as z from 'zod'
import type { StepContext } from '../context.ts'
import type { PixelRows } from '../engine/rows/pixel-rows.ts'
import type { Geometry, Rectangle } from '../geometry.ts'
import type { Orientation } from '../orientation.ts'
import type { Shape } from '../raster.ts'

/** An image of the same storage that an operation draws. */
export interface InputImage {
  /** Absolute. */
  readonly path: string
  /** The size that the step needs, given the own upright size of this image and the size of the image that enters the step. Absent: its own size. */
  readonly size?: (own: Shape, image: Shape) => Shape
  /** Upper bound of the bytes that the step makes from it, besides the decoded image: a turned copy, for example. `size`: the decoded size. */
  readonly extraBytes?: (size: Shape) => number
}

/** A step that another one turned out to be, as its schema knows it. */
export type ResolvedStep =
  | { readonly op: 'crop'; readonly params: Rectangle & { readonly position: 'top-left'; readonly fit: false } }
  | {
      readonly op: 'modulate'
      readonly params: { readonly brightness: number; readonly lightness: number; readonly saturation: number; readonly hue: number }
    }

/** The step that keeps a rectangle of whole pixels. */
export const keepRectangle = (rectangle: Rectangle): ResolvedStep => ({
  op: 'crop',
  params: { ...rectangle, position: 'top-left', fit: false },
})

/**
 * How a step is done is one of four ways: `geometry` and `symmetry` join the decoder where they can; `rows` sends rows through; `resolve` looks at
 * the picture first, to become another step.
 */
export interface Operation<P extends z.ZodType = z.ZodType> {
  /** One line for the generated reference. */
  readonly summary: string
  /** Canonical parameters: every default filled, no aliases, no vendor spellings. */
  readonly params: P
  /**
   * The shape of the result. Runs before any pixel is decoded; throws an AppError when the step cannot apply. With `resolve`: the largest shape
   * that it may become.
   */
  plan(params: z.output<P>, input: Shape): Shape
  /** For pure cuts and scalings: the step as a window and a size, which a decoder may perform while it decodes. */
  geometry?(params: z.output<P>, input: Shape): Geometry
  /**
   * For pure turns and mirrors: the step as an orientation, which the decoder joins to the file's own; `null` when these parameters are no
   * such thing.
   */
  symmetry?(params: z.output<P>): Orientation | null
  /** The rows of the result, of exactly the planned shape. Nothing is read from `input` before the result is read. */
  rows?(params: z.output<P>, input: PixelRows, output: Shape, context: StepContext): PixelRows | Promise<PixelRows>
  /** True when each pixel depends on no other and not on its place: turns and mirrors may then go first. */
  readonly isPointwise?: boolean
  /**
   * For steps without `geometry`: true when the gain map of a picture stays true of the result. Of an opaque picture comes the same one, or a part of it by
   * `resolve`.
   */
  readonly keepsGainMap?: boolean
  /** Whether an opaque picture may come out with transparent pixels; never when absent. */
  addsTransparency?(params: z.output<P>): boolean
  /** Looks at the whole picture and tells which step does it; `null` when there is nothing to do. */
  resolve?(params: z.output<P>, input: PixelRows, output: Shape, context: StepContext): Promise<ResolvedStep | null>
  /** Other images that the step draws. The service fetches them; `rows` finds them in `context.inputs`. */
  inputs?(params: z.output<P>): readonly InputImage[]
  /** Absolute paths of other files that the step reads as they are, such as fonts: `rows` finds their bytes in `context.files`. */
  files?(params: z.output<P>): readonly string[]
  /** How many times the work of the usual parameters (src/image/costs.ts) these are; 1 when absent. */
  relativeWork?(params: z.output<P>): number
  /** Bytes that the step holds while rows pass, at most. `isOpaque`: no pixel of its input can be transparent. */
  workingBytes?(params: z.output<P>, input: Shape, output: Shape, isOpaque: boolean): number
}

/** Identity at run time; infers `P` so that the functions need no annotations. */
export const defineOperation = <P extends z.ZodType>(operation: Operation<P>): Operation<P> => operation
