import * as z from 'zod'
import type { ErrorCode } from '../../../../errors.ts'
import { type DescribedCall, jsonAnswer, jsonBody } from '../../../openapi/call.ts'
import { commitBody, completeBody, pieceBody, startBody } from '../upload/bodies.ts'
import { OWNER } from './shared.ts'

const UPLOADING: readonly ErrorCode[] = [
  'unauthorized',
  'forbidden',
  'invalid_body',
  'invalid_parameter',
  'not_implemented',
  'upload_not_found',
  'upload_finished',
  'storage_full',
]

const part = { location_url: z.string() }

export const UPLOAD_CALLS: readonly DescribedCall[] = [
  {
    operationId: 'filestackStartUpload',
    summary: 'Begins an upload in parts.',
    method: 'POST',
    path: '/multipart/start',
    security: OWNER,
    body: jsonBody(startBody, { apikey: 'AxZ…', filename: 'photo.jpg', mimetype: 'image/jpeg', size: 1_000_000 }),
    answers: jsonAnswer(
      'The upload.',
      z.strictObject({
        ...part,
        uri: z.string(),
        region: z.string(),
        upload_id: z.string(),
        upload_type: z.literal('intelligent_ingestion').optional(),
      }),
    ),
    errors: [...UPLOADING, 'invalid_path', 'file_too_large', 'too_many_requests'],
  },
  {
    operationId: 'filestackPartUrl',
    summary: 'Where the bytes of a part go.',
    method: 'POST',
    path: '/multipart/upload',
    security: OWNER,
    body: jsonBody(pieceBody),
    answers: jsonAnswer('The URL.', z.strictObject({ ...part, url: z.url(), headers: z.strictObject({}) })),
    errors: UPLOADING,
  },
  {
    operationId: 'filestackPutPart',
    summary: 'Stores the bytes of a part, at the URL that `filestackPartUrl` has told.',
    method: 'PUT',
    path: '/multipart/part/{app}/{uploadId}/{number}',
    security: ['nobody'],
    query: z.strictObject({
      size: z.int().min(1).describe('Bytes of the part.'),
      offset: z.int().min(0).describe('Where in the part a chunk begins.').optional(),
      md5: z.string().describe('Of the bytes, in base64.').optional(),
      expires: z.string().describe('As the URL of the part has it.'),
      signature: z.string().describe('As the URL of the part has it.'),
    }),
    body: { types: ['application/octet-stream'] },
    answers: { 200: { description: 'The bytes are stored.', headers: { ETag: 'Of the part.' } } },
    errors: ['signature_invalid', 'gone', 'unauthorized', 'invalid_body', 'upload_not_found', 'upload_finished', 'storage_full'],
  },
  {
    operationId: 'filestackCommitPart',
    summary: 'Says that the chunks of a part are complete.',
    method: 'POST',
    path: '/multipart/commit',
    security: OWNER,
    body: jsonBody(commitBody),
    answers: jsonAnswer('The part is complete.', z.strictObject({})),
    errors: UPLOADING,
  },
  {
    operationId: 'filestackCompleteUpload',
    summary: 'Joins the parts.',
    method: 'POST',
    path: '/multipart/complete',
    security: OWNER,
    body: jsonBody(completeBody),
    answers: {
      200: {
        description: 'The stored file.',
        body: jsonBody(
          z.strictObject({
            handle: z.string(),
            url: z.url(),
            container: z.string(),
            key: z.string(),
            filename: z.string().nullable(),
            type: z.string(),
            mimetype: z.string(),
            size: z.int(),
            status: z.literal('Stored'),
          }),
        ),
      },
      202: { description: 'It goes on.', body: jsonBody(z.strictObject({ status: z.literal('Pending') })) },
    },
    errors: [...UPLOADING, 'conflict'],
  },
]
