import { planInputs, type TransformPlan } from '../../../../image/plan.ts'
import { resolveCropFile } from '../../../../service/render/crop-file.ts'
import type { FileStore } from '../../../../service/ports.ts'
import { applyUrlPolicy } from '../../../../service/protection/url-policy.ts'
import type { OpenTarget } from './target.ts'
import { parseImageQuery, type ImageWish } from '../image-query/parse.ts'

/** The parsed query of an image URL, with its image: the file of the path, or the file that a `.crop` file names. */
export interface TargetedWish extends ImageWish {
  readonly path: string
  /** Not everyone may see one of the files that the picture shows. */
  readonly isPrivate: boolean
}

/** @throws AppError of the query, of the account's policy, of the `.crop` file, and `forbidden` when a file that the picture would show must not be read. */
export async function readImageWish(
  target: OpenTarget,
  query: readonly (readonly [string, string])[],
  accept: string | undefined,
  files: FileStore,
): Promise<TargetedWish> {
  const wish = parseImageQuery(query, accept)
  const preset = target.preset && parseImageQuery(target.preset, accept)
  const wished = applyUrlPolicy(target.urlPolicy, target.standing, {
    path: target.path,
    plan: wish.plan,
    preset: preset && preset.plan,
    isKept: wish.delivery.cache && wish.delivery.cachePermanently !== false,
    hasFallback: wish.fallback !== undefined && wish.fallback !== preset?.fallback,
  })
  // Before anything is looked for, so that whether it is needed tells nothing.
  if (wish.fallback !== undefined) target.demandRead(wish.fallback)
  return { ...wish, ...(await aimed(target, wished, files)) }
}

/** A plan on the image of a target. @throws AppError of the `.crop` file, and `forbidden` when a file that the picture would show must not be read. */
export async function aimed(
  target: OpenTarget,
  wished: TransformPlan,
  files: FileStore,
): Promise<Pick<TargetedWish, 'plan' | 'path' | 'isPrivate'>> {
  const { path, steps } = await resolveCropFile(files, target.account, target.path)
  const plan = steps.length === 0 ? wished : { ...wished, steps: [...steps, ...wished.steps] }
  // A public picture must not show a private one.
  const shown = new Set([path, ...planInputs(plan).map((input) => input.path)])
  for (const file of shown) if (file !== target.path) target.demandRead(file)
  return { plan, path, isPrivate: target.isPrivate || [...shown].some((file) => !target.isPublic(file)) }
}
