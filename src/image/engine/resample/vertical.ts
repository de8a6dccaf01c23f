import type { Core } from '../core.ts'
import type { ResampleTables } from './tables.ts'

export interface VerticalExports {
  combinePairs(
    first: number,
    pairBytes: number,
    ringEnd: number,
    ringBytes: number,
    pairs: number,
    weights: number,
    row: number,
    samples: number,
    shift: number,
  ): void
  accumulatePair(pair: number, weights: number, sums: number, samples: number): void
  roundSums(sums: number, row: number, samples: number, shift: number): void
}

export interface VerticalLayout {
  /** Bytes of a row, and of a pair of rows (or a row of sums) in memory. */
  readonly samples: number
  readonly pairBytes: number
  /** Pairs that the ring holds. One when sums are accumulated instead. */
  readonly slots: number
  /** Rows of sums, 0 when there is a ring of pairs. At least as many as one pair of source rows reaches. */
  readonly sumRows: number
  readonly height: number
}

/** The vertical pass: takes source rows in pairs, in order. */
export interface VerticalPass {
  /** Where the pair of this number must be written before `take`. */
  slotOf(pair: number): number
  /** Tells the number of each output row that the pair completes, when `row` holds it. */
  take(pair: number): Generator<number>
}

/** Keeps the pairs that the next output row reaches, and combines them at once. */
export function createRing(core: Core<VerticalExports>, layout: VerticalLayout, { rows }: ResampleTables, row: number): VerticalPass {
  const { samples, pairBytes, slots, height } = layout
  const ringBytes = pairBytes * slots
  const ring = core.alloc(ringBytes)
  const slotOf = (pair: number): number => ring + (pair % slots) * pairBytes
  let next = 0
  return {
    slotOf,
    *take(pair) {
      for (; next < height; next++) {
        const first = rows.firstPair[next] as number
        const count = rows.pairCount[next] as number
        if (first + count - 1 > pair) return
        const weights = rows.weights + next * rows.pairs * 4
        core.exports.combinePairs(slotOf(first), pairBytes, ring + ringBytes, ringBytes, count, weights, row, samples, rows.shift)
        yield next
      }
    },
  }
}

/** Adds each pair to every output row that it reaches: its memory does not grow with the ratio, as a ring's would. */
export function createSums(core: Core<VerticalExports>, layout: VerticalLayout, { rows }: ResampleTables, row: number): VerticalPass {
  const { samples, pairBytes, sumRows, height } = layout
  const slot = core.alloc(pairBytes)
  const sums = core.alloc(pairBytes * sumRows)
  core.bytes().fill(0, sums, sums + pairBytes * sumRows)
  const lastPair = (y: number): number => (rows.firstPair[y] as number) + (rows.pairCount[y] as number) - 1
  let next = 0
  return {
    slotOf: () => slot,
    *take(pair) {
      for (let y = next; y < height && (rows.firstPair[y] as number) <= pair; y++) {
        if (lastPair(y) < pair) continue
        const weights = rows.weights + (y * rows.pairs + pair - (rows.firstPair[y] as number)) * 4
        core.exports.accumulatePair(slot, weights, sums + (y % sumRows) * pairBytes, samples)
      }
      for (; next < height && lastPair(next) <= pair; next++) {
        const at = sums + (next % sumRows) * pairBytes
        core.exports.roundSums(at, row, samples, rows.shift)
        core.bytes().fill(0, at, at + pairBytes)
        yield next
      }
    },
  }
}
