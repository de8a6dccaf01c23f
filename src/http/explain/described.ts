import * as z from 'zod'
import { type DescribedCall, jsonAnswer, jsonBody } from '../openapi/call.ts'
import { explainBody } from './route.ts'

const explained = z.looseObject({
  dialect: z.enum(['bytescale', 'filestack', 'batch', 'iiif', 'ipx', 'vercel', 'next', 'netlify', 'cloudflare']),
  account: z.string(),
  signature: z.record(z.string(), z.unknown()).optional(),
  plan: z.record(z.string(), z.unknown()).optional(),
  canonical: z.string().optional(),
})

export const EXPLAIN_CALL: DescribedCall = {
  operationId: 'explain',
  summary: 'Tells what would be done with a wish of any dialect, and why.',
  method: 'POST',
  path: '/-/explain',
  security: ['apiKey', 'basicKey', 'batchSecret', 'appOwner'],
  body: jsonBody(explainBody, { url: '/Emu1s1n/image/photo.jpg?w=400' }),
  answers: jsonAnswer('The explanation (docs/explain.md).', explained),
  errors: [
    'invalid_body',
    'invalid_parameter',
    'unknown_parameter',
    'invalid_path',
    'unauthorized',
    'forbidden',
    'file_not_found',
    'not_found',
    'token_invalid',
  ],
}
