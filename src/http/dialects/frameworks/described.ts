import * as z from 'zod'
import type { ErrorCode } from '../../../errors.ts'
import { ACCOUNT_ID_PATTERN } from '../../../service/access/account-id.ts'
import type { DescribedCall, DescribedDialect } from '../../openapi/call.ts'
import type { DoorName } from './door.ts'

/** The calls of these doors, for `/-/openapi.json`. */

const ANYBODY = ['nobody', 'apiKey', 'basicKey'] as const
const ERRORS: readonly ErrorCode[] = [
  'invalid_parameter',
  'unknown_parameter',
  'invalid_path',
  'unauthorized',
  'token_invalid',
  'signature_invalid',
  'forbidden',
  'request_loop',
  'gone',
  'not_found',
  'file_not_found',
  'method_not_allowed',
  'range_not_satisfiable',
  'unsupported_format',
  'invalid_image',
  'too_many_pixels',
  'output_too_large',
  'file_too_large',
  'file_changed',
  'quota_exceeded',
  'renderer_unavailable',
  'abandoned',
  'source_unavailable',
  'store_failed',
]

const ANSWERS: DescribedCall['answers'] = {
  200: { description: 'The picture.', body: { types: ['image/*'] }, headers: { ETag: 'Name of the result.' } },
  206: { description: 'A range of it.', body: { types: ['image/*'] } },
  304: { description: 'The client has it.' },
}

const source = z.string().max(3072).describe('The file: a path of the account, or an address of this service or of a mounted web server.')
const quality = z.int().min(1).max(100).describe('Quality: 1 is small and poor, 100 large and good.')
const optimized = z.strictObject({
  url: source,
  w: z.int().min(1).describe('Width, never enlarged.'),
  q: quality,
  dpl: z.string().describe('Names a deployment; without effect.').optional(),
})

const pathParameters = {
  accountId: z
    .string()
    .regex(new RegExp(`^${ACCOUNT_ID_PATTERN}$`))
    .describe('Id of the account.'),
  modifiers: z.string().describe('Of ipx, with commas between, as `w_400,f_webp`; `_` for none.'),
  options: z.string().describe('Of Cloudflare Images, with commas between, as `width=400,format=auto`.'),
  source: z.string().describe('Path of the file without its first slash.'),
}

/** Below an account, and at the root for the default account. */
function calls(
  operationId: string,
  summary: string,
  path: string,
  { routes, query, isAtRoot = true }: { readonly routes?: string; readonly query?: z.ZodObject; readonly isAtRoot?: boolean },
): readonly DescribedCall[] {
  const call = (id: string, prefix: string, route: string): DescribedCall => ({
    operationId: id,
    summary,
    method: 'GET',
    path: `${prefix}${path}`,
    ...(routes !== undefined && { routes: [`${route}${routes}`] }),
    security: ANYBODY,
    ...(query && { query }),
    answers: ANSWERS,
    errors: ERRORS,
  })
  return [call(operationId, '/{accountId}', '/:account'), ...(isAtRoot ? [call(`${operationId}AtRoot`, '', '')] : [])]
}

const text = (): z.ZodType => z.string()

const dialect = (tag: DoorName, description: string, of: Pick<DescribedDialect, 'error' | 'calls'>, isText = true): DescribedDialect => ({
  tag,
  description,
  ...(isText && { errorType: 'text/plain' }),
  pathParameters,
  ...of,
})

export const FRAMEWORKS: readonly DescribedDialect[] = [
  dialect(
    'ipx',
    'Pictures as ipx has them, of Nuxt and others.',
    {
      error: () => z.strictObject({ error: z.strictObject({ message: z.string() }) }),
      calls: calls('ipxImage', 'Shows a picture by modifiers of ipx.', '/_ipx/{modifiers}/{source}', { routes: '/_ipx/*' }),
    },
    false,
  ),
  dialect('vercel', 'Pictures as Vercel’s optimizer has them.', {
    error: text,
    calls: calls('vercelImage', 'Shows a picture in a width.', '/_vercel/image', { query: optimized }),
  }),
  dialect('next', 'Pictures as next/image asks for them.', {
    error: text,
    calls: calls('nextImage', 'Shows a picture in a width.', '/_next/image', { query: optimized }),
  }),
  dialect('netlify', 'Pictures as Netlify’s Image CDN has them.', {
    error: text,
    calls: calls('netlifyImage', 'Shows a picture in a size.', '/.netlify/images', {
      query: z.strictObject({
        url: source,
        w: z.int().min(1).describe('Width in pixels.').optional(),
        h: z.int().min(1).describe('Height in pixels.').optional(),
        fit: z.enum(['contain', 'cover', 'fill']).describe('What width and height mean; `contain` without it.').optional(),
        position: z.enum(['center', 'top', 'bottom', 'left', 'right']).describe('Which part stays, with `fit=cover`.').optional(),
        fm: z.enum(['avif', 'jpg', 'png', 'webp', 'gif']).describe('Chosen for each client when absent.').optional(),
        q: quality.optional(),
      }),
    }),
  }),
  dialect('cloudflare', 'Pictures as Cloudflare Images transforms them by URL.', {
    error: text,
    calls: calls('cloudflareImage', 'Shows a picture by options of Cloudflare Images.', '/cdn-cgi/image/{options}/{source}', {
      routes: '/cdn-cgi/image/*',
      isAtRoot: false,
    }),
  }),
]
