import type { Raster } from '../raster.ts'

/** A colour, and the share of the visible pixels that it stands for. */
export interface PaletteColour {
  readonly red: number
  readonly green: number
  readonly blue: number
  /** 0–1. */
  readonly share: number
}

/** Five bits a channel, and a first plane of zeros before each side of the table of sums. */
const SIDE = 33
const [RED, GREEN] = [SIDE * SIDE, SIDE]
/** Less opaque pixels show what is below them rather than a colour. */
const LEAST_ALPHA = 128

/** Sums over all cells up to a corner: pixels, levels of each channel, and squares of all levels. */
interface Sums {
  readonly count: Float64Array
  readonly channels: readonly [Float64Array, Float64Array, Float64Array]
  readonly squares: Float64Array
}

/** Corners of a box of cells; the lower ones stand outside. */
interface Box {
  readonly low: readonly [number, number, number]
  readonly high: readonly [number, number, number]
}

/**
 * At most so many colours that stand for a picture, the largest share first. Colours are kept apart where their upper five bits differ. Source: X. Wu,
 * "Efficient Statistical Computations for Optimal Color Quantization", in Graphics Gems II, 1991: the box of greatest variance is cut where the
 * variances of both parts are least, by sums over corners of boxes.
 */
export function paletteOf(picture: Raster, most: number): readonly PaletteColour[] {
  const sums = cumulate(histogram(picture))
  const whole: Box = { low: [0, 0, 0], high: [SIDE - 1, SIDE - 1, SIDE - 1] }
  const total = within(sums.count, whole)
  if (total === 0) return []
  const boxes: Box[] = [whole]
  while (boxes.length < most) {
    const widest = boxes.map((box, i) => ({ i, variance: varianceOf(sums, box) })).reduce((a, b) => (b.variance > a.variance ? b : a))
    const parts = widest.variance > 0 ? cut(sums, boxes[widest.i] as Box) : null // an index of that list
    if (!parts) break
    boxes.splice(widest.i, 1, ...parts)
  }
  return boxes.map((box) => meanOf(sums, box, total)).sort((a, b) => b.share - a.share)
}

function histogram({ data }: Raster): Sums {
  const table = (): Float64Array => new Float64Array(SIDE ** 3)
  const sums: Sums = { count: table(), channels: [table(), table(), table()], squares: table() }
  for (let at = 0; at < data.length; at += 4) {
    if ((data[at + 3] ?? 0) < LEAST_ALPHA) continue
    const levels = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0] as const
    const cell = ((levels[0] >> 3) + 1) * RED + ((levels[1] >> 3) + 1) * GREEN + (levels[2] >> 3) + 1
    add(sums.count, cell, 1)
    levels.forEach((level, channel) => add(sums.channels[channel as 0 | 1 | 2], cell, level)) // three levels
    add(sums.squares, cell, levels[0] ** 2 + levels[1] ** 2 + levels[2] ** 2)
  }
  return sums
}

const add = (table: Float64Array, cell: number, value: number): void => void (table[cell] = (table[cell] ?? 0) + value)

/** In place: each cell gets the sum of all cells up to it. */
function cumulate(sums: Sums): Sums {
  for (const table of [sums.count, ...sums.channels, sums.squares])
    for (const step of [RED, GREEN, 1]) for (let cell = step; cell < table.length; cell++) add(table, cell, table[cell - step] ?? 0)
  return sums
}

/** The sum over a box, by the sums at its eight corners. */
function within(table: Float64Array, { low, high }: Box): number {
  const at = (red: number, green: number, blue: number): number => table[red * RED + green * GREEN + blue] ?? 0
  const plane = (red: number): number =>
    at(red, high[1], high[2]) - at(red, high[1], low[2]) - at(red, low[1], high[2]) + at(red, low[1], low[2])
  return plane(high[0]) - plane(low[0])
}

const channelSums = ({ channels }: Sums, box: Box): readonly number[] => channels.map((table) => within(table, box))

/** The square of the mean colour's length, times the pixels: what a cut makes as large as it can. */
function weightOf(sums: Sums, box: Box): number {
  const count = within(sums.count, box)
  return count === 0 ? 0 : channelSums(sums, box).reduce((sum, value) => sum + value ** 2, 0) / count
}

/** Of all pixels of a box, summed. Zero, but for rounding, when they have one colour or lie in one cell. */
function varianceOf(sums: Sums, box: Box): number {
  const isCell = box.high.every((high, axis) => high - (box.low[axis] ?? 0) === 1)
  const variance = isCell ? 0 : within(sums.squares, box) - weightOf(sums, box)
  return variance < 1e-6 ? 0 : variance
}

/** The two parts with the least variance; `null` when all pixels lie in one cell. */
function cut(sums: Sums, box: Box): readonly [Box, Box] | null {
  let [best, found]: [number, readonly [Box, Box] | null] = [-1, null]
  for (const axis of [0, 1, 2] as const) {
    for (let at = box.low[axis] + 1; at < box.high[axis]; at++) {
      const parts = [
        { low: box.low, high: box.high.with(axis, at) },
        { low: box.low.with(axis, at), high: box.high },
      ] as unknown as readonly [Box, Box] // with a number in the place of a number
      if (parts.some((part) => within(sums.count, part) === 0)) continue
      const weight = weightOf(sums, parts[0]) + weightOf(sums, parts[1])
      if (weight > best) [best, found] = [weight, parts]
    }
  }
  return found
}

function meanOf(sums: Sums, box: Box, total: number): PaletteColour {
  const count = within(sums.count, box)
  const [red = 0, green = 0, blue = 0] = channelSums(sums, box).map((sum) => Math.round(sum / count))
  return { red, green, blue, share: count / total }
}
