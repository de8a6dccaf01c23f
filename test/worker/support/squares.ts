/** Squares in a row of the picture, and rows of them. */
export const SQUARES = 10
/** Pixels of a square's side. */
export const SQUARE = 40

/** The colour of a square: neighbours differ in each channel, and no two are alike. */
export const squareColour = (x: number, y: number): readonly [number, number, number] => [
  (37 + 89 * x + 151 * y) % 256,
  (201 + 113 * x + 47 * y) % 256,
  (11 + 61 * x + 97 * y) % 256,
]
