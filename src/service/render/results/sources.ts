import { AppError } from '../../../errors.ts'
import type { TransformPlan } from '../../../image/plan.ts'
import { checkFilePath } from '../../files/path.ts'
import type { RecentFiles, TypedFile } from '../../files/recent-files.ts'
import type { HashText } from '../../ports.ts'
import { placeIn } from '../../stores/object-path.ts'
import { findInputs, type InputLimits } from '../plan-inputs.ts'
import type { EngineChoice } from '../second-opinion.ts'
import { resultKeyText } from './result-key.ts'

/** The files of a request as they are now, and the name of the result that they give. */
export interface Sources {
  readonly source: TypedFile
  readonly inputs: readonly TypedFile[]
  readonly key: string
}

export interface SourcesDeps {
  readonly recent: RecentFiles
  readonly hash: HashText
  readonly limits: InputLimits
  readonly engine: EngineChoice
}

export interface SourcesWish {
  readonly account: string
  readonly path: string
  readonly plan: TransformPlan
  /** Looks all files up anew. */
  readonly fromCurrentFiles?: boolean
}

export type FindSources = (wish: SourcesWish) => Promise<Sources>

/**
 * Finds the files of a wish. The key names everything that the bytes depend on: the engine, the version of every file, and the plan.
 * @throws AppError `too_many_steps` before anything is looked up, `file_not_found`, `file_too_large`, `invalid_path`.
 */
export const createFindSources = ({ recent, hash, limits, engine }: SourcesDeps): FindSources =>
  async function findSources({ account, path, plan, fromCurrentFiles = false }) {
    const find = fromCurrentFiles ? recent.lookUp : recent.find
    const source = await find(account, placeIn(path) ? path : checkFilePath(path))
    if (!source) throw new AppError('file_not_found', { field: path })
    const inputs = await findInputs(find, account, plan, limits)
    return { source, inputs, key: await hash(resultKeyText({ source, inputs, plan, engine })) }
  }

/** The name of a result at the edge. Accounts never share an entry. A version of the URL and a reset of the cache make another entry. */
export const edgeKeyOf = (hash: HashText, account: string, path: string, version: string, key: string): Promise<string> =>
  hash([account, path, version, key].join('\n'))
