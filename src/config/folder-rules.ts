import * as z from 'zod'
import { AppError } from '../errors.ts'
import type { FolderRule } from '../service/protection/rules.ts'
import { type PlanJson, readPlan } from '../service/render/plan-json.ts'
import type { Resolver } from './reference.ts'

const stepsJson = z
  .array(z.custom<NonNullable<PlanJson['steps']>[number]>((value) => typeof value === 'object' && value !== null))
  .default([])

/** What every picture of a folder's files goes through, whatever its URL wishes. */
export const folderRuleSchema = z.strictObject({
  folder: z
    .string()
    .regex(/^\/([^/]+(\/[^/]+)*)?$/)
    .describe('What is in it and below it.'),
  before: stepsJson.describe(
    'Steps on the upright source before all others, for what must not be seen: `{ op, params }` as in docs/operations.md.',
  ),
  after: stepsJson.describe('Steps on the finished picture, as a watermark.'),
  bypass: z
    .enum(['key', 'signed'])
    .default('key')
    .describe('Who sees the files without the rule: a secret key in `Authorization`, or signed URLs and Filestack policies too.'),
})

export const readFolderRules = (
  rules: readonly z.output<typeof folderRuleSchema>[],
  account: string,
  { problem }: Resolver,
): readonly FolderRule[] =>
  rules.map(({ folder, before, after, bypass }) => {
    const read = (name: string, steps: PlanJson['steps']): FolderRule['before'] => {
      try {
        return readPlan({ steps }).steps
      } catch (thrown) {
        const { field, reason } = AppError.from(thrown)
        problem(`accounts: ${name} of the rule for ${folder} of ${account}: ${field}: ${reason}`)
        return []
      }
    }
    return { folder, before: read('before', before), after: read('after', after), bypass }
  })
