import * as z from 'zod'
import type { DescribedDialect } from '../../openapi/call.ts'
import { FILE_CALLS } from './described/files.ts'
import { PROCESSING_CALLS } from './described/processing.ts'
import { UPLOAD_CALLS } from './described/uploads.ts'

/** The calls of this dialect, for `/-/openapi.json`. */
export const FILESTACK: DescribedDialect = {
  tag: 'filestack',
  description: 'Store, File and Processing API of Filestack, for apps of the configuration.',
  error: () =>
    z.union([
      z.strictObject({ result: z.literal('error'), error: z.strictObject({ code: z.int(), msg: z.string() }) }),
      z.strictObject({ error: z.string() }),
    ]),
  pathParameters: {
    handle: z
      .string()
      .regex(/^[A-Za-z0-9]{20}$/)
      .meta({ description: 'Of the file.', examples: ['rLNF34IvRWybiNIATg4D'] }),
    location: z.string().meta({ description: 'Where the file goes: `S3`, `azure`, `dropbox`, `rackspace` or `gcs`.', examples: ['S3'] }),
    app: z.string().describe('Key of the app.'),
    tasks: z.string().meta({
      description: 'Tasks with slashes between, and at the end the source: a handle, a URL, or `src://`.',
      examples: ['resize=width:400/rLNF34IvRWybiNIATg4D'],
    }),
    uploadId: z.string().describe('As `filestackStartUpload` answered it.'),
    number: z.int().min(1).describe('Of the part, from 1.'),
  },
  calls: [...FILE_CALLS, ...UPLOAD_CALLS, ...PROCESSING_CALLS],
}
