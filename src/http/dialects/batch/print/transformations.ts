import { codec, type FormatName, isDecided, type TransformPlan } from '../../../../image/plan.ts'
import { type Printed, readSteps, verified } from '../../../explain/printed.ts'
import { qualityWord } from '../../../quality.ts'
import { parseTransformations } from '../transformations.ts'
import { printStep } from './steps.ts'

/** A job of a batch request. */
export type PrintedJob = Readonly<Record<string, unknown>> & {
  readonly destination: string
  readonly transformations: readonly object[]
}

/**
 * The other way of `parseTransformations`: a job that gives a plan. `name` is the path of its destination without the extension, which says the format.
 */
export function printJob(plan: TransformPlan, name: string): Printed<PrintedJob> {
  if (plan.page !== undefined) return { words: null, reason: 'A job reads the first page alone.' }
  const steps = readSteps(plan.steps)
  const transformations: object[] = []
  for (let [next] = steps.left(); next; [next] = steps.left()) {
    const transformation = printStep(steps)
    if (!transformation) return { words: null, reason: `No transformation does ${JSON.stringify(next)}.` }
    transformations.push(transformation)
  }
  const words = plan.info
    ? { destination: `${name}.json`, transformations: [...transformations, { type: 'info', fields: plan.info }] }
    : { destination: name + extensionOf(plan.output.format), transformations, ...outputOf(plan) }
  return verified(plan, words, (job) => parseTransformations(job, 'job'))
}

const extensionOf = (format: TransformPlan['output']['format']): string =>
  isDecided(format) ? `.${codec(format as FormatName).extension}` : ''

function outputOf({ output, steps }: TransformPlan): object {
  const { maxBytes, lossless, onlyLossless, palette, still, colours, metadata, keepsCoding } = output
  const word = qualityWord(output)
  return {
    ...(!keepsCoding && { quality: /^\d+$/.test(word) ? Number(word) : word }),
    ...(maxBytes !== undefined && { max_bytes: maxBytes }),
    ...(lossless && !onlyLossless && { lossless }),
    ...(palette && { palette }),
    ...(still && { anim: false }),
    ...(colours && !onlyLossless && { cm: colours }),
    ...((metadata ?? (keepsCoding && steps.length === 0)) && { metadata: metadata ?? 'none' }),
  }
}
