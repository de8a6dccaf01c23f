/** How the macroblocks of a segment are quantised and filtered. */
export interface Segment {
  /** Index of the quantisers: 0 (finest) to 127. */
  readonly quantiser: number
  /** Strength of the loop filter, 0 to 63. */
  readonly filter: number
}

/** Steps of luma's AC coefficients grow about so with the index; what the loop filter smooths, with the step. */
const stepOf = (index: number): number => (index < 59 ? index + 4 : index < 91 ? 2 * index - 54 : 3.7 * index - 205)

/** Mean standard deviation of a macroblock's quarters, in 1/16, from which on it belongs to the next segment. */
export const SEGMENT_LIMITS: readonly [number, number, number] = [60, 180, 400]
/** By how much the segments' quantisers differ from the quality's, as powers of the size: what is flat is finer. */
const EXPONENTS: readonly number[] = [0.75, 0.88, 1, 1.12]

/**
 * Quality 1…100 on libwebp's scale: its quantisers are fine in proportion to the cube root of a size that is in two parts linear. The four segments are from
 * flat to lively. The loop filter is stronger the coarser they are.
 */
export function segmentsOf(quality: number): readonly Segment[] {
  const share = quality / 100
  const size = share < 0.75 ? (share * 2) / 3 : 2 * share - 1
  return EXPONENTS.map((exponent) => {
    const quantiser = Math.max(0, Math.min(127, Math.round(127 * (1 - Math.cbrt(size) ** exponent))))
    const filter = Math.round((stepOf(quantiser) / 4) * 1.1)
    return { quantiser, filter: filter < 2 ? 0 : Math.min(63, filter) }
  })
}

/** How thoroughly modes and levels are chosen. */
export interface Vp8Effort {
  /** Modes that are tried in full: of a whole macroblock's luma, of a subblock, of chroma. */
  readonly tries16: number
  readonly tries4: number
  readonly triesChroma: number
  /** 1: the levels of the chosen modes are those that cost least in error and bits, not the nearest. */
  readonly trellis: 0 | 1
}

/** `effort`: 1 (fast) to 100 (small). */
export function vp8Effort(effort: number): Vp8Effort {
  if (effort <= 20) return { tries16: 1, tries4: 1, triesChroma: 1, trellis: 0 }
  if (effort <= 40) return { tries16: 1, tries4: 2, triesChroma: 1, trellis: 0 }
  if (effort <= 60) return { tries16: 2, tries4: 4, triesChroma: 2, trellis: 0 }
  if (effort <= 80) return { tries16: 2, tries4: 4, triesChroma: 2, trellis: 1 }
  return { tries16: 4, tries4: 10, triesChroma: 4, trellis: 1 }
}
