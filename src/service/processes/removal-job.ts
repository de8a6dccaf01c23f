import * as z from 'zod'
import type { JobDefinition, Json } from './record.ts'

const paramsSchema = z.object({ source: z.string(), path: z.string(), rule: z.string() })

/** What a job of the type `remove-derivative` says: delete what a rule made of a source that is gone. */
export type RemovalJob = z.output<typeof paramsSchema>

export const removalJob = (params: RemovalJob): JobDefinition => ({ type: 'remove-derivative', params, group: params.source })

export const readRemovalJob = (params: Json): RemovalJob => paramsSchema.parse(params)
