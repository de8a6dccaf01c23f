import type * as z from 'zod'
import type { StepContext } from '../context.ts'
import type { Geometry } from '../geometry.ts'
import type { Orientation } from '../orientation.ts'
import type { Raster, Shape } from '../raster.ts'

/** An image of the same storage that an operation draws. */
export interface InputImage {
  /** Absolute. */
  readonly path: string
  /** The size that the step needs, given the own upright size of this image and the size of the image that enters the step. Absent: its own size. */
  readonly size?: (own: Shape, image: Shape) => Shape
  /** Upper bound of the bytes that the step makes from it, besides the decoded image: a turned copy, for example. `size`: the decoded size. */
  readonly extraBytes?: (size: Shape) => number
}

export interface Operation<P extends z.ZodType = z.ZodType> {
  /** One line for the generated reference. */
  readonly summary: string
  /** Canonical parameters: every default filled, no aliases, no vendor spellings. */
  readonly params: P
  /** The shape of the result. Runs before any pixel is decoded; throws an AppError when the step cannot apply. */
  plan(params: z.output<P>, input: Shape): Shape
  /** True when the pixels decide the size, as trimming does: `apply` may then return less than the planned shape, never more. */
  readonly shrinks?: boolean
  /**
   * Must return a raster of exactly the planned shape (see `shrinks`) and must not write to `input`; it may return `input` itself when
   * nothing changes.
   */
  apply(params: z.output<P>, input: Raster, output: Shape, context: StepContext): Raster | Promise<Raster>
  /** For pure cuts and scalings: the same step as a window and a size, which a decoder may perform while it decodes. */
  geometry?(params: z.output<P>, input: Shape): Geometry
  /**
   * For pure turns and mirrors: the step as an orientation, which the decoder joins to the file's own; `null` when these parameters are no
   * such thing.
   */
  symmetry?(params: z.output<P>): Orientation | null
  /** Other images that the step draws. The service fetches them; `apply` finds them in `context.inputs`. */
  inputs?(params: z.output<P>): readonly InputImage[]
  /** Absolute paths of other files that the step reads as they are, such as fonts: `apply` finds their bytes in `context.files`. */
  files?(params: z.output<P>): readonly string[]
  /** Bytes that `apply` needs beside its input and output rasters, at most. */
  workingBytes?(params: z.output<P>, input: Shape, output: Shape): number
}

/** Identity at run time; infers `P` so that the functions need no annotations. */
export const defineOperation = <P extends z.ZodType>(operation: Operation<P>): Operation<P> => operation
