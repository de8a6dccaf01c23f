import * as z from 'zod'
import { oneByOne, type JobRunner } from './runner.ts'
import type { FileStore } from '../ports.ts'
import type { JobDefinition } from '../processes/record.ts'
import { RULE_MARK } from '../processes/trigger-mark.ts'

const paramsSchema = z.object({ source: z.string(), path: z.string(), rule: z.string() })

/** Deletes a derivative of a source that is gone. */
export const removeDerivativeJob = (params: z.output<typeof paramsSchema>): JobDefinition => ({
  type: 'remove-derivative',
  params,
  group: params.source,
})

export interface RemoveJobsDeps {
  readonly files: FileStore
  /** Told of each file that is gone, so that results made of it are forgotten. */
  readonly removed: (account: string, path: string) => Promise<void>
}

/** Looks again before it deletes: the source may be back, and somebody may have put a file of his own where the derivative was. */
export const createRemoveJobs = ({ files, removed }: RemoveJobsDeps): JobRunner =>
  oneByOne(async ({ params }, { process }) => {
    const { source, path, rule } = paramsSchema.parse(params)
    const { account } = process.owner
    const isBack = (await files.head(account, source)) !== null
    const isOurs = (await files.head(account, path))?.metadata[RULE_MARK] === rule
    if (!isBack && isOurs) {
      await files.delete(account, [path])
      await removed(account, path)
    }
    return { kind: 'finished', result: { path, removed: !isBack && isOurs } }
  })
