import { canonical, type OperationName, type Step, type TransformPlan } from '../../image/plan.ts'
import { AppError } from '../../errors.ts'

/** A plan in the words of a dialect, or why the dialect has none for it. */
export type Printed<T> = { readonly words: T; readonly reason?: never } | { readonly words: null; readonly reason: string }

type StepOf<N extends OperationName> = Extract<Step, { readonly op: N }>
export type ParamsOf<N extends OperationName> = StepOf<N>['params']

/** Reads the steps of a plan from first to last. */
export interface StepReader {
  /** The next step and those behind it. */
  left(): readonly Step[]
  /** Takes the next step if it is of this kind, and such that `fits`. */
  take<N extends OperationName>(op: N, fits?: (params: ParamsOf<N>) => boolean): ParamsOf<N> | undefined
  /** Takes so many steps. */
  skip(count: number): void
}

export function readSteps(steps: readonly Step[]): StepReader {
  let at = 0
  return {
    left: () => steps.slice(at),
    take<N extends OperationName>(op: N, fits: (params: ParamsOf<N>) => boolean = () => true) {
      const step = steps[at]
      if (step?.op !== op) return undefined
      const params = step.params as ParamsOf<N> // of that operation
      if (!fits(params)) return undefined
      at++
      return params
    },
    skip: (count) => void (at += count),
  }
}

/** A decimal number without an exponent, as short as it can be. */
export const decimal = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(12).replace(/0+$/, '').replace(/\.$/, '')

/**
 * Words that the dialect's own parser reads as the plan; otherwise the reason. A printer that says too much or too little is found out here, so that
 * no spelling of another picture is ever handed out.
 */
export function verified<T>(plan: TransformPlan, words: T, parse: (words: T) => TransformPlan): Printed<T> {
  try {
    const parsed = parse(words)
    return canonical(parsed) === canonical(plan) ? { words } : { words: null, reason: differenceOf(plan, parsed) }
  } catch (thrown) {
    return { words: null, reason: AppError.from(thrown).publicText }
  }
}

const textOf = (value: unknown): string => JSON.stringify(value) ?? 'nothing'

function differenceOf(plan: TransformPlan, parsed: TransformPlan): string {
  const only = (steps: readonly Step[]): TransformPlan => ({ steps, output: { format: 'png', quality: 80 } })
  const at = plan.steps.findIndex((step, i) => {
    const other = parsed.steps[i]
    return !other || canonical(only([step])) !== canonical(only([other]))
  })
  if (at >= 0) return `No words give the step ${at + 1} exactly: ${textOf(plan.steps[at])}.`
  if (parsed.steps.length > plan.steps.length) return `No words leave out the step ${textOf(parsed.steps[plan.steps.length])}.`
  if (plan.page !== parsed.page) return `No words give the page ${plan.page}.`
  const other: Readonly<Record<string, unknown>> = { ...parsed.output }
  const name = Object.entries(plan.output).find(([key, value]) => other[key] !== value)?.[0]
  const extra = Object.keys(other).find((key) => !Object.hasOwn(plan.output, key))
  return `No words give the output exactly: ${name ?? extra ?? 'its options'} is ${textOf((plan.output as unknown as Record<string, unknown>)[name ?? extra ?? ''])}.`
}
