import * as z from 'zod'
import type { TransformPlan } from '../../image/plan.ts'
import type { JobDefinition, Json } from '../processes/record.ts'
import { type Standing, standingSchema } from '../protection/standing.ts'
import { readPlan } from '../render/plan-json.ts'
import type { Render } from '../render/results/render-request.ts'
import { oneByOne, type JobRunner } from './runner.ts'

const paramsSchema = z.object({ path: z.string(), plan: z.unknown(), standing: standingSchema })

/** A plan on a file, whose result is kept for the requests that will ask for it. */
export interface ResultWish {
  readonly path: string
  readonly plan: TransformPlan
  readonly standing: Standing
}

export const resultJob = ({ path, plan, standing }: ResultWish): JobDefinition => ({
  type: 'result',
  params: { path, plan: plan as unknown as Json, standing: { ...standing } }, // plans are plain JSON: zod made them of JSON
  group: path,
})

/** Kept for good, and by no data centre's edge. */
const KEPT = { use: true, only: false, permanent: true, ttlSeconds: 0, version: '' } as const

/** Makes a result and keeps it. One that is kept already is not made again. */
export const createResultJobs = (render: Render): JobRunner =>
  oneByOne(async (job, { process, timings, isWanted }) => {
    const { path, plan, standing } = paramsSchema.parse(job.params)
    const { account } = process.owner
    const deferred: Promise<unknown>[] = []
    const request = {
      account,
      path,
      plan: readPlan(plan),
      standing,
      cache: KEPT,
      lane: 'batch',
      fromCurrentFiles: true,
      isGone: () => !isWanted(),
    } as const
    const { body, mime, size, tier } = await render(request, timings, (work) => deferred.push(work.catch(() => undefined)))
    await Promise.all(deferred)
    if (!(body instanceof Uint8Array)) await body.cancel()
    return { kind: 'finished', result: { mime, bytes: size, tier } }
  })
