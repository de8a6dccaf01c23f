import { AppError } from '../../errors.ts'
import { step, type Step, type TransformPlan } from '../../image/plan.ts'
import { isWithin } from '../files/path-scope.ts'
import type { Standing } from './standing.ts'

/** What every picture of a folder's files goes through, whatever its URL wishes. */
export interface FolderRule {
  /** And what is below it. */
  readonly folder: string
  /** Done to the upright source, before everything that is wished: what must not be seen is gone then. */
  readonly before: readonly Step[]
  /** Done to the finished picture. */
  readonly after: readonly Step[]
  /** Who sees the files without it: a secret key, or signed URLs and policies too. */
  readonly bypass: 'key' | 'signed'
}

/** The rules of an account. */
export type RulesOf = (account: string) => readonly FolderRule[]

/** A layer of a ruled folder as it may be drawn: a picture of its own. */
export interface Rendition {
  readonly path: string
  readonly plan: TransformPlan
}

/** A plan with all rules that it is under. */
export interface RuledPlan {
  readonly plan: TransformPlan
  /** By the names that stand in the plan's steps in the place of paths. */
  readonly renditions: ReadonlyMap<string, Rendition>
  /** Whether any rule is in it: then nothing that is known of the files by themselves may stand in for the picture. */
  readonly isRuled: boolean
}

/** No path: those begin with a slash. */
const PREFIX = 'ruled:'

const bypasses = ({ bypass }: FolderRule, { kind, folder }: Standing, path: string): boolean =>
  (kind === 'owner' || (kind === 'signed' && bypass === 'signed')) && isWithin(folder, path)

/** The rules that a file is under for this wish, those of outer folders first. */
export const rulesFor = (rules: readonly FolderRule[], standing: Standing, path: string): readonly FolderRule[] =>
  rules
    .filter((rule) => isWithin(rule.folder, path) && !bypasses(rule, standing, path))
    .toSorted((a, b) => a.folder.length - b.folder.length)

/** Whether some file in a folder, or with `recursive` below its folders, is under a rule for this wish. */
export const hasRulesBelow = (rules: readonly FolderRule[], standing: Standing, folder: string, recursive: boolean): boolean =>
  rules.some((rule) => {
    const isTouched = isWithin(rule.folder, folder) || (recursive && isWithin(folder, rule.folder))
    return isTouched && !bypasses(rule, standing, isWithin(rule.folder, folder) ? folder : rule.folder)
  })

/** @throws AppError `forbidden` when the stored bytes of a file are not for this wish, because its pictures go through rules. */
export function demandUnruled(rules: readonly FolderRule[], standing: Standing, path: string): void {
  if (rulesFor(rules, standing, path).length > 0) throw ruled(path)
}

/** @throws AppError `forbidden` when that holds for a file in the folder. */
export function demandUnruledBelow(rules: readonly FolderRule[], standing: Standing, folder: string, recursive: boolean): void {
  if (hasRulesBelow(rules, standing, folder, recursive)) throw ruled(folder)
}

const ruled = (path: string): AppError =>
  new AppError('forbidden', {
    field: path,
    reason: 'The files of this folder are shown as pictures alone: ask for an image, or send a secret key.',
  })

/**
 * The plan with the rules of the source's folder in it, and with the pictures that the rules make of layers in their places. Layers that a rule draws
 * itself are its owner's choice and stay as they are. The rules are part of the plan, and so of a result's key.
 */
export function ruledPlan(rules: readonly FolderRule[], standing: Standing, path: string, plan: TransformPlan): RuledPlan {
  if (rules.length === 0) return { plan, renditions: new Map(), isRuled: false }
  const renditions = new Map<string, Rendition>()
  const redraw = (drawn: string): string => {
    const own = rulesFor(rules, standing, drawn)
    if (own.length === 0) return drawn
    renditions.set(PREFIX + drawn, { path: drawn, plan: withRules(own, { steps: [], output: { format: 'png', quality: 100 } }) })
    return PREFIX + drawn
  }
  const steps = plan.steps.map((one) =>
    one.op === 'composite' ? step('composite', { ...one.params, path: redraw(one.params.path) }) : one,
  )
  const own = rulesFor(rules, standing, path)
  return { plan: withRules(own, { ...plan, steps }), renditions, isRuled: own.length > 0 || renditions.size > 0 }
}

/** Metadata may show the picture as it was; what is redacted takes along no more than author and licence. */
function withRules(rules: readonly FolderRule[], plan: TransformPlan): TransformPlan {
  if (rules.length === 0) return plan
  const before = rules.flatMap((rule) => rule.before)
  const after = rules.toReversed().flatMap((rule) => rule.after)
  const metadata = before.length > 0 && plan.output.metadata ? 'copyright' : plan.output.metadata
  return { ...plan, steps: [...before, ...plan.steps, ...after], output: { ...plan.output, ...(metadata && { metadata }) } }
}
