import * as z from 'zod'
import { metadataSchema, tagsSchema } from '../uploads/destination-schema.ts'

/** `{value, merge=false}` (docs/protocols/bytescale.md §5.5). */
const mergeable = <T extends z.ZodType>(value: T) => z.strictObject({ value, merge: z.boolean().optional() }).optional()

export const copiedMeta = { metadata: mergeable(metadataSchema), tags: mergeable(tagsSchema) }

/** Items of one batch request: its process has a job for each. */
export const MAX_BATCH = 1000
export const batchOf = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(MAX_BATCH)
