import type { Matrix } from '../geometry.ts'

/** How edges lie on the rows of a canvas. */
export interface Edges {
  /** That are on it. */
  readonly count: number
  /** Rows that they cross, all added. */
  readonly crossed: number
  /** How many cross the same row, as most of them see it. */
  readonly together: number
  /** Rows that any crosses. */
  readonly rows: number
}

/** Rows of a canvas that are looked at one by one. */
const MOST_ROWS = 20_000
/** Where edges begin and end, in rows; zeros between two calls. */
const starts = new Int32Array(MOST_ROWS + 2)

/** Lays the hull of a path, its parts closed, over the first `height` rows; `isFloating`: wherever most of it is there. */
export function edgesOn(points: readonly number[], [, b, , d, , f]: Matrix, height: number, isFloating: boolean): Edges {
  const down = (i: number): number => b * (points[i] as number) + d * (points[i + 1] as number) + f // inside
  let shift = 0
  if (isFloating) {
    let highest = Infinity
    for (let i = 0; i < points.length; i += 2) highest = Math.min(highest, Number.isNaN(points[i]) ? Infinity : down(i))
    shift = -highest
  }
  const last = Math.min(MOST_ROWS, Math.ceil(height))
  let [count, crossed, top, bottom] = [0, 0, last, 0]
  const add = (from: number, to: number): void => {
    const [low, high] = [Math.max(0, Math.min(from, to)), Math.min(last, Math.max(from, to))]
    if (!(low < high)) return
    const [first, end] = [Math.floor(low), Math.ceil(high)]
    starts[first] = (starts[first] as number) + 1 // low is inside
    starts[end] = (starts[end] as number) - 1
    top = Math.min(top, first)
    bottom = Math.max(bottom, end)
    count++
    crossed += high - low
  }
  let [start, previous] = [NaN, NaN]
  for (let i = 0; i < points.length; i += 2) {
    const y = Number.isNaN(points[i]) ? NaN : down(i) + shift
    if (Number.isNaN(y)) {
      add(previous, start)
      start = NaN
    } else if (Number.isNaN(start)) start = y
    else add(previous, y)
    previous = y
  }
  add(previous, start)
  let [active, sum, squares, rows] = [0, 0, 0, 0]
  for (let row = top; row <= bottom; row++) {
    active += starts[row] as number // inside
    starts[row] = 0
    sum += active
    squares += active * active
    if (active > 0) rows++
  }
  return { count, crossed, together: sum > 0 ? squares / sum : 0, rows }
}
