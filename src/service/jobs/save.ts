import * as z from 'zod'
import { pinnedHead } from '../files/pinned-head.ts'
import { nameOfJob, oneByOne, type JobRunner } from './runner.ts'
import { readPlan } from '../render/plan-json.ts'
import type { FileInfo, FileStore } from '../ports.ts'
import type { JobDefinition, Json } from '../processes/record.ts'
import { standingSchema } from '../protection/standing.ts'
import type { CachePolicy } from '../render/results/render-request.ts'
import type { createSave, SaveRequest } from '../render/save.ts'

const paramsSchema = z.object({
  path: z.string(),
  plan: z.unknown(),
  standing: standingSchema,
  cache: z.custom<CachePolicy>((value) => typeof value === 'object'),
  destination: z.string(),
  exclusive: z.boolean(),
  version: z.string().optional(),
  metadata: z.custom<SaveRequest['metadata']>().optional(),
  tags: z.custom<SaveRequest['tags']>().optional(),
})

/** A save whose destination is settled: `exclusive` when nothing may be there yet (files/choose-path.ts). */
export type SaveJob = Pick<SaveRequest, 'path' | 'plan' | 'standing' | 'cache' | 'metadata' | 'tags'> & {
  readonly destination: string
  readonly exclusive: boolean
  /** ETag of the source that the save was ordered for. */
  readonly version: string
}

/** Renders and stores the result as a new file. Its result names the file: `{ path, bytes, mime, etag }`. */
export const saveJob = (job: SaveJob): JobDefinition => ({ type: 'save', params: JSON.parse(JSON.stringify(job)) as Json, group: job.path })

export interface SaveJobsDeps {
  readonly files: FileStore
  readonly save: ReturnType<typeof createSave>
}

/** An attempt that finds the work of an earlier one does nothing more: a save onto its own source must not be done twice. */
export const createSaveJobs = ({ files, save }: SaveJobsDeps): JobRunner =>
  oneByOne(async (job, context) => {
    const { plan, exclusive, destination, version, ...rest } = paramsSchema.parse(job.params)
    const { account } = context.process.owner
    const origin = { job: nameOfJob(context, job) }
    const done = async (): Promise<FileInfo | null> => {
      const there = job.attempt > 1 ? await files.head(account, destination) : null
      return there?.origin?.job === origin.job ? there : null
    }
    const before = await done()
    if (before) return { kind: 'finished', result: resultOf(before) }
    if (version !== undefined) await pinnedHead(files, { [rest.path]: version })(account, rest.path)
    const permit = { create: () => true, overwrite: () => !exclusive }
    const deferred: Promise<unknown>[] = []
    const request: SaveRequest = { ...rest, account, plan: readPlan(plan), destination, permit, origin, lane: 'batch' }
    const stored = await save(request, context.timings, (work) => deferred.push(work.catch(() => undefined))).catch(
      async (thrown: unknown) => {
        // An earlier attempt that was given up may have gone on and stored the file meanwhile.
        const found = await done()
        if (found) return found
        throw thrown
      },
    )
    await Promise.all(deferred)
    return { kind: 'finished', result: resultOf(stored) }
  })

const resultOf = ({ path, size, mime, etag }: FileInfo): Json => ({ path, bytes: size, mime, etag })
