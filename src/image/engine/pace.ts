/** How long work may go on before others get a turn, as it is estimated: clocks stand still in Workers while they compute. */
const NS_BETWEEN_PAUSES = 8_000_000

/** Rough work of reading a file, at whatever scale it is shown: on its bytes, and on the pixels that they stand for. */
export const readingNs = (fileBytes: number, pixels: number): number => fileBytes * 8 + pixels

/** What stands behind a band without rows from a decoder. */
export const NS_OF_EMPTY_BAND = 1_000_000

/** Counts work as it is done, and lets others compute when enough has been counted. */
export interface Pace {
  /** Work just done, in nanoseconds of one core of a usual server. */
  count(nanoseconds: number): void
  /** Pauses when enough work has been counted since the last pause. */
  breathe(): Promise<void>
}

export function createPace(pause: () => Promise<void>): Pace {
  let counted = 0
  return {
    count(nanoseconds) {
      counted += nanoseconds
    },
    async breathe() {
      if (counted < NS_BETWEEN_PAUSES) return
      counted = 0
      await pause()
    },
  }
}
