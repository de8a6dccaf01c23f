import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { canonical, DEFAULT_OUTPUT, operation, OPERATION_NAMES, step, type Step } from '../../../src/image/plan.ts'
import { demandUnruled, demandUnruledBelow, type FolderRule, ruledPlan, rulesFor } from '../../../src/service/protection/rules.ts'
import { ANYBODY, OWNER, type Standing } from '../../../src/service/protection/standing.ts'

const hide = step('partialPixelate', { areas: [{ x: 1, y: 1, width: 5, height: 5 }] })
const mark = (path: string): Step => step('composite', { path })
const wished = step('resize', { width: 10 })
const rule = (folder: string, more: Partial<FolderRule> = {}): FolderRule => ({ folder, before: [], after: [], bypass: 'key', ...more })
const RULES = [rule('/shop', { after: [mark('/shop/logo.png')] }), rule('/shop/faces', { before: [hide], bypass: 'signed' })]
const as = (kind: Standing['kind'], folder = '/'): Standing => ({ kind, folder })
const plan = (...steps: readonly Step[]) => ({ steps, output: DEFAULT_OUTPUT })

describe('which rules hold', () => {
  it.each<[string, Standing, string, readonly string[]]>([
    ['outside', ANYBODY, '/a.jpg', []],
    ['in a folder whose name begins so', ANYBODY, '/shopping/a.jpg', []],
    ['in the folder', ANYBODY, '/shop/a.jpg', ['/shop']],
    ['in both', ANYBODY, '/shop/faces/a.jpg', ['/shop', '/shop/faces']],
    ['for the owner', OWNER, '/shop/faces/a.jpg', []],
    ['for a key of the folder', as('owner', '/shop/faces'), '/shop/faces/a.jpg', []],
    ['for a key of another folder', as('owner', '/other'), '/shop/faces/a.jpg', ['/shop', '/shop/faces']],
    ['for a signature', as('signed'), '/shop/faces/a.jpg', ['/shop']],
    ['for a signature by a key of another folder', as('signed', '/other'), '/shop/faces/a.jpg', ['/shop', '/shop/faces']],
  ])('%s', (_, standing, path, folders) => {
    expect(rulesFor(RULES, standing, path).map(({ folder }) => folder)).toEqual(folders)
    const refusal = (): void => demandUnruled(RULES, standing, path)
    if (folders.length === 0) expect(refusal).not.toThrow()
    else expect(refusal).toThrow(AppError)
  })

  it.each<[string, Standing, string, boolean, boolean]>([
    ['a folder above, itself', ANYBODY, '/', false, true],
    ['a folder above and all below', ANYBODY, '/', true, false],
    ['the folder', ANYBODY, '/shop', false, false],
    ['a folder below', ANYBODY, '/shop/new', false, false],
    ['a folder beside', ANYBODY, '/other', true, true],
    ['all, for the owner', OWNER, '/', true, true],
    ['all, for a key of one folder', as('owner', '/shop/faces'), '/', true, false],
  ])('copies of %s', (_, standing, folder, recursive, isAllowed) => {
    const copy = (): void => demandUnruledBelow(RULES, standing, folder, recursive)
    if (isAllowed) expect(copy).not.toThrow()
    else expect(copy).toThrow(AppError)
  })
})

describe('a plan under rules', () => {
  it('has what is hidden first and what is marked last, the outer folder outermost', () => {
    const rules = [
      rule('/a', { before: [hide], after: [mark('/outer.png')] }),
      rule('/a/b', { before: [hide], after: [mark('/inner.png')] }),
    ]
    const { plan: ruled } = ruledPlan(rules, ANYBODY, '/a/b/c.jpg', plan(wished))
    expect(ruled.steps).toEqual([hide, hide, wished, mark('/inner.png'), mark('/outer.png')])
  })

  it('draws pictures of layers as their own rules make them', () => {
    const { plan: ruled, renditions } = ruledPlan(RULES, ANYBODY, '/a.jpg', plan(mark('/shop/faces/b.jpg'), mark('/c.png')))
    expect(ruled.steps).toEqual([mark('ruled:/shop/faces/b.jpg'), mark('/c.png')])
    expect([...renditions]).toEqual([
      [
        'ruled:/shop/faces/b.jpg',
        { path: '/shop/faces/b.jpg', plan: { steps: [hide, mark('/shop/logo.png')], output: { format: 'png', quality: 100 } } },
      ],
    ])
  })

  it('knows every operation that draws pictures', () => {
    expect(OPERATION_NAMES.filter((name) => operation(name).inputs !== undefined)).toEqual(['composite'])
  })

  it('takes no metadata along that shows what is hidden', () => {
    const wish = { steps: [], output: { ...DEFAULT_OUTPUT, metadata: 'keep' as const } }
    expect(ruledPlan(RULES, ANYBODY, '/shop/faces/a.jpg', wish).plan.output.metadata).toBe('copyright')
    expect(ruledPlan(RULES, ANYBODY, '/shop/a.jpg', wish).plan.output.metadata).toBe('keep')
    expect(ruledPlan(RULES, ANYBODY, '/shop/faces/a.jpg', plan()).plan.output).toEqual(DEFAULT_OUTPUT)
  })

  it('is another plan when its rule changes', () => {
    const text = (rules: readonly FolderRule[]): string => canonical(ruledPlan(rules, ANYBODY, '/shop/a.jpg', plan(wished)).plan)
    expect(
      new Set([text([]), text([rule('/shop', { after: [mark('/a.png')] })]), text([rule('/shop', { after: [mark('/b.png')] })])]),
    ).toHaveLength(3)
  })

  it('is the wish itself where no rule holds', () => {
    expect(ruledPlan(RULES, OWNER, '/shop/a.jpg', plan(wished, mark('/shop/b.jpg'))).plan).toEqual(plan(wished, mark('/shop/b.jpg')))
  })
})
