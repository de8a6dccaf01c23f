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
      .meta({ description: 'Id of the account.', examples: ['Emu1s1n'] }),
    filePath: z
      .string()
      .meta({ description: 'Path of the file without its first slash. Slashes stay as they are.', examples: ['folder/photo.jpg'] }),
    processing: z.string().meta({ description: '`image`, or the name of a preset.', examples: ['image'] }),
    uploadId: z.string().describe('As `beginMultipartUpload` answered it.'),
    uploadPartIndex: z.int().min(0).describe('Which part, from 0.'),
    jobType: z.enum(JOB_TYPES).describe('As the call that began the job answered it.'),
    jobId: z.string().describe('As the call that began the job answered it.'),
  },
  calls: [...CDN_CALLS, ...UPLOAD_CALLS, ...API_CALLS],
}
