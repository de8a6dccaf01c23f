import * as z from 'zod'
import { HASHES } from '../../../../service/handles/ports.ts'
import { type DescribedBody, type DescribedCall, jsonAnswer } from '../../../openapi/call.ts'
import { fields, OWNER, RIGHTS, stored, STORING } from './shared.ts'

const rights = {
  policy: z.string().describe('What the caller may do until when: base64url of JSON.').optional(),
  signature: z.string().describe('HMAC-SHA256 of `policy` by the secret of the app, in hexadecimal digits.').optional(),
}
const key = z.string().describe('Key of the app.')
const fileQuery = z.strictObject({ ...rights, key: key.optional() })
const idle = z.string().describe('Without effect.').optional()
const content = {
  ...rights,
  filename: z.string().describe('Name of the file; else that of the form, the URL, or `file`.').optional(),
  mimetype: z.string().describe('Type of the file; else that of the form, the answer of the URL, the request.').optional(),
  base64decode: z.boolean().describe('`true`: the body is base64.').optional(),
  region: idle,
  tags: idle,
  upload_tags: idle,
  altText: idle,
}
const storeQuery = z.strictObject({
  ...content,
  key,
  path: z.string().describe('Key in the container; a slash at its end: a folder.').optional(),
  container: z.string().describe('One of the app; the first without it.').optional(),
  disableStorageKey: z.boolean().describe('`true`: no id stands before the name in the key.').optional(),
  access: z.enum(['private', 'public']).describe('Whether the own URL of the store is open to everybody.').optional(),
})
const skipStorage = z.boolean().describe('`true`: the handle goes, the file stays.').optional()
const flags = (names: readonly string[], text: string) =>
  Object.fromEntries(names.map((name) => [name, z.boolean().describe(text).optional()]))
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
const metadataQuery = fileQuery.extend({
  ...flags([...METADATA, 'width', 'height', 'exif', ...HASHES], '`true`: this field is told.'),
  ...flags(['cache'], 'Without effect.'),
})

/** A file as bytes, as a form, or its URL. */
const file: DescribedBody = { types: ['image/jpeg', 'application/octet-stream', '*/*'] }

const removed = z.strictObject({ success: z.literal(true) })

export const FILE_CALLS: readonly DescribedCall[] = [
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
    query: fileQuery.extend({
      dl: z.boolean().describe('`true`: browsers store the answer as a file.').optional(),
      cache: z.boolean().describe('`false`: nobody keeps the answer.').optional(),
    }),
    answers: { 200: { description: 'The file.', body: { types: ['*/*'] } }, 304: { description: 'The client has it.' } },
    errors: [...RIGHTS, 'file_not_found', 'precondition_failed', 'range_not_satisfiable'],
  },
  {
    operationId: 'filestackOverwrite',
    summary: 'Puts other bytes under the same handle.',
    method: 'POST',
    path: '/api/file/{handle}',
    security: ['appOwner', 'nobody'],
    query: z.strictObject({ ...content, key: key.optional() }),
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
    query: storeQuery.extend({ location: z.string().describe('Where the file goes; `S3` without it.').optional() }),
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
    query: fileQuery.extend({ skip_storage: skipStorage }),
    answers: jsonAnswer('It is gone.', removed),
    errors: [...RIGHTS, 'file_not_found', 'read_only'],
  },
  {
    operationId: 'filestackRemoveFile',
    summary: 'The same by POST.',
    method: 'POST',
    path: '/api/file/{handle}/remove',
    security: ['appOwner', 'nobody'],
    query: fileQuery.extend({ skip_storage: skipStorage }),
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
    answers: jsonAnswer('What is known, or what was asked for.', fields),
    errors: [...RIGHTS, 'file_not_found'],
  },
]
