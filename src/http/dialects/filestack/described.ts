import * as z from 'zod'
import type { ErrorCode } from '../../../errors.ts'
import { HASHES } from '../../../service/handles/ports.ts'
import { type DescribedBody, type DescribedDialect, jsonAnswer, jsonBody } from '../../openapi/call.ts'
import { prefetchBody } from './process/prefetch.ts'
import { processBody } from './process/answer.ts'
import { commitBody, completeBody, pieceBody, startBody } from './upload/bodies.ts'

/** The calls of this dialect, for `/-/openapi.json`. */

const OWNER = ['nobody', 'appOwner'] as const
const RIGHTS: readonly ErrorCode[] = ['unauthorized', 'forbidden', 'invalid_parameter', 'unknown_parameter']
const STORING: readonly ErrorCode[] = [
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

const rights = { policy: z.string().optional(), signature: z.string().optional() }
const fileQuery = z.strictObject({ ...rights, key: z.string().optional() })
const content = {
  ...rights,
  filename: z.string().optional(),
  mimetype: z.string().optional(),
  base64decode: z.boolean().optional(),
}
const storeQuery = z.strictObject({
  ...content,
  key: z.string().describe('Of the app.'),
  path: z.string().optional(),
  container: z.string().optional(),
  disableStorageKey: z.boolean().optional(),
  access: z.enum(['private', 'public']).optional(),
})
const flags = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, z.boolean().optional()]))
const METADATA = [
  'size',
  'mimetype',
  'filename',
  'uploaded',
  'writeable',
  'location',
  'path',
  'container',
  'cloud',
  'source_url',
  'sourceUrl',
]
const metadataQuery = fileQuery.extend(flags([...METADATA, 'width', 'height', 'exif', 'cache', ...HASHES]))

/** A file as bytes, as a form, or its URL. */
const file: DescribedBody = { types: ['image/jpeg', 'application/octet-stream', '*/*'] }

const stored = z.strictObject({
  container: z.string().optional(),
  handle: z.string(),
  url: z.url(),
  filename: z.string(),
  key: z.string(),
  type: z.string(),
  size: z.int(),
})
const removed = z.strictObject({ success: z.literal(true) })
const part = { location_url: z.string() }

export const FILESTACK: DescribedDialect = {
  tag: 'filestack',
  description: 'Store, File and Processing API of Filestack, for apps of the configuration.',
  error: () =>
    z.union([
      z.strictObject({ result: z.literal('error'), error: z.strictObject({ code: z.int(), msg: z.string() }) }),
      z.strictObject({ error: z.string() }),
    ]),
  pathParameters: {
    handle: z.string().regex(/^[A-Za-z0-9]{20}$/),
    location: z.string().describe('Where the file goes, as `S3`.'),
    rest: z.string(),
    app: z.string().describe('Key of the app.'),
    tasks: z.string().describe('Tasks such as `resize=width:400`, with slashes between, and at the end the source.'),
    uploadId: z.string(),
    number: z.int().min(1),
  },
  calls: [
    {
      operationId: 'filestackStore',
      summary: 'Stores a file, or the file of a URL.',
      method: 'POST',
      path: '/api/store/{location}',
      routes: ['/api/store/:location?/:rest?', '/api/store/'],
      security: OWNER,
      query: storeQuery,
      body: file,
      answers: jsonAnswer('The stored file.', stored),
      errors: STORING,
    },
    {
      operationId: 'filestackStoreAt',
      summary: 'The same under another path.',
      method: 'POST',
      path: '/store/{location}',
      routes: ['/store/:location/:handle?'],
      security: OWNER,
      query: storeQuery,
      body: file,
      answers: jsonAnswer('The stored file.', stored),
      errors: STORING,
    },
    {
      operationId: 'filestackGetFile',
      summary: 'Answers the file of a handle.',
      method: 'GET',
      path: '/api/file/{handle}',
      security: OWNER,
      query: fileQuery.extend({ dl: z.boolean().optional(), cache: z.boolean().optional() }),
      answers: { 200: { description: 'The file.', body: { types: ['*/*'] } }, 304: { description: 'The client has it.' } },
      errors: [...RIGHTS, 'file_not_found', 'precondition_failed', 'range_not_satisfiable'],
    },
    {
      operationId: 'filestackOverwrite',
      summary: 'Puts other bytes under the same handle.',
      method: 'POST',
      path: '/api/file/{handle}',
      security: ['appOwner', 'nobody'],
      query: z.strictObject({ ...content, key: z.string().optional() }),
      body: file,
      answers: jsonAnswer(
        'The file.',
        z.strictObject({ url: z.url(), mimetype: z.string(), isWriteable: z.literal(true), size: z.int(), filename: z.string() }),
      ),
      errors: [...STORING, 'file_not_found'],
    },
    {
      operationId: 'filestackStoreUnder',
      summary: 'Ours: stores a file under a chosen handle.',
      method: 'PUT',
      path: '/api/file/{handle}',
      security: ['appOwner', 'nobody'],
      query: storeQuery.extend({ location: z.string().optional() }),
      body: file,
      answers: jsonAnswer('The stored file.', stored),
      errors: STORING,
    },
    {
      operationId: 'filestackDeleteFile',
      summary: 'Removes a handle and its file.',
      method: 'DELETE',
      path: '/api/file/{handle}',
      security: ['appOwner', 'nobody'],
      query: fileQuery.extend({ skip_storage: z.boolean().describe('The file stays.').optional() }),
      answers: jsonAnswer('It is gone.', removed),
      errors: [...RIGHTS, 'file_not_found', 'read_only'],
    },
    {
      operationId: 'filestackRemoveFile',
      summary: 'The same by POST.',
      method: 'POST',
      path: '/api/file/{handle}/remove',
      security: ['appOwner', 'nobody'],
      query: fileQuery.extend({ skip_storage: z.boolean().optional() }),
      answers: jsonAnswer('It is gone.', removed),
      errors: [...RIGHTS, 'file_not_found', 'read_only'],
    },
    {
      operationId: 'filestackMetadata',
      summary: 'Tells of the file of a handle.',
      method: 'GET',
      path: '/api/file/{handle}/metadata',
      security: OWNER,
      query: metadataQuery,
      answers: jsonAnswer('What is known, or what was asked for.', z.record(z.string(), z.unknown())),
      errors: [...RIGHTS, 'file_not_found'],
    },
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
        size: z.int(),
        offset: z.int().optional(),
        md5: z.string().optional(),
        expires: z.string(),
        signature: z.string(),
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
    {
      operationId: 'filestackProcess',
      summary: 'Stores a URL, or does tasks as data.',
      method: 'POST',
      path: '/process',
      security: OWNER,
      body: jsonBody(processBody, {
        apikey: 'AxZ…',
        sources: ['https://example.com/photo.jpg'],
        tasks: [{ name: 'store', params: { location: 's3' } }],
      }),
      answers: {
        200: { description: 'The stored file, or the picture.', body: { types: ['application/json', 'image/*'] } },
      },
      errors: [...STORING, 'file_not_found', 'unsupported_format', 'invalid_image', 'quota_exceeded'],
    },
    {
      operationId: 'filestackPrefetch',
      summary: 'What the picker asks before it opens.',
      method: 'POST',
      path: '/prefetch',
      security: OWNER,
      body: jsonBody(prefetchBody, { apikey: 'AxZ…', permissions: ['whitelabel'] }),
      answers: jsonAnswer(
        'What the app may have.',
        z.strictObject({ permissions: z.record(z.string(), z.boolean()), settings: z.record(z.string(), z.boolean()) }),
      ),
      errors: ['unauthorized', 'forbidden', 'invalid_body', 'invalid_parameter'],
    },
    {
      operationId: 'filestackConvert',
      summary: 'Shows a picture, changed by the tasks of the URL.',
      method: 'GET',
      path: '/{app}/{tasks}',
      routes: ['/:key/*', '/:handle', '/:handle/metadata', '/cdn/*'],
      security: OWNER,
      query: z.strictObject({ explain: z.boolean().optional() }),
      answers: {
        200: { description: 'The picture.', body: { types: ['image/*', 'application/json'] } },
        304: { description: 'The client has it.' },
      },
      errors: [
        ...STORING,
        'signature_invalid',
        'file_not_found',
        'not_found',
        'method_not_allowed',
        'too_many_steps',
        'unsupported_format',
        'invalid_image',
        'too_many_pixels',
        'output_too_large',
        'file_changed',
        'quota_exceeded',
        'renderer_unavailable',
        'abandoned',
        'request_loop',
      ],
    },
    {
      operationId: 'filestackConvertAndStore',
      summary: 'The same by POST, for tasks that store their result.',
      method: 'POST',
      path: '/{app}/{tasks}',
      routes: ['/:key/*', '/cdn/*'],
      security: OWNER,
      answers: { 200: { description: 'The stored file, or the picture.', body: { types: ['application/json', 'image/*'] } } },
      errors: [...STORING, 'file_not_found', 'too_many_steps', 'unsupported_format', 'invalid_image', 'quota_exceeded'],
    },
  ],
}
