import { checkSvg } from '../limits.ts'

/** Sums that end the weighing when they pass a limit. */
export interface Tally {
  /** Nanoseconds. */
  work(ns: number): void
  /** Elements, and bytes that stay until the end. */
  keep(elements: number, bytes: number): void
  imagePixels(pixels: number): void
  segments(count: number): void
  totals(): { readonly work: number; readonly kept: number }
}

/** `at`: the size, for messages. `before`: work that counts too. */
export function createTally(at: string, before: number): Tally {
  let [work, kept, drawn, pixels, segments] = [before, 0, 0, 0, 0]
  return {
    work(ns) {
      work += ns / 1000
      checkSvg('work', work, ` at ${at}`)
    },
    keep(elements, bytes) {
      drawn += elements
      kept += bytes
      checkSvg('drawn', drawn)
    },
    imagePixels(more) {
      pixels += more
      checkSvg('imagePixels', pixels)
    },
    segments(count) {
      segments += count
      checkSvg('segments', segments)
    },
    totals: () => ({ work, kept }),
  }
}
