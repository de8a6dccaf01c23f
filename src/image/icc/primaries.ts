import { invert, multiply, transform, transpose, type Matrix, type Triple } from './matrix.ts'

/** CIE 1931 chromaticity. */
export type Chromaticity = readonly [x: number, y: number]

/** A white point and the colours that red, green and blue stand for. */
export interface Primaries {
  readonly white: Chromaticity
  readonly red: Chromaticity
  readonly green: Chromaticity
  readonly blue: Chromaticity
}

const D65: Chromaticity = [0.3127, 0.329]
export const SRGB_PRIMARIES: Primaries = { white: D65, red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06] }
export const P3_PRIMARIES: Primaries = { white: D65, red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] }
export const BT2020_PRIMARIES: Primaries = { white: D65, red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046] }

/** The profile connection space's white (ICC.1:2022 §7.2.16). */
export const D50: Triple = [0.9642, 1, 0.8249]

/** Bradford's cone response, as ICC.1:2022 annex E adapts whites. */
const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
]

const xyzOf = ([x, y]: Chromaticity): Triple => [x / y, 1, (1 - x - y) / y]

/** Linear RGB to XYZ, adapted to D50. `null` for primaries that span no colours. */
export function toXyz({ white, red, green, blue }: Primaries): Matrix | null {
  if ([white, red, green, blue].some(([, y]) => !(y > 0))) return null
  const columns = transpose([xyzOf(red), xyzOf(green), xyzOf(blue)])
  const inverse = invert(columns)
  const adapted = adaptationFrom(xyzOf(white))
  if (!inverse || !adapted) return null
  const [r, g, b] = transform(inverse, xyzOf(white))
  return multiply(
    adapted,
    multiply(columns, [
      [r, 0, 0],
      [0, g, 0],
      [0, 0, b],
    ]),
  )
}

function adaptationFrom(white: Triple): Matrix | null {
  const inverse = invert(BRADFORD)
  const [from, to] = [transform(BRADFORD, white), transform(BRADFORD, D50)]
  if (!inverse || from.some((cone) => !(cone > 0))) return null
  return multiply(
    inverse,
    multiply(
      [
        [to[0] / from[0], 0, 0],
        [0, to[1] / from[1], 0],
        [0, 0, to[2] / from[2]],
      ],
      BRADFORD,
    ),
  )
}
