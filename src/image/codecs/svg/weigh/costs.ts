/** What drawing takes, in nanoseconds of one core and bytes of the renderer: measured with @resvg/resvg-wasm 2.6.2 (Node 24, 800 × 800 pixels), rounded up. */
export const NS = {
  /** Of the text, and each time that one is drawn. */
  read: 20_000,
  character: 100,
  element: 12_000,
  /** Each element among which the renderer looks for the one that is referred to. */
  lookUp: 15,
  segment: 1_000,
  /** A quarter of a row that an edge crosses, and each edge among those that cross the same. */
  edgeRow: 300,
  /** The same of an upright rectangle. */
  straightRow: 20,
  crossing: 12,
  dash: 3_000,
  letter: 25_000,
  /** Each letter of a text for each of its parts, and for each of its places. */
  part: 300,
  place: 15,
  anyLayer: 150_000,
  /** Of a pixel. */
  colour: 12,
  gradient: 35,
  pattern: 80,
  layer: 70,
  clip: 80,
  mask: 125,
  picture: 400,
  /** Of a pixel of the box around an outline. */
  outline: 5,
  /** Of a pixel of a layer outside of the canvas: it is cleared and passed over. */
  outside: 16,
  canvas: 30,
} as const

export const BYTES = {
  /** An instance with nothing to draw, and six fonts. */
  renderer: 3_500_000,
  /** Of the text, and each time that one is drawn. */
  element: 550,
  drawnElement: 450,
  /** Kept for the document's life, and held while a path is drawn. */
  segment: 60,
  drawnSegment: 200,
  outlineEdge: 50,
  /** Of an outline: of a segment by the root of its length in pixels, and of one that is rounded. */
  rootOfLength: 120,
  longSegment: 27_000,
  rounded: 3_500,
  dash: 100,
  letter: 1_800,
  pixel: 4,
  /** Of a picture's pixels while it is decoded. */
  decoded: 10,
  character: 3,
} as const
