import * as z from 'zod'

/** The message of R2's event notifications, as a consumer receives it. */
const schema = z.object({
  account: z.string().optional(),
  action: z.enum(['PutObject', 'CopyObject', 'CompleteMultipartUpload', 'DeleteObject', 'LifecycleDeletion']),
  bucket: z.string().optional(),
  object: z.object({ key: z.string(), size: z.number().optional(), eTag: z.string().optional() }),
  eventTime: z.string(),
})

export type StorageEvent = z.output<typeof schema>

/** `null` for a message of any other form. */
export const readStorageEvent = (message: unknown): StorageEvent | null => schema.safeParse(message).data ?? null
