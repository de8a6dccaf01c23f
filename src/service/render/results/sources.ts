import { AppError } from '../../../errors.ts'
import { checkSteps, type TransformPlan } from '../../../image/plan.ts'
import { checkFilePath } from '../../files/path.ts'
import type { RecentFiles, TypedFile } from '../../files/recent-files.ts'
import type { HashText } from '../../ports.ts'
import { type Rendition, ruledPlan, type RulesOf } from '../../protection/rules.ts'
import { OWNER, type Standing } from '../../protection/standing.ts'
import { placeIn } from '../../stores/object-path.ts'
import { findInputs, type InputLimits } from '../plan-inputs.ts'
import type { EngineChoice } from '../second-opinion.ts'
import { resultKeyText } from './result-key.ts'

/** The files of a request as they are now, and the name of the result that they give. */
export interface Sources {
  /** With the rules of folders. */
  readonly plan: TransformPlan
  readonly source: TypedFile
  /** Layers under rules have no content yet. */
  readonly inputs: readonly TypedFile[]
  /** All stored files that are drawn, those of such layers too. */
  readonly layers: readonly TypedFile[]
  readonly renditions: ReadonlyMap<string, Rendition>
  readonly isRuled: boolean
  readonly key: string
}

export interface SourcesDeps {
  readonly recent: RecentFiles
  readonly hash: HashText
  readonly limits: InputLimits
  readonly rulesOf: RulesOf
  readonly engine: EngineChoice
}

export interface SourcesWish {
  readonly account: string
  readonly path: string
  readonly plan: TransformPlan
  readonly standing: Standing
  /** Looks all files up anew. */
  readonly fromCurrentFiles?: boolean
}

export type FindSources = (wish: SourcesWish) => Promise<Sources>

/**
 * Finds the files of a wish. The key names everything that the bytes depend on: the engine, the version of every file, and the plan with its rules.
 * @throws AppError `too_many_steps` before anything is looked up, `file_not_found`, `file_too_large`, `invalid_path`.
 */
export const createFindSources = ({ recent, hash, limits, rulesOf, engine }: SourcesDeps): FindSources =>
  async function findSources(wish) {
    const { account, path, standing, fromCurrentFiles = false } = wish
    checkSteps(wish.plan.steps, limits.maxSteps)
    const find = fromCurrentFiles ? recent.lookUp : recent.find
    const source = await find(account, placeIn(path) ? path : checkFilePath(path))
    if (!source) throw new AppError('file_not_found', { field: path })
    const { plan, renditions, isRuled } = ruledPlan(rulesOf(account), standing, path, wish.plan)
    const layers: TypedFile[] = []
    const findDrawn = async (owner: string, name: string): Promise<TypedFile | null> => {
      const rendition = renditions.get(name)
      const drawn = rendition && (await findSources({ account, ...rendition, standing: OWNER, fromCurrentFiles }))
      const file = drawn ? { path: name, size: 0, etag: drawn.key, mime: 'image/png' } : await find(owner, name)
      layers.push(...(drawn ? [drawn.source, ...drawn.layers] : file ? [file] : []))
      return file
    }
    const inputs = await findInputs(findDrawn, account, plan, limits)
    return { plan, source, inputs, layers, renditions, isRuled, key: await hash(resultKeyText({ source, inputs, plan, engine })) }
  }

/** The name of a result at the edge. Accounts never share an entry. A version of the URL and a reset of the cache make another entry. */
export const edgeKeyOf = (hash: HashText, account: string, path: string, version: string, key: string): Promise<string> =>
  hash([account, path, version, key].join('\n'))
