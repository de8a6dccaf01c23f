import * as z from 'zod'
import { AppError } from '../../errors.ts'
import { oneByOne, type JobRunner } from './runner.ts'
import { readPlan } from '../render/plan-json.ts'
import type { FileInfo, FileStore } from '../ports.ts'
import type { JobDefinition, Json } from '../processes/record.ts'
import type { CachePolicy } from '../render/render.ts'
import type { createSave, SaveRequest } from '../render/save.ts'

const paramsSchema = z.object({
  path: z.string(),
  plan: z.unknown(),
  cache: z.custom<CachePolicy>((value) => typeof value === 'object'),
  destination: z.string(),
  exclusive: z.boolean(),
  metadata: z.custom<SaveRequest['metadata']>().optional(),
  tags: z.custom<SaveRequest['tags']>().optional(),
})

/** A save whose destination is settled: `exclusive` when nothing may be there yet (service/choose-path.ts). */
export type SaveJob = Pick<SaveRequest, 'path' | 'plan' | 'cache' | 'metadata' | 'tags'> & {
  readonly destination: string
  readonly exclusive: boolean
}

/** Renders and stores the result as a new file. Its result names the file: `{ path, bytes, mime, etag }`. */
export const saveJob = (job: SaveJob): JobDefinition => ({ type: 'save', params: JSON.parse(JSON.stringify(job)) as Json, group: job.path })

export interface SaveJobsDeps {
  readonly files: FileStore
  readonly save: ReturnType<typeof createSave>
}

export const createSaveJobs = ({ files, save }: SaveJobsDeps): JobRunner =>
  oneByOne(async ({ params, attempt }, { process, timings }) => {
    const { plan, exclusive, destination, ...rest } = paramsSchema.parse(params)
    const { account } = process.owner
    const permit = { create: () => true, overwrite: () => !exclusive }
    const deferred: Promise<unknown>[] = []
    const request: SaveRequest = { ...rest, account, plan: readPlan(plan), destination, permit, lane: 'batch' }
    const stored = await save(request, timings, (work) => deferred.push(work.catch(() => undefined))).catch(async (thrown: unknown) => {
      // An earlier attempt may have stored the file and died before it could say so.
      const found = attempt > 1 && AppError.from(thrown).code === 'forbidden' ? await files.head(account, destination) : null
      if (found && found.lastModified.getTime() >= process.createdAt) return found
      throw thrown
    })
    await Promise.all(deferred)
    return { kind: 'finished', result: resultOf(stored) }
  })

const resultOf = ({ path, size, mime, etag }: FileInfo): Json => ({ path, bytes: size, mime, etag })
