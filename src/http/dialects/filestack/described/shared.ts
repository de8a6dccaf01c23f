import * as z from 'zod'
import type { ErrorCode } from '../../../../errors.ts'

/** What several descriptions say. */

export const OWNER = ['nobody', 'appOwner'] as const
export const RIGHTS: readonly ErrorCode[] = ['unauthorized', 'forbidden', 'invalid_parameter', 'unknown_parameter']
export const STORING: readonly ErrorCode[] = [
  ...RIGHTS,
  'invalid_body',
  'invalid_path',
  'file_too_large',
  'not_implemented',
  'read_only',
  'conflict',
  'source_unavailable',
  'store_failed',
  'storage_full',
  'too_many_requests',
]

export const stored = z.strictObject({
  container: z.string().optional(),
  handle: z.string(),
  url: z.url(),
  filename: z.string(),
  key: z.string(),
  type: z.string(),
  size: z.int(),
})
/** Of which docs/filestack.md tells. */
export const fields = z.record(z.string(), z.unknown())
