/** How hard the coder works. */
export interface Level {
  /** How many earlier places are tried for a match. */
  readonly chain: number
  readonly passes: number
  /** Pixels that copies reach back at most, a power of two. */
  readonly windowPixels: number
  /** Sizes of the colour cache that are tried, in bits. */
  readonly cacheSizes: readonly number[]
}

const DEFAULT_EFFORT = 50
const FAST: Level = { chain: 4, passes: 1, windowPixels: 1 << 17, cacheSizes: [0, 8] }
const USUAL: Level = { chain: 24, passes: 1, windowPixels: 1 << 18, cacheSizes: [0, 5, 8, 10] }
const SMALL: Level = { chain: 256, passes: 2, windowPixels: 1 << 20, cacheSizes: [0, 2, 4, 6, 8, 9, 10, 11] }

/** `effort`: 1 (fast) to 100 (small). */
export const levelOf = (effort: number = DEFAULT_EFFORT): Level => (effort <= 25 ? FAST : effort <= 75 ? USUAL : SMALL)
