import * as z from 'zod'
import type { CopyFile } from '../files/copy.ts'
import { nameOfJob, oneByOne, type JobRunner } from './runner.ts'
import type { FileMeta, FileStore } from '../ports.ts'
import type { JobDefinition, Json } from '../processes/record.ts'
import type { Merge } from '../files/copy.ts'

/** Files of one message: enough to be quick, few enough to end well inside a consumer's limits. */
export const DELETED_PER_JOB = 100

const deleteSchema = z.object({ paths: z.array(z.string()) })
const copySchema = z.object({
  source: z.string(),
  destination: z.string(),
  mayOverwrite: z.boolean(),
  metadata: z.custom<Merge<FileMeta['metadata']>>().optional(),
  tags: z.custom<Merge<readonly string[]>>().optional(),
})

/** Deletes up to `DELETED_PER_JOB` files; those that are not there count as deleted. */
export const deleteFilesJob = (paths: readonly string[]): JobDefinition => ({
  type: 'delete-files',
  params: { paths },
  group: paths[0] ?? '',
})

export const copyFileJob = (job: z.output<typeof copySchema>): JobDefinition => ({
  type: 'copy-file',
  params: JSON.parse(JSON.stringify(job)) as Json, // drops what is undefined
  group: job.source,
})

export interface FileJobDeps {
  readonly files: FileStore
  readonly copyFile: CopyFile
  /** Told of each file that is gone, so that results made of it are forgotten. */
  readonly removed: (account: string, path: string) => Promise<void>
}

export const createDeleteFilesJobs = ({ files, removed }: FileJobDeps): JobRunner =>
  oneByOne(async ({ params }, { process }) => {
    const { paths } = deleteSchema.parse(params)
    const { account } = process.owner
    await files.delete(account, paths)
    for (const path of paths) await removed(account, path)
    return { kind: 'finished', result: { filesDeleted: paths.length } }
  })

export const createCopyFileJobs = ({ copyFile }: FileJobDeps): JobRunner =>
  oneByOne(async (job, context) => {
    const request = copySchema.parse(job.params)
    await copyFile({ ...request, account: context.process.owner.account, origin: { job: nameOfJob(context, job) } })
    return { kind: 'finished', result: { filesCopied: 1 } }
  })
