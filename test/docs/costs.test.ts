import { describe, expect, it } from 'vitest'
import { estimate, renderMs } from '../../scripts/docs-site/costs/estimate.ts'
import { readUsage, USUAL } from '../../scripts/docs-site/costs/fields.ts'

const NOTHING = { ...USUAL, requests: 0, storedGb: 0 }

describe('the calculator', () => {
  it('asks for the plan alone when nothing happens, and within what the plan includes', () => {
    expect(estimate(NOTHING).bill.total).toBe(5)
    expect(estimate({ ...USUAL, requests: 3e6, hitRate: 1, hitMs: 1, storedGb: 10 }).bill.total).toBe(5)
  })

  it('has the total of Cloudflare’s own example: 15 million requests of 7 ms are 8 dollars', () => {
    const { bill } = estimate({ ...NOTHING, requests: 15e6, hitRate: 1, hitMs: 7 })
    expect(bill.plan + bill.requests + bill.cpu).toBeCloseTo(8, 10)
  })

  it('has R2’s prices: 110 GB, 2 million pictures, 16 million reads', () => {
    const { bill } = estimate({ ...USUAL, requests: 12e6, hitRate: 10 / 12, storedGb: 110 })
    expect([bill.storage, bill.writes, bill.reads].map((part) => part.toFixed(2))).toEqual(['1.50', '4.50', '2.16'])
  })

  it('is near what npm run bench:http measures of 12 megapixels: 65 ms', () => {
    const ms = renderMs({ megapixels: 12, width: 800, format: 'jpeg' })
    expect(ms).toBeGreaterThan(65 * 0.75)
    expect(ms).toBeLessThan(65 * 1.25)
  })

  it.each(['requests', 'megapixels', 'width', 'hitMs', 'storedGb'] as const)('never falls with more %s', (name) => {
    const totals = [0.5, 1, 2, 10, 100].map((factor) => estimate({ ...USUAL, requests: 1e9, [name]: USUAL[name] * factor }).bill.total)
    expect(totals).toEqual(totals.toSorted((a, b) => a - b))
  })

  it('costs less with more hits, and more in formats that take longer', () => {
    const of = (more: object): number => estimate({ ...USUAL, requests: 1e9, ...more }).bill.cpu
    expect(of({ hitRate: 0.99 })).toBeLessThan(of({ hitRate: 0.9 }))
    expect(of({ format: 'jpeg' })).toBeLessThan(of({ format: 'webp' }))
    expect(of({ format: 'webp' })).toBeLessThan(of({ format: 'avif' }))
  })

  it('reads the form in its units', () => {
    const { hitRate, ...usage } = readUsage((name) => (name === 'hitRate' ? 95 : 2), 'avif')
    expect(usage).toMatchObject({ requests: 2e6, megapixels: 2, format: 'avif' })
    expect(hitRate).toBeCloseTo(0.95, 10)
  })
})
