import * as z from 'zod'
import type { FileStore } from '../ports.ts'
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

export interface StorageEventDeps {
  readonly triggers: Pick<Triggers, 'settle'>
  readonly files: Pick<FileStore, 'head'>
  /** Forgets what was made of the file's other versions: also whoever writes to the bucket by another way replaces a file. */
  readonly forgetOthers: (account: string, path: string, etag: string | undefined) => Promise<void>
}

/**
 * Handles one event. It only says where something happened: the storage may have gone on since, and what is there now decides.
 * @throws AppError when storage or records cannot be reached: the event must be delivered again.
 */
export const createOnStorageEvent =
  ({ triggers, files, forgetOthers }: StorageEventDeps) =>
  async ({ object: { key } }: StorageEvent): Promise<void> => {
    const slash = key.indexOf('/')
    // What begins with a dot is the service's own: no account's id has one.
    if (slash <= 0 || key.startsWith('.')) return
    const [account, path] = [key.slice(0, slash), key.slice(slash)]
    const file = await files.head(account, path)
    await forgetOthers(account, path, file?.etag)
    await triggers.settle(account, path)
  }
