import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../../src/errors.ts'
import { parseImageQuery } from '../../../../../src/http/dialects/bytescale/image-query/parse.ts'
import { printImageQuery } from '../../../../../src/http/dialects/bytescale/image-query/print.ts'
import { canonical, DEFAULT_OUTPUT, step, type TransformPlan } from '../../../../../src/image/plan.ts'
import { query } from '../../../../support/wishes/queries.ts'

const ACCEPT = 'image/avif,image/webp'

/** Numbers of more digits than a URL takes come of a density that is no power of two. */
const isTooFine = (plan: TransformPlan): boolean => /\d\.\d{10}/.test(canonical(plan))

describe('a plan as parameters of an image URL', () => {
  it('is read as that plan, whatever parameters gave it', () => {
    let spelled = 0
    fc.assert(
      fc.property(query, (entries) => {
        let plan: TransformPlan
        try {
          ;({ plan } = parseImageQuery(entries, ACCEPT))
        } catch (thrown) {
          if (thrown instanceof AppError) return
          throw thrown
        }
        const { words, reason } = printImageQuery(plan)
        if (words === null) {
          expect([isTooFine(plan), reason]).toEqual([true, reason])
          return
        }
        spelled++
        expect(canonical(parseImageQuery(words.query, words.accept ?? undefined).plan)).toBe(canonical(plan))
      }),
      { numRuns: 1500, seed: 16 },
    )
    expect(spelled).toBeGreaterThan(600)
  })

  const png = { format: 'png', quality: 80 } as const
  it.each<[string, TransformPlan, RegExp]>([
    ['a step that no parameter gives', { steps: [step('ascii', {})], output: png }, /no parameter for .*ascii/],
    ['steps in another order', { steps: [step('negate', {}), step('blur', { sigma: 2 })], output: png }, /no parameter for .*blur/],
    ['a flip twice', { steps: [step('flip', { axis: 'vertical' }), step('flip', { axis: 'vertical' })], output: png }, /flip/],
    ['a percentage', { steps: [step('resize', { width: { percent: 50, of: 'width' } })], output: png }, /step 1 exactly/],
    ['another kernel', { steps: [step('resize', { width: 9, kernel: 'box' })], output: png }, /step 1 exactly/],
    ['a cut that shrinks', { steps: [step('crop', { width: 9, height: 9, fit: true })], output: png }, /step 1 exactly/],
    ['a softer corner', { steps: [step('roundCorners', { radius: 9, softness: 2 })], output: png }, /step 1 exactly/],
    [
      'corners of a colour that does not lie below',
      { steps: [step('rotate', { degrees: 9, background: 'ff0000ff' })], output: png },
      /step 1/,
    ],
    ['a layer in thirds of pixels', { steps: [step('text', { text: 'a', position: 'top-left', x: 0.33 })], output: png }, /padding-left/],
    ['a layer that hangs over', { steps: [step('text', { text: 'a', position: 'top-left', x: -5 })], output: png }, /padding-left/],
    ['the own format without another', { steps: [step('negate', {})], output: DEFAULT_OUTPUT }, /otherwise/],
  ])('has a reason in its place: %s', (_name, plan, expected) => {
    const { words, reason } = printImageQuery(plan)
    expect(words).toBeNull()
    expect(reason).toMatch(expected)
  })
})
