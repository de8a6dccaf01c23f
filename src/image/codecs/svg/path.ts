import type { Box } from './geometry.ts'
import { checkSvg } from './limits.ts'

/** What a path takes, in its own units. */
export interface PathSize {
  /** Around all its points, those that steer curves included. */
  readonly box: Box
  readonly segments: number
  /** An upper bound of its way. */
  readonly length: number
  /** x and y of the points of its hull; two that are no numbers stand before each part of its own. */
  readonly points: readonly number[]
}

/** How many numbers a command takes. */
const COUNTS: Readonly<Record<string, number>> = { M: 2, L: 2, H: 1, V: 1, C: 6, S: 4, Q: 4, T: 2, A: 7, Z: 0 }
const LETTERS = 'MmLlHhVvCcSsQqTtAaZz'

const isDigit = (code: number): boolean => code >= 48 && code <= 57
const isSign = (code: number): boolean => code === 43 || code === 45
const isSpace = (code: number): boolean => code === 32 || code === 44 || (code >= 9 && code <= 13)
const POINT = 46
const EXPONENTS = [69, 101]

/** Reads the tokens of path data; each answers `null` for another token, and stays before it. */
function createReader(data: string) {
  let at = 0
  const skipSpaces = (): void => {
    while (isSpace(data.charCodeAt(at))) at++
  }
  const skipDigits = (from: number): number => {
    let end = from
    while (isDigit(data.charCodeAt(end))) end++
    return end
  }
  return {
    letter(): string | null {
      skipSpaces()
      const found = data[at]
      if (found === undefined || !LETTERS.includes(found)) return null
      at++
      return found
    },
    number(): number | null {
      skipSpaces()
      const start = isSign(data.charCodeAt(at)) ? at + 1 : at
      let end = skipDigits(start)
      let digits = end - start
      if (data.charCodeAt(end) === POINT) {
        const fraction = skipDigits(end + 1)
        digits += fraction - end - 1
        end = fraction
      }
      if (digits === 0) return null
      if (EXPONENTS.includes(data.charCodeAt(end))) {
        const from = isSign(data.charCodeAt(end + 1)) ? end + 2 : end + 1
        const exponent = skipDigits(from)
        if (exponent > from) end = exponent
      }
      const value = Number(data.slice(at, end))
      at = end
      return value
    },
    /** Flags of an arc need no space behind them. */
    flag(): number | null {
      skipSpaces()
      const digit = data.charCodeAt(at) - 48
      if (digit !== 0 && digit !== 1) return null
      at++
      return digit
    },
  }
}

/** Walks along points. */
function createWalk() {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  let [x, y, segments, length] = [0, 0, 0, 0]
  const points: number[] = []
  const see = (px: number, py: number): void => {
    left = Math.min(left, px)
    right = Math.max(right, px)
    top = Math.min(top, py)
    bottom = Math.max(bottom, py)
  }
  return {
    see,
    at: () => [x, y] as const,
    moveTo(px: number, py: number): void {
      ;[x, y] = [px, py]
      segments++
      points.push(NaN, NaN, px, py)
      see(px, py)
    },
    /** A line, or a part of the hull of a curve. */
    hullTo(px: number, py: number): void {
      points.push(px, py)
      length += Math.hypot(px - x, py - y)
      ;[x, y] = [px, py]
      see(px, py)
    },
    count: (): void => checkSvg('segments', ++segments),
    size: (): PathSize => ({ box: { left, top, right, bottom }, segments, length, points }),
  }
}

/** Reads path data as far as they are right, as a renderer does (SVG 1.1 §8.3). @throws AppError `too_many_pixels` for too many segments. */
export function measurePath(data: string): PathSize {
  const walk = createWalk()
  const read = createReader(data)
  let [startX, startY] = [0, 0]
  let control: readonly [number, number] = [0, 0]
  for (let letter = read.letter(); letter !== null;) {
    const command = letter.toUpperCase()
    const isRelative = letter !== command
    const count = COUNTS[command] as number // of the expression
    const values: number[] = []
    while (values.length < count) {
      const value = command === 'A' && (values.length === 3 || values.length === 4) ? read.flag() : read.number()
      if (value === null) return walk.size()
      values.push(value)
    }
    const [x, y] = walk.at()
    const [dx, dy] = isRelative ? [x, y] : [0, 0]
    if (command === 'Z') {
      walk.hullTo(startX, startY)
      walk.count()
    } else if (command === 'M') {
      ;[startX, startY] = [(values[0] as number) + dx, (values[1] as number) + dy]
      walk.moveTo(startX, startY)
      letter = isRelative ? 'l' : 'L'
    } else if (command === 'H') {
      walk.hullTo((values[0] as number) + dx, y)
      walk.count()
    } else if (command === 'V') {
      walk.hullTo(x, (values[0] as number) + dy)
      walk.count()
    } else if (command === 'A') {
      const [rx = 0, ry = 0, , , , px = 0, py = 0] = values
      const [toX, toY] = [px + dx, py + dy]
      // Radii that are too small grow until the arc reaches: it stays within the larger of them and the way.
      const reach = 2 * Math.max(Math.abs(rx), Math.abs(ry), Math.hypot(toX - x, toY - y))
      walk.see(x - reach, y - reach)
      walk.hullTo(x + reach, y + reach)
      walk.hullTo(toX, toY)
      for (let i = 0; i < 4; i++) walk.count()
    } else {
      // `S` and `T` begin with the last curve's point, mirrored.
      const mirrored = [2 * x - control[0], 2 * y - control[1]] as const
      if (command === 'S' || command === 'T') walk.hullTo(...mirrored)
      const points = values.flatMap((value, i) => (i % 2 ? [[(values[i - 1] as number) + dx, value + dy] as const] : []))
      for (const point of points) walk.hullTo(...point)
      walk.count()
      control = command === 'T' ? mirrored : (points.at(-2) ?? walk.at())
    }
    if (!'CSQT'.includes(command)) control = walk.at()
    const next = read.letter()
    if (next !== null) letter = next
    else if (command === 'Z') return walk.size()
    // Numbers without a letter repeat the command.
  }
  return walk.size()
}

/** Of `points` of a polyline or polygon. */
export function measurePoints(points: string | undefined): PathSize {
  return measurePath(`M${points ?? ''}`)
}

export const measureLine = (x1: number, y1: number, x2: number, y2: number): PathSize => {
  const walk = createWalk()
  walk.moveTo(x1, y1)
  walk.hullTo(x2, y2)
  walk.count()
  return walk.size()
}

/** Of a rectangle, also of one with round corners, and of what lies in it. */
export const measureBox = (box: Box): PathSize => {
  const { left, top, right, bottom } = box
  const length = 2 * (right - left + bottom - top)
  return { box, segments: 8, length, points: [NaN, NaN, left, top, right, top, right, bottom, left, bottom, left, top] }
}
