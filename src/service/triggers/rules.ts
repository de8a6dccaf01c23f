import * as z from 'zod'
import { excessOf, forQueue, type TransformPlan } from '../../image/plan.ts'
import { essenceOf } from '../files/content/media-type.ts'
import { readPlan, type PlanJson } from '../render/plan-json.ts'
import { derivativePath, sidesOf } from './derivative-path.ts'

const outputSchema = z
  .strictObject({
    destination: z
      .string()
      .regex(/^(\/|\{dir\}\/)/, 'Expected a path that begins with "/" or "{dir}/"')
      .describe('Where the derivative goes. Variables: {dir} {name} {ext} {file} of the source, {width} {height} of the plan, {rule}.'),
    preset: z.string().optional().describe('Named parameters of the account.'),
    plan: z.custom<PlanJson>((value) => typeof value === 'object' && value !== null).optional(),
  })
  .refine(({ preset, plan }) => (preset === undefined) !== (plan === undefined), 'Expected either a preset or a plan')

/** A rule of emulsion.config.ts: which new files get which derivatives. */
export const ruleSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .describe('Names the rule in lists, logs and derivatives.'),
  match: z.strictObject({
    prefix: z.string().startsWith('/').default('/').describe('What the path begins with.'),
    suffix: z.string().min(1).optional().describe('What the path ends with.'),
    glob: z
      .string()
      .startsWith('/')
      .optional()
      .describe('`*` stands for anything but "/", `**` for anything, `?` for one character. Against the whole path.'),
    mime: z
      .array(z.string())
      .min(1)
      .default(['image/*'])
      .describe('Types, `image/*` for all of a kind. Capital and small letters are equal.'),
    minBytes: z.int().min(0).default(0).describe('Smaller files start nothing.'),
  }),
  outputs: z.array(outputSchema).min(1).max(50),
  onDelete: z.enum(['keep', 'remove']).default('keep').describe('What happens to the derivatives when their source is deleted.'),
  bypassesRules: z
    .boolean()
    .default(false)
    .describe('Whether derivatives are made without the rules of their source’s folder. They are shown without them elsewhere.'),
  service: z
    .int()
    .min(0)
    .optional()
    .describe('The batch service that lists the runs and whose secret shows them; the account’s first one when absent.'),
})

export type TriggerRule = z.output<typeof ruleSchema>

export interface CompiledRule {
  readonly id: string
  readonly account: string
  readonly service: number | null
  readonly onDelete: 'keep' | 'remove'
  matchesPath(path: string): boolean
  matchesFile(mime: string, bytes: number): boolean
  /** What the rule makes of a source. */
  outputs(path: string): readonly { readonly destination: string; readonly plan: TransformPlan }[]
}

/**
 * @param presetPlan the plan of a named preset of the account; `undefined` when there is none.
 * @throws Error for the operator who wrote the rule.
 */
export function compileRule(
  rule: TriggerRule,
  owner: { readonly account: string; readonly service: number | null },
  presetPlan: (name: string) => TransformPlan | undefined,
  maxSteps: number,
): CompiledRule {
  const { prefix, suffix = '', glob, mime, minBytes } = rule.match
  const pattern = glob === undefined ? null : globPattern(glob)
  const types = mime.map(essenceOf)
  const outputs = rule.outputs.map(({ destination, preset, plan }) => {
    const found = preset === undefined ? readPlan(plan) : presetPlan(preset)
    if (!found) throw new Error(`Rule ${rule.id}: there is no preset ${JSON.stringify(preset)}.`)
    const excess = excessOf(found.steps, maxSteps)
    if (excess) throw new Error(`Rule ${rule.id}: expected at most ${excess.most} ${excess.what}, received ${excess.received}.`)
    const values = { rule: rule.id, ...sidesOf(found) }
    derivativePath(destination, '/folder/name.ext', values) // an unknown variable is the operator's mistake: say it at the start
    return {
      plan: { ...found, output: forQueue(found.output) },
      destinationFor: (path: string) => derivativePath(destination, path, values),
    }
  })
  return {
    id: rule.id,
    ...owner,
    onDelete: rule.onDelete,
    matchesPath: (path) => path.startsWith(prefix) && path.endsWith(suffix) && (pattern === null || pattern.test(path)),
    matchesFile: (type, bytes) =>
      bytes >= minBytes &&
      types.some((wanted) => (wanted.endsWith('/*') ? essenceOf(type).startsWith(wanted.slice(0, -1)) : essenceOf(type) === wanted)),
    outputs: (path) => outputs.map(({ plan, destinationFor }) => ({ plan, destination: destinationFor(path) })),
  }
}

const globPattern = (glob: string): RegExp =>
  new RegExp(
    `^${glob.replaceAll(/\*\*|[*?]|[.+^${}()|[\]\\]/g, (part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part === '?' ? '[^/]' : `\\${part}`))}$`,
    'su',
  )
