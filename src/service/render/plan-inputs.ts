import { AppError } from '../../errors.ts'
import { checkSteps, planInputs, type TransformPlan } from '../../image/plan.ts'
import type { SourceFile } from '../files/recent-files.ts'

/** Look-ups under way at the same time: the platform lets a request have six connections. */
const AT_A_TIME = 4

/** Finds the current version of a file; `null` when there is none. */
export type FindFile<F extends SourceFile = SourceFile> = (account: string, path: string) => Promise<F | null>

export interface InputLimits {
  readonly maxSteps: number
  /** Of the source, and of all other files of a plan together. */
  readonly maxFileBytes: number
}

/**
 * The files that a plan reads beside its source, each once, in the order of their first use.
 * @throws AppError `too_many_steps` before anything is looked up, `file_not_found`, `file_too_large`.
 */
export async function findInputs<F extends SourceFile>(
  find: FindFile<F>,
  account: string,
  plan: TransformPlan,
  limits: InputLimits,
): Promise<readonly F[]> {
  checkSteps(plan.steps, limits.maxSteps)
  const paths = [...new Set(planInputs(plan).map(({ path }) => path))]
  const found: F[] = []
  for (let i = 0; i < paths.length; i += AT_A_TIME) {
    const some = paths.slice(i, i + AT_A_TIME)
    found.push(...(await Promise.all(some.map(async (path) => (await find(account, path)) ?? refuseMissing(path)))))
  }
  const bytes = found.reduce((sum, { size }) => sum + size, 0)
  if (bytes > limits.maxFileBytes) {
    throw new AppError('file_too_large', {
      reason: `Expected at most ${limits.maxFileBytes} bytes in all files that are drawn, received ${bytes}.`,
    })
  }
  return found
}

function refuseMissing(path: string): never {
  throw new AppError('file_not_found', { field: path })
}
