import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { printJob } from '../../../../src/http/dialects/batch/print/transformations.ts'
import { parseTransformations } from '../../../../src/http/dialects/batch/transformations.ts'
import { canonical, DEFAULT_OUTPUT, step, type TransformPlan } from '../../../../src/image/plan.ts'
import { job } from '../../../support/wishes/jobs.ts'

describe('a plan as a job of a batch request', () => {
  it('is read as that plan, whatever job gave it', () => {
    let spelled = 0
    fc.assert(
      fc.property(job, (given) => {
        let plan: TransformPlan
        try {
          plan = parseTransformations(given, 'job')
        } catch (thrown) {
          if (thrown instanceof AppError) return
          throw thrown
        }
        const { words, reason } = printJob(plan, '/a/b')
        expect(reason).toBeUndefined()
        spelled++
        // As JSON carries it.
        const sent = JSON.parse(JSON.stringify(words)) as { destination: string }
        expect(canonical(parseTransformations(sent, 'job'))).toBe(canonical(plan))
      }),
      { numRuns: 1500, seed: 16 },
    )
    expect(spelled).toBeGreaterThan(1200)
  })

  it('tells of a picture', () => {
    const plan: TransformPlan = { steps: [step('negate', {})], output: DEFAULT_OUTPUT, info: ['width', 'height'] }
    const { words } = printJob(plan, '/a')
    expect(words?.destination).toBe('/a.json')
    expect(canonical(parseTransformations(words ?? { destination: '' }, 'job'))).toBe(canonical(plan))
  })

  const png = { format: 'png', quality: 70 } as const
  it.each<[string, TransformPlan, RegExp]>([
    ['a step that no transformation does', { steps: [step('tint', { colour: 'ff0000ff' })], output: png }, /No transformation does .*tint/],
    ['a smart crop', { steps: [step('smartCrop', { width: 9, height: 9 })], output: png }, /smartCrop/],
    ['a picture that may not grow', { steps: [step('resize', { width: 9, enlarge: false })], output: png }, /step 1 exactly/],
    ['a turn to the left', { steps: [step('rotate', { degrees: -9 })], output: png }, /degrees/],
    ['a turned layer', { steps: [step('text', { text: 'a', rotate: 9 })], output: png }, /step 1 exactly/],
    ['another page', { steps: [], output: png, page: 2 }, /page/],
    ['a format that follows the client', { steps: [], output: { format: 'auto-webp', quality: 70 } }, /format/],
    ['an effort', { steps: [], output: { ...png, effort: 9 } }, /effort/],
  ])('has a reason in its place: %s', (_name, plan, expected) => {
    const { words, reason } = printJob(plan, '/a')
    expect(words).toBeNull()
    expect(reason).toMatch(expected)
  })
})
