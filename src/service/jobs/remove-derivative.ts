import { isDerivative } from '../files/derivation.ts'
import type { FileStore } from '../ports.ts'
import { readRemovalJob } from '../processes/removal-job.ts'
import { oneByOne, type JobRunner } from './runner.ts'

export interface RemoveJobsDeps {
  readonly files: FileStore
  /** Told of each file that is gone, so that results made of it are forgotten. */
  readonly removed: (account: string, path: string) => Promise<void>
}

/** Looks again before it deletes: the source may be back, and the file may be another source's derivative or a file of the owner. */
export const createRemoveJobs = ({ files, removed }: RemoveJobsDeps): JobRunner =>
  oneByOne(async ({ params }, { process }) => {
    const { source, path, rule } = readRemovalJob(params)
    const { account } = process.owner
    const isBack = (await files.head(account, source)) !== null
    const there = await files.head(account, path)
    const isOurs = there !== null && isDerivative(there, { rule, source })
    if (!isBack && isOurs) {
      await files.delete(account, [path])
      await removed(account, path)
    }
    return { kind: 'finished', result: { path, removed: !isBack && isOurs } }
  })
