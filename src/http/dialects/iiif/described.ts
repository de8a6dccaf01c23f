import * as z from 'zod'
import type { ErrorCode } from '../../../errors.ts'
import { ACCOUNT_ID_PATTERN } from '../../../service/access/account-id.ts'
import type { DescribedDialect } from '../../openapi/call.ts'

/** The calls of this dialect, for `/-/openapi.json`. */

const ANYBODY = ['nobody', 'apiKey', 'basicKey'] as const
const READING: readonly ErrorCode[] = [
  'invalid_parameter',
  'unknown_parameter',
  'invalid_path',
  'unauthorized',
  'token_invalid',
  'signature_invalid',
  'forbidden',
  'gone',
  'not_found',
  'file_not_found',
  'method_not_allowed',
  'unsupported_format',
  'invalid_image',
  'too_many_pixels',
  'file_too_large',
]

const info = z.looseObject({
  '@context': z.string(),
  protocol: z.literal('http://iiif.io/api/image'),
  width: z.int(),
  height: z.int(),
})

export const IIIF: DescribedDialect = {
  tag: 'iiif',
  description: 'IIIF Image API 3.0 and 2.1, level 2: pictures for viewers that show them tile by tile.',
  error: (codes) =>
    z.strictObject({
      error: z.strictObject({ code: z.enum(codes as [string, ...string[]]), message: z.string(), field: z.string().optional() }),
    }),
  pathParameters: {
    accountId: z
      .string()
      .regex(new RegExp(`^${ACCOUNT_ID_PATTERN}$`))
      .describe('Id of the account.'),
    version: z.enum(['2', '3']).meta({ description: 'Of the Image API.', examples: ['3'] }),
    identifier: z
      .string()
      .meta({ description: 'Path of the file without its first slash; its slashes are `%2F`.', examples: ['folder%2Fphoto.jpg'] }),
    region: z.string().meta({ description: '`full`, `square`, `x,y,w,h` in pixels, `pct:x,y,w,h` in percent.', examples: ['full'] }),
    size: z.string().meta({
      description: '`max`, `w,`, `,h`, `w,h` in pixels, `pct:n` in percent, `!w,h`; `^` in front: it may grow.',
      examples: ['800,'],
    }),
    rotation: z.string().meta({ description: 'Degrees, clockwise, 0 to 360; `!` in front for a mirror.', examples: ['0'] }),
    file: z.string().meta({ description: 'Quality (`default`, `color`, `gray`, `bitonal`) and format.', examples: ['default.jpg'] }),
  },
  calls: [
    {
      operationId: 'iiifBase',
      summary: 'Leads to what is told of a picture.',
      method: 'GET',
      path: '/{accountId}/iiif/{version}/{identifier}',
      security: ANYBODY,
      answers: { 303: { description: 'To `info.json`.', headers: { Location: 'Where it is.' } } },
      errors: ['not_found'],
    },
    {
      operationId: 'iiifInfo',
      summary: 'Tells of a picture: sides, sizes, tiles, limits.',
      method: 'GET',
      path: '/{accountId}/iiif/{version}/{identifier}/info.json',
      routes: ['/:account/iiif/:version/:identifier/*'],
      security: ANYBODY,
      answers: {
        200: { description: 'JSON or JSON-LD.', body: { types: ['application/ld+json', 'application/json'], schema: info } },
        304: { description: 'The client has it.' },
      },
      errors: READING,
    },
    {
      operationId: 'iiifImage',
      summary: 'Shows a part of a picture.',
      method: 'GET',
      path: '/{accountId}/iiif/{version}/{identifier}/{region}/{size}/{rotation}/{file}',
      routes: ['/:account/iiif/:version/:identifier/*'],
      security: ANYBODY,
      answers: {
        200: { description: 'The picture.', body: { types: ['image/*'] }, headers: { Link: 'The canonical URI and the profile.' } },
        206: { description: 'A range of it.', body: { types: ['image/*'] } },
        304: { description: 'The client has it.' },
      },
      errors: [
        ...READING,
        'too_many_steps',
        'output_too_large',
        'quota_exceeded',
        'renderer_unavailable',
        'abandoned',
        'range_not_satisfiable',
      ],
    },
  ],
}
