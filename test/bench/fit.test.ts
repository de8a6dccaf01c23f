import { expect, it } from 'vitest'
import { fit } from '../../bench/fit.ts'

/** What the quantities take when one of each takes `costs`. */
const measured = (costs: readonly number[], amounts: readonly (readonly number[])[]) =>
  amounts.map((of) => ({ amounts: of, total: of.reduce((sum, amount, i) => sum + amount * (costs[i] ?? 0), 0) }))

const AMOUNTS = [
  [100, 20, 3],
  [10, 20, 30],
  [50, 2, 3],
  [7, 80, 90],
]

it('finds what one of each takes', () => {
  for (const [i, cost] of fit(measured([3, 5, 0.25], AMOUNTS)).entries()) expect(cost).toBeCloseTo([3, 5, 0.25][i] ?? 0, 9)
})

it('finds nothing below nothing', () => {
  const found = fit(measured([3, -1, 2], [...AMOUNTS, [100, 1, 50]]))
  expect(found[1]).toBe(0)
  expect(Math.min(...found)).toBe(0)
  expect(found[0]).toBeGreaterThan(1)
})
