/** What was measured: how much of each quantity there was, and what that took together. */
export interface Measurement {
  readonly amounts: readonly number[]
  readonly total: number
}

/**
 * What one of each quantity takes, never below 0, so that the sums come near to the totals: least squares of the errors as shares of the totals.
 * A quantity that would take less than nothing counts as nothing.
 */
export function fit(measurements: readonly Measurement[]): number[] {
  const count = measurements[0]?.amounts.length ?? 0
  const used = new Set(Array.from({ length: count }, (_, i) => i))
  for (;;) {
    const indices = [...used]
    const found = solve(indices, measurements)
    const lowest = found.indexOf(Math.min(...found))
    if (used.size === 0 || (found[lowest] as number) >= 0)
      return Array.from({ length: count }, (_, i) => (used.has(i) ? (found[indices.indexOf(i)] as number) : 0))
    used.delete(indices[lowest] as number)
  }
}

/** The normal equations of some of the quantities, by elimination. */
function solve(indices: readonly number[], measurements: readonly Measurement[]): number[] {
  const share = ({ amounts, total }: Measurement, i: number): number => (amounts[i] ?? 0) / total
  const rows = indices.map((i) => [
    ...indices.map((j) => measurements.reduce((sum, one) => sum + share(one, i) * share(one, j), 0)),
    measurements.reduce((sum, one) => sum + share(one, i), 0),
  ])
  for (const [at, pivot] of rows.entries()) {
    const divisor = pivot[at] as number
    for (let j = at; j < pivot.length; j++) pivot[j] = (pivot[j] as number) / divisor
    for (const other of rows) {
      const factor = other[at] as number
      if (other === pivot) continue
      for (let j = at; j < pivot.length; j++) other[j] = (other[j] as number) - factor * (pivot[j] as number)
    }
  }
  return rows.map((row) => row.at(-1) as number)
}
