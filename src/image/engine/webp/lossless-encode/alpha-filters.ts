/** 0 none, 1 horizontal, 2 vertical, 3 gradient (RFC 9649 §2.7.1.2). */
export type AlphaFilter = 0 | 1 | 2 | 3
export const ALPHA_FILTERS: readonly AlphaFilter[] = [0, 1, 2, 3]

const [NONE, HORIZONTAL, VERTICAL] = [0, 1, 2]

/** Writes what is left of a row of alpha when what its neighbours predict is subtracted. `above` is the row above as it is, `null` for the first. */
export function filterRow(filter: AlphaFilter, row: Uint8Array, above: Uint8Array | null, to: Uint8Array): void {
  if (filter === NONE) return to.set(row)
  // The first pixel is predicted from above; in the first row the others are from the left.
  let left = above?.[0] ?? 0
  let corner = left
  for (let x = 0; x < row.length; x++) {
    const top = above === null ? left : (above[x] as number)
    const predicted = above === null || filter === HORIZONTAL ? left : filter === VERTICAL ? top : clamped(left + top - corner)
    const alpha = row[x] as number
    to[x] = alpha - predicted
    left = alpha
    corner = top
  }
}

const clamped = (value: number): number => Math.max(0, Math.min(255, value))
