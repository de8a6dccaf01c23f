import type { Core } from '../core.ts'
import { type Axis, eachWeights, maxTaps, sampleRange } from './kernels.ts'

/**
 * The quantised weights of both directions, in the core's memory. Source samples are counted from the window's `low` edges.
 * Two resamplers of equal geometry, such as the two chroma planes of a photograph, share one.
 */
export interface ResampleTables {
  readonly columns: { readonly starts: number; readonly weights: number; readonly taps: number; readonly shift: number }
  readonly rows: {
    /** Per output row: the first pair of source rows (pair `k` is rows `2k` and `2k + 1`) and how many pairs it reaches. */
    readonly firstPair: Int32Array
    readonly pairCount: Int32Array
    readonly weights: number
    /** Pairs of weights that each output row has in the table. */
    readonly pairs: number
    readonly shift: number
  }
}

/** The largest i16 weight, and the largest magnitude that a 32-bit sum may reach, rounding included. */
const MAX_WEIGHT = 32767
const MAX_SUM = 2 ** 31 - 2 ** 23
/** More precision than this gains nothing in 8 bits. */
const MAX_SHIFT = 22
/** Horizontal taps come in whole vectors: eight samples of a plane, four pixels of RGBA. */
const TAP_GROUP = { 1: 8, 4: 4 } as const
/** Vertical input is 0…255, or 0…32,640 when premultiplied; horizontal input is 0…16,320 and its overshoot. */
const FRACTION_BITS = 6
const PREMULTIPLIED_BITS = 7

export interface TableGeometry {
  readonly columns: Axis
  readonly rows: Axis
  readonly channels: 1 | 4
  readonly premultiply: boolean
}

export const maxPairs = (rows: Axis): number => (maxTaps(rows) >> 1) + 1
const columnTaps = ({ columns, channels }: TableGeometry): number => Math.ceil(maxTaps(columns) / TAP_GROUP[channels]) * TAP_GROUP[channels]
const tableColumns = ({ columns }: TableGeometry): number => Math.ceil(columns.size / 4) * 4

/** Bytes that `createTables` takes from the core. */
export const tableBytes = (geometry: TableGeometry): number =>
  tableColumns(geometry) * (4 + 2 * columnTaps(geometry)) + geometry.rows.size * maxPairs(geometry.rows) * 4 + 48

export function createTables<E extends object>(core: Core<E>, geometry: TableGeometry): ResampleTables {
  const taps = columnTaps(geometry)
  const pairs = maxPairs(geometry.rows)
  const starts = core.alloc(tableColumns(geometry) * 4)
  const columnWeights = core.alloc(tableColumns(geometry) * taps * 2)
  const rowWeights = core.alloc(geometry.rows.size * pairs * 4)
  const memory = core.bytes().buffer
  const firstColumn = new Int32Array(memory, starts, tableColumns(geometry)).fill(0)
  const columnTable = new Int16Array(memory, columnWeights, tableColumns(geometry) * taps).fill(0)
  const rowTable = new Int16Array(memory, rowWeights, geometry.rows.size * pairs * 2).fill(0)
  const firstPair = new Int32Array(geometry.rows.size)
  const pairCount = new Int32Array(geometry.rows.size)

  const rowInput = geometry.premultiply ? 255 << PREMULTIPLIED_BITS : 255
  const rowShift = writeWeights(geometry.rows, rowInput, rowTable, (index, first, count) => {
    firstPair[index] = first >> 1
    pairCount[index] = ((first + count - 1) >> 1) - (first >> 1) + 1
    return index * pairs * 2 + (first & 1)
  })
  // A row's overshoot beyond 0…255 is below the next power of two for every kernel here (Σ|w| < 1.6).
  const columnShift = writeWeights(geometry.columns, 1.6 * (255 << FRACTION_BITS), columnTable, (index, first) => {
    firstColumn[index] = first
    return index * taps
  })
  return {
    columns: { starts, weights: columnWeights, taps, shift: columnShift + FRACTION_BITS },
    rows: {
      firstPair,
      pairCount,
      weights: rowWeights,
      pairs,
      shift: rowShift + (geometry.premultiply ? PREMULTIPLIED_BITS : 0) - FRACTION_BITS,
    },
  }
}

/**
 * Quantises an axis's weights into `table` at the places that `place` names. Each weight's rounding error is carried into the next, so that
 * every output's weights add up to exactly 1. Answers the number of fractional bits: as many as the weights and sums have room for.
 */
function writeWeights(
  axis: Axis,
  maxInput: number,
  table: Int16Array,
  place: (index: number, first: number, count: number) => number,
): number {
  const { low } = sampleRange(axis)
  const taps = maxTaps(axis)
  const exact = new Float64Array(axis.size * taps)
  const counts = new Int32Array(axis.size)
  const places = new Int32Array(axis.size)
  let largest = 0
  let largestSum = 0
  eachWeights(axis, (index, first, count, weights) => {
    let sum = 0
    for (let i = 0; i < count; i++) {
      const weight = weights[i] as number
      const magnitude = Math.abs(weight)
      exact[index * taps + i] = weight
      sum += magnitude
      if (magnitude > largest) largest = magnitude
    }
    if (sum > largestSum) largestSum = sum
    counts[index] = count
    places[index] = place(index, first - low, count)
  })
  const shift = precision(largest, largestSum * maxInput)
  const one = 2 ** shift
  for (let index = 0; index < axis.size; index++) {
    const [at, from, count] = [places[index] as number, index * taps, counts[index] as number]
    let carry = 0
    for (let i = 0; i < count; i++) {
      const wanted = (exact[from + i] as number) * one + carry
      const rounded = Math.round(wanted)
      carry = wanted - rounded
      table[at + i] = rounded
    }
  }
  return shift
}

/** Fractional bits with which the largest weight fits 16 bits (one unit of room: a carried error can lift it) and the largest sum 32. */
const precision = (largestWeight: number, largestSum: number): number =>
  Math.max(1, Math.min(MAX_SHIFT, Math.floor(Math.log2(Math.min((MAX_WEIGHT - 1) / largestWeight, MAX_SUM / largestSum)))))
