/** What a renderer needs to know about a picture: its size in pixels and the width of a pixel as a share of the picture's width. */
export type Frame = { readonly width: number; readonly height: number; readonly samplesPerSide: number }

/** Paints the column at `x` (0 left to 1 right) as linear RGB light, top first, into `light` (3 floats a row, any number of rows). */
export type PaintColumn = (x: number, light: Float32Array) => void

/**
 * A scene paints columns rather than pixels, because a landscape is cheapest to see by walking away from the camera once a column.
 * `World` is plain data (numbers and typed arrays over shared memory), so that one thread builds it and all threads paint from it.
 */
export type Scene<World> = {
  prepare(seed: number): World
  /** A method, so that the table of scenes may forget what each one's world looks like. */
  painter(world: World, frame: Frame): PaintColumn
  /** The seed of the picture that the project ships; others give other views of the same kind. */
  readonly seed: number
  /** Strength of the film grain, in steps of 8-bit luminance at middle gray. */
  readonly grain: number
  readonly exposure: number
}
