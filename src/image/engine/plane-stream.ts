/** The colour meaning of a stream's components, in order. `cmyk` is stored as ink amounts (0 = no ink) whatever the file's convention. */
export type PlaneColour = 'gray' | 'ycbcr' | 'rgb' | 'cmyk' | 'ycck'

/** A run of complete rows of one component, inside the core's memory. */
export interface Band {
  /** Offset of the first row. At least 16 bytes after each row may be read (not used). */
  readonly ptr: number
  /** Bytes from row to row. */
  readonly stride: number
  /** Number of rows; may be 0. */
  readonly rows: number
}

/** One component (plane) of a stream, one byte a sample. */
export interface PlaneComponent {
  /** Samples a row, and rows in all, that the stream emits. */
  readonly width: number
  readonly height: number
  /** Position of the emitted window inside the whole scaled component, in its samples. 0, 0 without a region. */
  readonly originX: number
  readonly originY: number
  /** Samples per full-resolution source pixel, e.g. 1/8 for 4:2:0 chroma at scale 1/4. Sample centres are centred (JPEG siting). */
  readonly scaleX: number
  readonly scaleY: number
}

/**
 * A picture that arrives by rows, top to bottom, in planes that may be subsampled. Bands live in the core's memory and are valid until the
 * next pull. The rows of component `c` add up to exactly `components[c].height`.
 */
export interface PlaneStream {
  readonly colour: PlaneColour
  readonly components: readonly PlaneComponent[]
  /** Whether it may take memory between its rows: then who writes to the end of the arena must have taken its room before. */
  readonly grows: boolean
  /** One band per component, or `null` after the last. All of them may be without rows: the decoder works on what comes later. */
  next(): readonly Band[] | null
  /** What was wrong with the file although a picture came out (truncation, corrupt segments); complete once `next` has answered `null`. */
  readonly warnings: readonly string[]
}
