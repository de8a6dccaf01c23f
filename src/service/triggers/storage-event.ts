import * as z from 'zod'
import type { Triggers } from './triggers.ts'

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

/**
 * Handles one event. It only says where something happened: the storage may have gone on since, and what is there now decides.
 * @throws AppError when storage or records cannot be reached: the event must be delivered again.
 */
export const createOnStorageEvent =
  ({ settle }: Triggers) =>
  async ({ object: { key } }: StorageEvent): Promise<void> => {
    const slash = key.indexOf('/')
    if (slash > 0) await settle(key.slice(0, slash), key.slice(slash))
  }
