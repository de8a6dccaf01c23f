import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../../src/errors.ts'
import { printTasks } from '../../../../../src/http/dialects/filestack/processing/print/tasks.ts'
import { TASKS } from '../../../../../src/http/dialects/filestack/processing/tasks.ts'
import { type Task, readTask, writeTask } from '../../../../../src/http/dialects/filestack/processing/task-text.ts'
import { planOf, readWish } from '../../../../../src/http/dialects/filestack/processing/wish.ts'
import { canonical, DEFAULT_OUTPUT, step, type TransformPlan } from '../../../../../src/image/plan.ts'
import { HANDLES, tasks } from '../../../../support/wishes/tasks.ts'

const pathOf = (handle: string): string => `/files/${handle}`
const handleOf = (path: string): string | undefined => HANDLES.find((handle) => path === pathOf(handle))

function planBy(all: readonly Task[]): TransformPlan {
  const wish = readWish(all, TASKS)
  return planOf(wish, pathOf, wish.negotiates ? 'auto-webp' : undefined)
}

describe('a plan as tasks of a processing URL', () => {
  it('is read as that plan, whatever tasks gave it', () => {
    let spelled = 0
    fc.assert(
      fc.property(tasks, (all) => {
        let plan: TransformPlan
        try {
          plan = planBy(all)
        } catch (thrown) {
          if (thrown instanceof AppError) return
          throw thrown
        }
        const { words, reason } = printTasks(plan, handleOf)
        expect(reason).toBeUndefined()
        spelled++
        // As the URL carries them.
        expect(canonical(planBy((words?.tasks ?? []).map((task) => readTask(writeTask(task)))))).toBe(canonical(plan))
      }),
      { numRuns: 1500, seed: 16 },
    )
    expect(spelled).toBeGreaterThan(900)
  })

  const jpeg = { format: 'jpeg', quality: 80 } as const
  it.each<[string, TransformPlan, RegExp]>([
    ['a step that no task does', { steps: [step('median', {})], output: jpeg }, /No task does .*median/],
    ['a text', { steps: [step('text', { text: 'a' })], output: jpeg }, /No task does .*text/],
    ['a file without a handle', { steps: [step('composite', { path: '/logo.png' })], output: jpeg }, /logo.png.* has no handle/],
    [
      'a layer in a corner of its own',
      { steps: [step('composite', { path: pathOf(HANDLES[0] ?? ''), x: 5 })], output: jpeg },
      /step 1 exactly/,
    ],
    ['margins that differ', { steps: [step('extend', { top: 1, right: 2, bottom: 1, left: 1 })], output: jpeg }, /step 1 exactly/],
    ['a format that no task names', { steps: [], output: { format: 'avif', quality: 80 } }, /format/],
    ['what is told of a picture', { steps: [], output: DEFAULT_OUTPUT, info: ['width'] }, /metadata/],
    ['JPEG in the place of a format', { steps: [], output: { ...DEFAULT_OUTPUT, otherwise: 'jpeg' } }, /otherwise/],
  ])('has a reason in its place: %s', (_name, plan, expected) => {
    const { words, reason } = printTasks(plan, handleOf)
    expect(words).toBeNull()
    expect(reason).toMatch(expected)
  })
})
