import * as z from 'zod'
import { METADATA_WISHES, MOST_MAX_BYTES, QUALITY_WISHES } from '../../../image/plan.ts'
import { type DescribedCall, type DescribedDialect, jsonAnswer, jsonBody } from '../../openapi/call.ts'
import { transformation } from './described-transformations.ts'

/** The calls of this dialect, for `/-/openapi.json`. Bodies are read field by field, and unknown fields are ignored with a warning (docs/batch.md). */

const SECRET = ['batchSecret'] as const
const OWN = ['unauthorized', 'forbidden', 'job_not_found'] as const

const status = z.enum(['PENDING', 'PROCESSING', 'FINISHED', 'FAILED'])
const time = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
const failure = z.strictObject({ code: z.string(), message: z.string() }).nullable()

const job = z.object({
  destination: z.string().describe('Path of the result. Its extension names the format.'),
  transformations: z.array(transformation).max(100).describe('What is done, in this order.').optional(),
  quality: z.union([z.number().min(0).max(100), z.string(), z.enum(Object.keys(QUALITY_WISHES))]).optional(),
  max_bytes: z.int().min(1).max(MOST_MAX_BYTES).optional(),
  lossless: z.boolean().optional(),
  palette: z.boolean().optional(),
  anim: z.boolean().optional(),
  cm: z.enum(['srgb', 'keep']).optional(),
  metadata: z.enum(Object.keys(METADATA_WISHES)).optional(),
})
const serviceId = z.union([z.int().min(0), z.string().regex(/^\d+$/)])
const createBody = z.object({
  service_id: serviceId,
  source: z.string().describe('Path of the picture.'),
  jobs: z.array(job).min(1).max(100),
  callback: z.url().describe('Is sent the outcome by POST, signed.').optional(),
})
const retryBody = z.object({ service_id: serviceId, process_ids: z.array(z.string()).min(1).max(100) })

const started = z.strictObject({ status: z.literal('SUCCESS'), process_id: z.string() })
const presented = z.strictObject({ status, updated_at: time })
const attempt = z.strictObject({ started_at: time, milliseconds: z.int(), error: failure })
const details = presented.extend({
  process_id: z.string(),
  service_id: z.int().nullable(),
  kind: z.string(),
  name: z.string(),
  created_at: time,
  attempt: z.int(),
  error: failure,
  warnings: z.array(z.string()),
  expires_at: time.nullable(),
  jobs: z.array(
    z.strictObject({
      source: z.unknown(),
      destination: z.unknown(),
      status: z.enum(['PENDING', 'RUNNING', 'FINISHED', 'FAILED', 'CANCELLED']),
      attempts: z.int(),
      started_at: time.nullable(),
      ended_at: time.nullable(),
      milliseconds: z.int().nullable(),
      error: failure,
      result: z.unknown(),
      log: z.array(attempt),
    }),
  ),
  callback: z
    .strictObject({
      url: z.url(),
      status: z.enum(['WAITING', 'PENDING', 'DELIVERED', 'FAILED', 'STOPPED']).optional(),
      attempts: z.int().optional(),
      next_attempt_at: time.nullable(),
      log: z
        .array(z.strictObject({ at: time, attempt: z.int(), http_status: z.int().nullable(), error: z.string().nullable() }))
        .optional(),
    })
    .nullable(),
})
const summary = z.strictObject({
  process_id: z.string(),
  kind: z.string(),
  name: z.string(),
  status,
  attempt: z.int(),
  jobs: z.unknown(),
  error: failure,
  created_at: time,
  updated_at: time,
})

const one = (path: string): Pick<DescribedCall, 'path' | 'security'> => ({
  path: `/request/{processId}${path}`,
  security: SECRET,
})

export const BATCH: DescribedDialect = {
  tag: 'batch',
  description: 'Many pictures of one source by one request: the Batch Image Processing API.',
  error: () => z.strictObject({ message: z.string() }),
  pathParameters: {
    processId: z
      .string()
      .regex(/^[\w-]{21}$/)
      .meta({ description: 'As `createProcess` answered it.', examples: ['V1StGXR8_Z5jdHi6B-myT'] }),
  },
  calls: [
    {
      operationId: 'createProcess',
      summary: 'Starts a process of up to 100 jobs over one source.',
      method: 'POST',
      path: '/request',
      security: SECRET,
      headers: z.strictObject({
        'Idempotency-Key': z.string().describe('A repeated request with the same key starts nothing.').optional(),
      }),
      body: jsonBody(createBody, {
        service_id: 1,
        source: '/photo.jpg',
        jobs: [{ destination: '/thumbs/photo.webp', transformations: [{ type: 'resize', width: 200 }] }],
      }),
      answers: jsonAnswer('It is recorded.', started),
      errors: ['unauthorized', 'forbidden', 'invalid_body', 'invalid_parameter', 'invalid_path', 'idempotency_conflict', 'storage_full'],
    },
    {
      operationId: 'listProcesses',
      summary: 'Lists processes, newest first.',
      method: 'GET',
      path: '/request',
      security: SECRET,
      query: z.strictObject({
        service_id: z.int().min(0).describe('Of this service alone.').optional(),
        status: status.describe('In this state alone.').optional(),
        kind: z.enum(['batch', 'trigger']).describe('Begun by a request, or by a rule.').optional(),
        limit: z.int().min(1).max(200).describe('Processes of a page, at most; 50 without it.').optional(),
        cursor: z.string().describe('Of the page before.').optional(),
      }),
      answers: jsonAnswer('A page.', z.strictObject({ items: z.array(summary), cursor: z.string().nullable() })),
      errors: ['unauthorized', 'forbidden', 'invalid_parameter', 'unknown_parameter'],
    },
    {
      operationId: 'getProcess',
      summary: 'Tells how a process stands.',
      method: 'GET',
      ...one(''),
      query: z.strictObject({ details: z.boolean().describe('All that is known of it, job by job.').optional() }),
      answers: jsonAnswer('The process.', z.union([presented, details])),
      errors: OWN,
    },
    {
      operationId: 'watchProcess',
      summary: 'Its events as they happen, until it ends.',
      method: 'GET',
      ...one('/events'),
      headers: z.strictObject({ 'Last-Event-ID': z.string().describe('Resumes behind that event.').optional() }),
      query: z.strictObject({ last_event_id: z.string().describe('The same, for clients that cannot send the header.').optional() }),
      answers: {
        200: { description: 'Server-sent events.', body: { types: ['text/event-stream'], schema: z.string() } },
        204: { description: 'The client has seen all of them.' },
      },
      errors: OWN,
    },
    {
      operationId: 'cancelProcess',
      summary: 'Cancels what has not been done.',
      method: 'DELETE',
      ...one(''),
      answers: jsonAnswer('The process.', presented),
      errors: OWN,
    },
    {
      operationId: 'replayCallback',
      summary: 'Sends the callback of a process that has ended again.',
      method: 'POST',
      ...one('/callback'),
      answers: jsonAnswer('It will be sent.', started),
      errors: [...OWN, 'wrong_state'],
    },
    {
      operationId: 'retryProcesses',
      summary: 'Starts processes that have ended again.',
      method: 'POST',
      path: '/retry',
      security: SECRET,
      body: jsonBody(retryBody, { service_id: 1, process_ids: ['V1StGXR8_Z5jdHi6B-myT'] }),
      answers: jsonAnswer(
        'One entry for each id.',
        z.array(z.strictObject({ status: z.int(), process_id: z.string(), description: z.string() })),
      ),
      errors: ['unauthorized', 'forbidden', 'invalid_body', 'invalid_parameter'],
    },
  ],
}
