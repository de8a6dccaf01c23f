import * as z from 'zod'
import { type DescribedBody, type DescribedCall, jsonAnswer, jsonBody } from '../../../openapi/call.ts'
import { processBody } from '../process/answer.ts'
import { prefetchBody } from '../process/prefetch.ts'
import { fields, OWNER, stored, STORING } from './shared.ts'

const storedOrPicture: DescribedBody = { types: ['application/json'], schema: z.union([stored, fields]), bytes: ['image/*'] }

export const PROCESSING_CALLS: readonly DescribedCall[] = [
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
      200: { description: 'The stored file, or the picture.', body: storedOrPicture },
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
    query: z.strictObject({ explain: z.boolean().describe('`true`: what would be done, in the place of the picture.').optional() }),
    answers: {
      200: {
        description: 'The picture, or what a task tells of it.',
        body: { types: ['application/json'], schema: fields, bytes: ['image/*'] },
      },
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
    answers: { 200: { description: 'The stored file, or the picture.', body: storedOrPicture } },
    errors: [...STORING, 'file_not_found', 'too_many_steps', 'unsupported_format', 'invalid_image', 'quota_exceeded'],
  },
]
