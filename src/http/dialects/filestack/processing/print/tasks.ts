import { planInputs, type TransformPlan } from '../../../../../image/plan.ts'
import { type Printed, readSteps, verified } from '../../../../explain/printed.ts'
import type { Task } from '../task-text.ts'
import { TASKS } from '../tasks.ts'
import { planOf, readWish } from '../wish.ts'
import { printOutput } from './output.ts'
import { printStep } from './steps.ts'
import type { HandleOf } from './task.ts'

/** The tasks of a processing URL, and the `Accept` header that they need, where the client chooses the format. */
export interface PrintedTasks {
  readonly tasks: readonly Task[]
  readonly accept: string | null
}

const ACCEPTS = { 'auto-avif': 'image/avif,image/webp', 'auto-webp': 'image/webp' } as const

/** The other way of `readWish` and `planOf`: tasks that give a plan, in the order of its steps. */
export function printTasks(plan: TransformPlan, handleOf: HandleOf): Printed<PrintedTasks> {
  if (plan.info) return { words: null, reason: 'A processing URL tells of a picture by the task metadata, which is no plan.' }
  const strange = planInputs(plan).find(({ path }) => handleOf(path) === undefined)
  if (strange) return { words: null, reason: `The file ${JSON.stringify(strange.path)} has no handle that is known.` }
  const steps = readSteps(plan.steps)
  const tasks: Task[] = []
  for (let [next] = steps.left(); next; [next] = steps.left()) {
    const task = printStep(steps, handleOf)
    if (!task) return { words: null, reason: `No task does ${JSON.stringify(next)}.` }
    tasks.push(task)
  }
  const paths = new Map(planInputs(plan).map(({ path }) => [handleOf(path) ?? '', path]))
  const { format } = plan.output
  const negotiated = format === 'auto-avif' || format === 'auto-webp' ? format : undefined
  const all = [...tasks, ...printOutput(plan, tasks)]
  const words = { tasks: all, accept: negotiated ? ACCEPTS[negotiated] : null }
  return verified(plan, words, () => {
    const wish = readWish(all, TASKS)
    return planOf(wish, (handle) => paths.get(handle) ?? '', wish.negotiates ? negotiated : undefined)
  })
}
