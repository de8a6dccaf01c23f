import * as z from 'zod'
import { JOB_TYPES } from './jobs.ts'

/** Answers about jobs, for `/-/openapi.json`. */

export const asyncResponse = z.strictObject({ jobDocs: z.url(), jobId: z.string(), jobType: z.enum(JOB_TYPES), jobUrl: z.url() })

export const jobSummary = asyncResponse.extend({
  accountId: z.string(),
  created: z.int().describe('Milliseconds since 1970.'),
  lastUpdated: z.int(),
  status: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled']),
  error: z.strictObject({ code: z.string(), message: z.string(), timestamp: z.iso.datetime() }).nullable(),
  summary: z.record(z.string(), z.unknown()).describe('What was done; its members are those of the type.'),
})
