import * as z from 'zod'
import { ACCOUNT_ID_PATTERN } from '../../../service/access/account-id.ts'
import type { DescribedDialect } from '../../openapi/call.ts'
import { API_CALLS } from './api/described.ts'
import { CDN_CALLS } from './cdn/described.ts'
import { UPLOAD_CALLS } from './uploads/described.ts'
import { JOB_TYPES } from './api/jobs.ts'

/** The calls of this dialect, for `/-/openapi.json`. */
export const BYTESCALE: DescribedDialect = {
  tag: 'bytescale',
  description: 'Image URLs, uploads, files, folders, jobs and the cache: the protocol of the Bytescale SDK.',
  error: (codes) =>
    z.strictObject({
      error: z.strictObject({
        code: z.enum(codes as [string, ...string[]]),
        message: z.string(),
        details: z.strictObject({ field: z.string() }).optional(),
        timestamp: z.iso.datetime(),
      }),
    }),
  pathParameters: {
    accountId: z
      .string()
      .regex(new RegExp(`^${ACCOUNT_ID_PATTERN}$`))
      .describe('Id of the account.'),
    filePath: z.string().describe('Path of the file without its first slash. Slashes stay as they are.'),
    processing: z.string().describe('`image`, or the name of a preset.'),
    uploadId: z.string(),
    uploadPartIndex: z.int().min(0).describe('From 0.'),
    jobType: z.enum(JOB_TYPES),
    jobId: z.string(),
  },
  calls: [...CDN_CALLS, ...UPLOAD_CALLS, ...API_CALLS],
}
