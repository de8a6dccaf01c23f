import * as z from 'zod'
import { type DescribedCall, jsonAnswer } from '../openapi/call.ts'

const ingest = z.strictObject({
  account: z.string(),
  preset: z.strictObject({ name: z.string(), parameters: z.array(z.tuple([z.string(), z.string()])) }).nullable(),
  stripLocation: z.boolean().describe('Whether the place is taken out before anything is sent.'),
  limits: z
    .strictObject({
      heic: z.boolean(),
      maxFileBytes: z.int(),
      maxPixels: z.int(),
      maxSide: z.int(),
      maxSteps: z.int(),
      memoryBytes: z.int(),
      maxUploadBytes: z.int(),
    })
    .describe('Of a picture that is made, and of a file that is stored.'),
})

export const INGEST_CALL: DescribedCall = {
  operationId: 'ingest',
  summary: 'Tells what a page makes of a picture before it uploads it.',
  method: 'GET',
  path: '/-/ingest/{account}',
  routes: ['/-/ingest/:account'],
  security: ['apiKey', 'basicKey'],
  query: z.object({ preset: z.string().optional().describe('Another preset than the account’s own for uploads.') }),
  answers: jsonAnswer('The parameters of the preset, and the limits (docs/upload.md).', ingest),
  errors: ['not_found', 'invalid_parameter', 'unknown_parameter', 'unauthorized', 'forbidden', 'token_invalid'],
}
