import { describe, expect, it } from 'vitest'
import { step, type Step } from '../../../src/image/plan.ts'
import type { KeptResult } from '../../../src/service/ports.ts'
import { nearest } from '../../../src/service/deadline/nearest.ts'
import { lookOf } from '../../../src/service/render/results/look.ts'

const WISH = { shape: { width: 800, height: 600 }, look: 'l', version: 'v', mimes: ['image/webp', 'image/jpeg'] }
const kept = (key: string, width: number, height: number, more: Partial<KeptResult> = {}): KeptResult => ({
  key,
  width,
  height,
  mime: 'image/jpeg',
  look: 'l',
  version: 'v',
  ...more,
})

describe('the nearest kept result', () => {
  it.each<[string, readonly KeptResult[], string | undefined]>([
    ['none', [], undefined],
    ['the nearest of the larger ones', [kept('a', 3200, 2400), kept('b', 1600, 1200), kept('c', 2400, 1800)], 'b'],
    ['a larger one rather than one as much smaller', [kept('a', 400, 300), kept('b', 1600, 1200)], 'b'],
    ['a smaller one rather than one that is far larger', [kept('a', 700, 525), kept('b', 6400, 4800)], 'a'],
    ['the better format of one size', [kept('a', 900, 675), kept('b', 900, 675, { mime: 'image/webp' })], 'b'],
    ['a nearer size in a worse format', [kept('a', 900, 675), kept('b', 1000, 750, { mime: 'image/webp' })], 'a'],
    ['not another picture', [kept('a', 800, 600, { look: 'm' })], undefined],
    ['not an older version', [kept('a', 800, 600, { version: 'u' })], undefined],
    ['not a format that the client may not show', [kept('a', 800, 600, { mime: 'image/avif' })], undefined],
    ['not another aspect ratio', [kept('a', 800, 800)], undefined],
    ['rounded sides', [kept('a', 64, 47)], 'a'],
    ['not one with less to see than a placeholder', [kept('a', 63, 47)], undefined],
  ])('%s', (_name, results, expected) => expect(nearest(results, WISH)?.key).toBe(expected))
})

describe('a look', () => {
  const hash = (text: string): Promise<string> => Promise.resolve(text)
  const look = (...steps: Step[]): Promise<string> => lookOf(hash, { steps, output: { format: 'webp', quality: 9 } }, [])

  it('is the same in every size and format', async () => {
    const one = await look(step('flip', { axis: 'vertical' }), step('resize', { width: 9 }), step('negate', {}))
    expect(await look(step('flip', { axis: 'vertical' }), step('resize', { width: 90 }), step('negate', {}))).toBe(one)
    expect(await look(step('flip', { axis: 'vertical' }), step('resize', { width: 9 }))).not.toBe(one)
  })

  it('is of one size where a step is in pixels of the result', async () => {
    const [one, other] = await Promise.all([9, 90].map((width) => look(step('resize', { width }), step('blur', { sigma: 2 }))))
    expect(one).not.toBe(other)
  })

  it('tells cuts, positions, pages and layers apart', async () => {
    const cut = (x: number): Step => step('crop', { x, width: 9, height: 9 })
    expect(await look(cut(1))).not.toBe(await look(cut(2)))
    const cover = (position: 'top' | 'bottom'): Step => step('cover', { width: 9, height: 9, position })
    expect(await look(cover('top'))).not.toBe(await look(cover('bottom')))
    const plan = { steps: [], output: { format: 'png', quality: 9 } } as const
    expect(await lookOf(hash, { ...plan, page: 2 }, [])).not.toBe(await lookOf(hash, plan, []))
    expect(await lookOf(hash, plan, [{ path: '/a', etag: 'e', size: 1 }])).not.toBe(
      await lookOf(hash, plan, [{ path: '/a', etag: 'f', size: 1 }]),
    )
  })
})
