import { AppError } from '../../errors.ts'
import { DEFAULT_OUTPUT, OPERATION_NAMES, type Output, type TransformPlan } from '../../image/plan.ts'
import { snapSteps, stepsBeyond, type WidthLadder } from './snap.ts'
import { isTrusted, type Standing } from './standing.ts'

/** What URLs may wish that carry neither a signature nor a secret key. */
export interface UrlPolicy extends WidthLadder {
  /** Everything, presets alone, or nothing. */
  readonly allow: 'free' | 'presets' | 'signed'
  /** Names of `WISH_NAMES` that a URL may wish, beside what its preset does. `undefined`: all with `free`, none with `presets`. */
  readonly parameters: readonly string[] | undefined
  /** Of a result, where neither signs. */
  readonly maxUnsignedPixels: number | undefined
}

/** Changes nothing. */
export const FREE_POLICY: UrlPolicy = { allow: 'free', parameters: undefined, widths: [], snap: 'up', maxUnsignedPixels: undefined }

/** A picture that a URL asks for, whatever dialect spelled it. */
export interface PictureWish {
  readonly path: string
  readonly plan: TransformPlan
  /** What the URL's preset makes by itself: the owner has allowed it. `null` without a preset. */
  readonly preset: TransformPlan | null
  /** False: the picture is made anew each time. */
  readonly isKept: boolean
  /** Whether it names a picture that is shown when this one cannot be, which its preset does not. */
  readonly hasFallback?: boolean | undefined
}

/** The members of an output by the names that an owner allows. `null`: no wish of a URL's own. */
const OUTPUT_WISHES = {
  format: 'format',
  otherwise: null,
  quality: 'quality',
  target: 'quality',
  effort: 'effort',
  withinMs: null,
  lossless: 'lossless',
  onlyLossless: 'lossless',
  palette: 'palette',
  still: 'still',
  keepsCoding: null,
  colours: 'colours',
  maxBytes: 'maxBytes',
  metadata: 'metadata',
} as const satisfies Record<keyof Output, string | null>

const FURTHER_WISHES = ['page', 'info', 'uncached', 'fallback'] as const

/** All that a URL can wish: operations, members of the output, a page, information in the place of a picture, that nothing is kept, and a fallback. */
export const WISH_NAMES: readonly string[] = [
  ...new Set([...OPERATION_NAMES, ...Object.values(OUTPUT_WISHES).filter((name) => name !== null), ...FURTHER_WISHES]),
]

/** Qualities that dialects fill in where a URL names none: they are nobody's wish. */
const USUAL_QUALITIES: readonly number[] = [DEFAULT_OUTPUT.quality, 95, 100]

/**
 * The plan that a wish comes to under the account's policy: with widths of the ladder, and with its most pixels where those depend on the source. Equal
 * pictures have equal plans then, so the result's key is made of this one.
 * @throws AppError `forbidden` for what takes a signature, `invalid_parameter` for a width outside of the ladder: both name what is allowed.
 */
export function applyUrlPolicy(policy: UrlPolicy, standing: Standing, wish: PictureWish): TransformPlan {
  const { plan, preset, path } = wish
  if (isTrusted(standing, path)) return plan
  demandAllowed(policy, preset !== null)
  demandParameters(policy, wish)
  const steps = snapSteps(policy, plan.steps, preset?.steps ?? [])
  const mostPixels = plan.info ? undefined : policy.maxUnsignedPixels
  return { ...plan, steps, ...(mostPixels !== undefined && { mostPixels }) }
}

/** The stored file itself: no processing, so presets do not speak of it. @throws AppError `forbidden` without a signature, where one is asked for. */
export function demandOriginal({ allow }: UrlPolicy, standing: Standing, path: string): void {
  if (allow === 'signed' && !isTrusted(standing, path)) throw refused(SIGNED)
}

const SIGNED = 'Expected a signed URL, or a secret key.'
const refused = (reason: string, field?: string): AppError => new AppError('forbidden', { field, reason })

function demandAllowed({ allow }: UrlPolicy, hasPreset: boolean): void {
  if (allow === 'signed') throw refused(SIGNED)
  if (allow === 'presets' && !hasPreset) throw refused('Expected the name of a preset, a signed URL, or a secret key.')
}

function demandParameters({ allow, parameters }: UrlPolicy, wish: PictureWish): void {
  const allowed = parameters ?? (allow === 'presets' ? [] : WISH_NAMES)
  const other = wishesOf(wish).find((name) => !allowed.includes(name))
  if (other === undefined) return
  const expected = allowed.length > 0 ? `only ${allowed.join(', ')}` : allow === 'presets' ? 'nothing beside the preset' : 'no parameters'
  throw refused(`Expected ${expected} without a signature, received ${other}.`, other)
}

/** What a URL wishes beyond its preset, by the names of `WISH_NAMES`. */
export function wishesOf({ plan, preset, isKept, hasFallback }: Omit<PictureWish, 'path'>): readonly string[] {
  const base = preset ?? { steps: [], output: DEFAULT_OUTPUT }
  const names = [
    ...stepsBeyond(plan.steps, base.steps).map(({ op }) => op),
    // A preset without one of its steps is another wish too.
    ...stepsBeyond(base.steps, plan.steps).map(({ op }) => op),
    ...outputWishes(plan.output, base.output),
    ...(plan.page === base.page ? [] : ['page']),
    ...(JSON.stringify(plan.info) === JSON.stringify(base.info) ? [] : ['info']),
    ...(isKept ? [] : ['uncached']),
    ...(hasFallback ? ['fallback'] : []),
  ]
  return [...new Set(names)]
}

function outputWishes(output: Output, base: Output): readonly string[] {
  const members = Object.keys(OUTPUT_WISHES) as readonly (keyof Output)[]
  return members.flatMap((member) => {
    const isFilledIn = member === 'quality' && USUAL_QUALITIES.includes(output.quality)
    const name = OUTPUT_WISHES[member]
    return output[member] === base[member] || isFilledIn || name === null ? [] : [name]
  })
}
