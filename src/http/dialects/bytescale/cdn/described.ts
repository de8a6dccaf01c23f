import * as z from 'zod'
import type { ErrorCode } from '../../../../errors.ts'
import { type DescribedCall, jsonAnswer, jsonBody } from '../../../openapi/call.ts'
import { jobSummary } from '../api/described-jobs.ts'
import { DELIVERY_QUERY, IMAGE_QUERY } from '../image-query/described.ts'
import { tokenBody } from './access-tokens.ts'
import { saveBody } from './save.ts'

const ANYBODY = ['nobody', 'apiKey', 'basicKey'] as const

/** Of URLs that show a file. */
const READING: readonly ErrorCode[] = [
  'invalid_parameter',
  'unknown_parameter',
  'invalid_path',
  'unauthorized',
  'token_invalid',
  'signature_invalid',
  'forbidden',
  'not_found',
  'file_not_found',
  'gone',
  'precondition_failed',
  'range_not_satisfiable',
  'store_failed',
  'source_unavailable',
  'request_loop',
]

/** Of the making of a picture. */
const MAKING: readonly ErrorCode[] = [
  'not_cached',
  'too_many_steps',
  'file_too_large',
  'file_changed',
  'unsupported_format',
  'invalid_image',
  'too_many_pixels',
  'output_too_large',
  'max_bytes_not_reached',
  'not_lossless',
  'not_implemented',
  'quota_exceeded',
  'too_many_requests',
  'renderer_unavailable',
  'abandoned',
]

const signed = {
  sig: z
    .string()
    .meta({ description: 'The signature, `1.{key id}.{HMAC}`; the last parameter.', examples: ['1.key.c2lnbmF0dXJl'] })
    .optional(),
  enc: z
    .string()
    .meta({ description: 'All other parameters encrypted, `1.{key id}.{iv}.{ciphertext}`; alone.', examples: ['1.key.aXY.Y2lwaGVydGV4dA'] })
    .optional(),
}

const PICTURE_HEADERS = {
  ETag: 'Name of the result.',
  'Emulsion-Cache': 'Which tier has answered.',
  'Emulsion-Warnings': 'What was wrong with a damaged file that could still be shown.',
  'Server-Timing': 'What was planned, and what took how long.',
}

const saved = z.discriminatedUnion('async', [
  z.strictObject({ async: z.literal(false), accountId: z.string(), filePath: z.string(), fileUrl: z.url() }),
  jobSummary.extend({ async: z.literal(true) }),
])

/** Fields of docs/info.md, or of docs/explain.md. */
const told = z.record(z.string(), z.unknown())

export const CDN_CALLS: readonly DescribedCall[] = [
  {
    operationId: 'showImage',
    summary: 'Shows a stored picture, changed as the query says.',
    method: 'GET',
    path: '/{accountId}/{processing}/{filePath}',
    routes: ['/:account/:processing/*'],
    security: ANYBODY,
    query: IMAGE_QUERY.extend(signed),
    answers: {
      200: {
        description: 'The picture; with `f=json` or `explain=true` what is told of it.',
        body: { types: ['application/json'], schema: told, bytes: ['image/*'] },
        sometimes: PICTURE_HEADERS,
      },
      206: { description: 'A range of it.', body: { types: ['image/*'] } },
      304: { description: 'The client has it.' },
    },
    errors: [...READING, ...MAKING, 'method_not_allowed'],
  },
  {
    operationId: 'downloadFile',
    summary: 'Answers a stored file as it is.',
    method: 'GET',
    path: '/{accountId}/raw/{filePath}',
    routes: ['/:account/raw/*'],
    security: ANYBODY,
    query: DELIVERY_QUERY.extend(signed),
    answers: {
      200: { description: 'The file.', body: { types: ['*/*'] } },
      206: { description: 'A range of it.', body: { types: ['*/*'] } },
      304: { description: 'The client has it.' },
    },
    errors: [...READING, 'method_not_allowed'],
  },
  {
    operationId: 'processFileAndSave',
    summary: 'Makes a picture and stores it as a file.',
    method: 'POST',
    path: '/{accountId}/save/{processing}/{filePath}',
    routes: ['/:account/save/:processing/*'],
    security: ['apiKey', 'basicKey'],
    query: IMAGE_QUERY,
    headers: z.strictObject({ Prefer: z.string().describe('`respond-async`: a job does it.').optional() }),
    body: { ...jsonBody(saveBody, { destination: '/thumbnails/photo.webp' }), optional: true },
    answers: jsonAnswer('The file, or the job that makes it.', saved),
    errors: [...READING, ...MAKING, 'invalid_body', 'conflict', 'read_only', 'storage_full', 'method_not_allowed'],
  },
  {
    operationId: 'beginTokenSession',
    summary: 'Sets an access token as a cookie for reading.',
    method: 'PUT',
    path: '/api/v1/access_tokens/{accountId}',
    security: ['nobody'],
    query: z.strictObject({ 'set-cookie': z.boolean().describe('`true`: the answer sets the cookie.').optional() }),
    body: jsonBody(tokenBody),
    answers: jsonAnswer('The token, and for how long it is valid.', z.strictObject({ accessToken: z.string(), ttlSeconds: z.int() })),
    errors: ['invalid_body', 'token_invalid', 'not_found'],
  },
  {
    operationId: 'endTokenSession',
    summary: 'Removes the cookie.',
    method: 'DELETE',
    path: '/api/v1/access_tokens/{accountId}',
    security: ['nobody'],
    answers: jsonAnswer('The cookie is gone.', z.strictObject({})),
    errors: ['not_found'],
  },
]
