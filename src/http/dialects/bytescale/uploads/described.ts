import * as z from 'zod'
import type { ErrorCode } from '../../../../errors.ts'
import { type DescribedCall, jsonAnswer, jsonBody } from '../../../openapi/call.ts'
import { urlUploadBody } from './from-url.ts'
import { beginSchema, completeSchema } from './multipart.ts'

const KEYS = ['apiKey', 'basicKey'] as const
const STORING: readonly ErrorCode[] = [
  'unauthorized',
  'token_invalid',
  'forbidden',
  'invalid_parameter',
  'unknown_parameter',
  'invalid_body',
  'invalid_path',
  'file_too_large',
  'read_only',
  'conflict',
  'storage_full',
]
const PARTS: readonly ErrorCode[] = ['unauthorized', 'token_invalid', 'forbidden', 'invalid_parameter', 'upload_not_found']
const at = (path: string): Pick<DescribedCall, 'path' | 'security'> => ({
  path: `/v2/accounts/{accountId}${path}`,
  security: KEYS,
})

const uploadQuery = z.strictObject({
  filePath: z.string().startsWith('/').describe('Where the file goes, as it stands; not beside the next five.').optional(),
  folderPath: z.string().describe('The folder of the file; without it that of the key, or `/uploads`.').optional(),
  folderPathVariablesEnabled: z.boolean().describe('Whether `{UTC_YEAR}` and the like stand for something in `folderPath`.').optional(),
  fileName: z.string().describe('Name of the file in that folder.').optional(),
  fileNameFallback: z.string().describe('The name where a variable of `fileName` has no value.').optional(),
  fileNameVariablesEnabled: z
    .boolean()
    .describe('Whether `{ORIGINAL_FILE_NAME}` and the like stand for something in `fileName`.')
    .optional(),
  originalFileName: z.string().describe('The name that downloads have.').optional(),
  tag: z.array(z.string()).describe('A tag of the file; may occur several times.').optional(),
})
const uploadHeaders = z.strictObject({ 'X-Upload-Metadata': z.string().describe('The metadata of the file, a JSON object.').optional() })

const basicUpload = z.strictObject({ accountId: z.string(), etag: z.string(), filePath: z.string(), fileUrl: z.url() })
const part = z.strictObject({
  uploadId: z.string(),
  uploadPartIndex: z.int(),
  uploadUrl: z.url().describe('Takes the bytes by PUT, without other credentials, for an hour.'),
  range: z.strictObject({ inclusiveStart: z.int(), inclusiveEnd: z.int() }),
})
const begun = z.strictObject({
  file: basicUpload.extend({
    etag: z.null(),
    lastModified: z.int(),
    metadata: z.record(z.string(), z.unknown()),
    mime: z.string(),
    originalFileName: z.string().nullable(),
    size: z.int(),
    tags: z.array(z.string()),
  }),
  uploadId: z.string(),
  uploadParts: z.strictObject({ count: z.int(), first: part }),
})
const formResult = z.strictObject({
  files: z.array(basicUpload.extend({ formDataFieldName: z.string().nullable() })),
  errors: z.array(z.strictObject({ error: z.record(z.string(), z.unknown()), formDataFieldName: z.string().nullable() })),
})

export const UPLOAD_CALLS: readonly DescribedCall[] = [
  {
    operationId: 'beginMultipartUpload',
    summary: 'Begins an upload in parts.',
    method: 'POST',
    ...at('/uploads'),
    body: jsonBody(beginSchema, { size: 1_000_000, mime: 'image/jpeg', path: '/photo.jpg', protocol: '1.1' }),
    answers: jsonAnswer('The upload, and where its first part goes.', begun),
    errors: [...STORING, 'too_many_requests'],
  },
  {
    operationId: 'uploadBinary',
    summary: 'Stores the body as a file.',
    method: 'POST',
    ...at('/uploads/binary'),
    query: uploadQuery,
    headers: uploadHeaders,
    body: { types: ['image/jpeg', 'image/png', 'application/octet-stream', '*/*'] },
    answers: jsonAnswer('The stored file.', basicUpload),
    errors: STORING,
  },
  {
    operationId: 'uploadFormData',
    summary: 'Stores the files of a form.',
    method: 'POST',
    ...at('/uploads/form_data'),
    query: uploadQuery,
    headers: uploadHeaders,
    body: { types: ['multipart/form-data'], schema: z.record(z.string(), z.string().meta({ format: 'binary' })) },
    answers: jsonAnswer('What was stored, and what failed.', formResult),
    errors: STORING,
  },
  {
    operationId: 'uploadFromUrl',
    summary: 'Fetches a file and stores it.',
    method: 'POST',
    ...at('/uploads/url'),
    body: jsonBody(urlUploadBody, { url: 'https://example.com/photo.jpg', path: '/photo.jpg' }),
    answers: jsonAnswer('The stored file.', basicUpload),
    errors: [...STORING, 'source_unavailable'],
  },
  {
    operationId: 'abortUpload',
    summary: 'Gives an upload in parts up.',
    method: 'DELETE',
    ...at('/uploads/{uploadId}'),
    answers: jsonAnswer('Its parts are gone.', z.strictObject({})),
    errors: [...PARTS, 'upload_finished'],
  },
  {
    operationId: 'listUploadParts',
    summary: 'Which parts are missing.',
    method: 'GET',
    ...at('/uploads/{uploadId}/parts'),
    answers: jsonAnswer('The indexes of the parts.', z.strictObject({ remainingUploadParts: z.array(z.int()) })),
    errors: PARTS,
  },
  {
    operationId: 'getUploadPart',
    summary: 'Where a part goes.',
    method: 'GET',
    ...at('/uploads/{uploadId}/parts/{uploadPartIndex}'),
    answers: jsonAnswer('The part.', part),
    errors: PARTS,
  },
  {
    operationId: 'completeUploadPart',
    summary: 'Says that a part is stored; with the last one the file appears.',
    method: 'PUT',
    ...at('/uploads/{uploadId}/parts/{uploadPartIndex}'),
    body: jsonBody(completeSchema, { etag: '"0123456789abcdef"' }),
    answers: jsonAnswer(
      'Whether the file is there.',
      z.union([z.strictObject({ status: z.literal('Completed'), etag: z.string() }), z.strictObject({ status: z.literal('Pending') })]),
    ),
    errors: [...PARTS, 'invalid_body', 'upload_finished', 'conflict', 'storage_full'],
  },
  {
    operationId: 'putUploadPart',
    summary: 'Stores the bytes of a part, at the URL that an upload has told.',
    method: 'PUT',
    ...at('/uploads/{uploadId}/parts/{uploadPartIndex}/content'),
    security: ['nobody'],
    query: z.strictObject({
      expires: z.string().describe('As the URL of the part has it.'),
      signature: z.string().describe('As the URL of the part has it.'),
    }),
    body: { types: ['application/octet-stream'] },
    answers: { 200: { description: 'The bytes are stored.', headers: { ETag: 'Of the part, for `completeUploadPart`.' } } },
    errors: [
      'signature_invalid',
      'gone',
      'invalid_parameter',
      'invalid_body',
      'upload_not_found',
      'upload_finished',
      'file_too_large',
      'storage_full',
      'not_found',
    ],
  },
  {
    operationId: 'uploadBasic',
    summary: 'An older call: stores the body as a file of the account of the key.',
    method: 'POST',
    path: '/v1/files/basic',
    security: KEYS,
    query: uploadQuery,
    headers: uploadHeaders,
    body: { types: ['image/jpeg', 'image/png', 'application/octet-stream', '*/*'] },
    answers: jsonAnswer('The stored file.', basicUpload),
    errors: STORING,
  },
]
