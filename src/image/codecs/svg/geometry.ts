/** A transform: x' = a·x + c·y + e, y' = b·x + d·y + f. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

export const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0]

/** The transform that does `inner` and then `outer`. */
export const times = ([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix => [
  a * g + c * h,
  b * g + d * h,
  a * i + c * j,
  b * i + d * j,
  a * k + c * l + e,
  b * k + d * l + f,
]

export const move = (x: number, y: number): Matrix => [1, 0, 0, 1, x, y]
export const scale = (x: number, y: number): Matrix => [x, 0, 0, y, 0, 0]

/** How much larger an area becomes, its square root: one for turns. */
export const scaleOf = ([a, b, c, d]: Matrix): number => Math.max(Math.hypot(a, b), Math.hypot(c, d))

const FUNCTION = /([a-zA-Z]+)\s*\(([^)]*)\)/g
const degrees = (value: number): number => (value * Math.PI) / 180

/** `transform` of SVG 1.1 §7.6; what is not understood moves nothing. */
export function readTransform(text: string | undefined): Matrix {
  let matrix = IDENTITY
  for (const [, name = '', list = ''] of (text ?? '').matchAll(FUNCTION)) {
    const [x = 0, y, ...rest] = numbersOf(list)
    matrix = times(matrix, one(name, x, y, rest, numbersOf(list)))
  }
  return matrix.every(Number.isFinite) ? matrix : IDENTITY
}

function one(name: string, x: number, y: number | undefined, [cx = 0, ...rest]: readonly number[], all: readonly number[]): Matrix {
  switch (name) {
    case 'translate':
      return move(x, y ?? 0)
    case 'scale':
      return scale(x, y ?? x)
    case 'rotate': {
      const [sin, cos] = [Math.sin(degrees(x)), Math.cos(degrees(x))]
      const turn: Matrix = [cos, sin, -sin, cos, 0, 0]
      return times(times(move(y ?? 0, cx), turn), move(-(y ?? 0), -cx))
    }
    case 'skewX':
      return [1, 0, Math.tan(degrees(x)), 1, 0, 0]
    case 'skewY':
      return [1, Math.tan(degrees(x)), 0, 1, 0, 0]
    case 'matrix':
      return all.length + rest.length >= 6 ? (all.slice(0, 6) as unknown as Matrix) : IDENTITY // six
    default:
      return IDENTITY
  }
}

/** Numbers of a list, with commas or without; at most a thousand. */
export const numbersOf = (text: string | undefined): readonly number[] =>
  (text ?? '')
    .slice(0, 20_000)
    .match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g)
    ?.slice(0, 1000)
    .map(Number) ?? []

/** Corners: a rectangle between (left, top) and (right, bottom). Without points left is infinite. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export const NO_BOX: Box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity }
export const EVERYWHERE: Box = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity }

export const boxAt = (x: number, y: number, width: number, height: number): Box => ({
  left: x,
  top: y,
  right: x + width,
  bottom: y + height,
})

export const union = (a: Box, b: Box): Box => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
})

export const intersection = (a: Box, b: Box): Box => ({
  left: Math.max(a.left, b.left),
  top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right),
  bottom: Math.min(a.bottom, b.bottom),
})

export const grown = ({ left, top, right, bottom }: Box, x: number, y = x): Box => ({
  left: left - x,
  top: top - y,
  right: right + x,
  bottom: bottom + y,
})

export const widthOf = ({ left, right }: Box): number => Math.max(0, right - left)
export const heightOf = ({ top, bottom }: Box): number => Math.max(0, bottom - top)

/** Pixels that a box touches. */
export const areaOf = (box: Box): number =>
  box.left > box.right || box.top > box.bottom ? 0 : Math.ceil(widthOf(box) + 1) * Math.ceil(heightOf(box) + 1)

/** The box around a transformed one. */
export function boxThrough([a, b, c, d, e, f]: Matrix, { left, top, right, bottom }: Box): Box {
  if (left > right || top > bottom) return NO_BOX
  const xs = [a * left + c * top, a * right + c * top, a * left + c * bottom, a * right + c * bottom]
  const ys = [b * left + d * top, b * right + d * top, b * left + d * bottom, b * right + d * bottom]
  const box = { left: Math.min(...xs) + e, top: Math.min(...ys) + f, right: Math.max(...xs) + e, bottom: Math.max(...ys) + f }
  return Object.values(box).some((side) => Number.isNaN(side)) ? EVERYWHERE : box
}
