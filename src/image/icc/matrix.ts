/** Three numbers: XYZ or linear RGB. */
export type Triple = readonly [number, number, number]
/** Row by row. */
export type Matrix = readonly [Triple, Triple, Triple]

export const transform = (matrix: Matrix, [x, y, z]: Triple): Triple => {
  const row = ([a, b, c]: Triple): number => a * x + b * y + c * z
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])]
}

const column = (matrix: Matrix, i: 0 | 1 | 2): Triple => [matrix[0][i], matrix[1][i], matrix[2][i]]

export const transpose = (matrix: Matrix): Matrix => [column(matrix, 0), column(matrix, 1), column(matrix, 2)]

export const multiply = (a: Matrix, b: Matrix): Matrix =>
  transpose([transform(a, column(b, 0)), transform(a, column(b, 1)), transform(a, column(b, 2))])

/** By cofactors. `null` for a matrix that has no inverse. */
export function invert([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix | null {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
  if (!(Math.abs(determinant) > 1e-9)) return null
  const scaled = (...of: [number, number, number]): Triple => [of[0] / determinant, of[1] / determinant, of[2] / determinant]
  return [
    scaled(e * i - f * h, c * h - b * i, b * f - c * e),
    scaled(f * g - d * i, a * i - c * g, c * d - a * f),
    scaled(d * h - e * g, b * g - a * h, a * e - b * d),
  ]
}
