import * as z from 'zod'
import { AppError } from '../../../../errors.ts'
import type { createSave } from '../../../../service/render/save.ts'
import type { SaveLater } from '../../../../service/jobs/save-later.ts'
import { checkCopiedMeta } from '../../../../service/files/copy.ts'
import { createTimings } from '../../../../service/render/timings.ts'
import type { Clock, FileStore } from '../../../../service/ports.ts'
import { demandTags, permitOf, reachOf, type Caller } from '../../../../service/access/access.ts'
import { demandDetails } from '../../../../service/access/reading.ts'
import type { OpenTarget } from './target.ts'
import type { BytescaleContext } from '../env.ts'
import { readJsonBody } from '../../../json-body.ts'
import { serverTiming } from '../../../user-content.ts'
import { destinationSchema, metadataSchema, tagsSchema } from '../uploads/destination-schema.ts'
import { checkExtendedParams, extendedParamsSchema, extendedQuery } from './extended-params.ts'
import { cachePolicy } from './image.ts'
import { readImageWish } from './wish.ts'
import { describeJob, type JobDeps, type JobType } from '../api/jobs.ts'
import { mergeParameters } from './merge-parameters.ts'
import { timeToLive } from './time-to-live.ts'
import { rawFileUrl } from '../url.ts'

/** 400 KB of `extendedParams`, plus the other fields. */
const MAX_BODY_BYTES = 500_000

const merge = <T extends z.ZodType>(value: T) =>
  z.strictObject({ value, merge: z.boolean().optional(), setForAllArtifacts: z.boolean().optional() })
export const saveBody = z.strictObject({
  destination: destinationSchema.optional(),
  extendedParams: extendedParamsSchema.optional(),
  metadata: merge(metadataSchema).optional(),
  tags: merge(tagsSchema).optional(),
})

export interface SaveRouteDeps extends JobDeps {
  readonly files: FileStore
  readonly save: ReturnType<typeof createSave>
  readonly saveLater: SaveLater
  /** A larger source, in bytes, is processed later as a job. */
  readonly asyncSaveBytes: number
  readonly clock: Clock
}

/** `POST /{account}/save/image{path}?…`: ProcessFileAndSave (docs/protocols/bytescale.md §4). The caller needs the right to read the source and to write the destination. */
export async function answerSave(c: BytescaleContext, caller: Caller, target: OpenTarget, deps: SaveRouteDeps): Promise<Response> {
  const { account, standing } = target
  const { destination, metadata, tags, extendedParams } = await readJsonBody(c, saveBody, MAX_BODY_BYTES, checkExtendedParams)
  const query = mergeParameters(target.query, extendedQuery(extendedParams))
  const { path, plan, delivery } = await readImageWish(target, query, c.req.header('Accept'), deps.files)
  const ofPictures = delivery.explain ? 'explain' : delivery.deadlineMs === undefined ? undefined : 'deadline'
  if (ofPictures) throw new AppError('invalid_parameter', { field: ofPictures, reason: 'Expected it in an image URL, not in a save.' })
  if (plan.info) throw new AppError('invalid_parameter', { field: 'f', reason: 'Expected the format of a picture to save, received json.' })
  demandTags(caller, tags?.value ?? [])
  checkCopiedMeta({ metadata, tags })
  // What is merged of the source can be read in the new file.
  if (metadata?.merge || tags?.merge) demandDetails(caller, target.snapshot, path)
  const cache = cachePolicy(plan, delivery, timeToLive(delivery, target.cache, deps.clock), target)
  const request = { account, path, plan, standing, cache, destination, defaults: caller.defaults, metadata, tags, permit: permitOf(caller) }

  const source = await deps.files.head(account, path)
  if (!source) throw new AppError('file_not_found', { field: path })
  // RFC 7240: the caller asks for an answer before the work is done.
  const isLater = source.size > deps.asyncSaveBytes || /(^|[,;\s])respond-async($|[,;\s])/i.test(c.req.header('Prefer') ?? '')
  if (isLater) {
    const { requestId } = c.var
    const name: JobType = 'ProcessImageJob'
    const record = await deps.saveLater({ ...request, source, requestId, folder: reachOf(caller), name })
    return c.json({ async: true, ...describeJob(c, record) })
  }
  const timings = createTimings(deps.clock)
  const file = await deps.save(request, timings, (work) => c.executionCtx.waitUntil(work))
  c.header('Server-Timing', serverTiming(timings))
  return c.json({
    async: false,
    accountId: account,
    filePath: file.path,
    fileUrl: rawFileUrl(new URL(c.req.url).origin, account, file.path),
  })
}
