import { canonical, DEFAULT_OUTPUT, operation, type Step, type TransformPlan } from '../../../image/plan.ts'
import type { HashText } from '../../ports.ts'
import type { SourceFile } from '../../files/recent-files.ts'

/**
 * The name of what a plan shows, whatever its size and format: results with equal looks and about equal aspect ratios are one picture in several sizes. Only
 * cuts, scalings, turns and colours are the same in every size; with any other step a plan looks like itself alone, in any format.
 * @param inputs that the plan draws.
 */
export function lookOf(hash: HashText, { steps, page }: TransformPlan, inputs: readonly SourceFile[]): Promise<string> {
  const isFree = steps.every(({ op, params }) => {
    const { geometry, symmetry, isPointwise } = operation(op)
    return geometry !== undefined || isPointwise === true || (symmetry?.(params) ?? null) !== null
  })
  const shown = { steps: isFree ? steps.map(withoutSize) : steps, output: DEFAULT_OUTPUT, ...(page !== undefined && { page }) }
  return hash([canonical(shown), ...inputs.map(({ path, etag }) => `${path} ${etag}`)].join('\n'))
}

/** A cut is in pixels of the source, so its numbers stay. */
function withoutSize(step: Step): Step {
  if (step.op !== 'resize' && step.op !== 'cover') return step
  const { width: _width, height: _height, ...params } = step.params
  return { op: step.op, params } as Step // it is only compared
}
