import * as z from 'zod'
import { type DescribedCall, jsonAnswer, jsonBody } from '../openapi/call.ts'
import { translateBody } from './route.ts'
import { SERVICE_NAMES } from './translate.ts'

const parameter = { parameter: z.string(), value: z.string() }
const told = z.array(z.strictObject({ ...parameter, because: z.string() }))

const translation = z.strictObject({
  service: z.enum(SERVICE_NAMES),
  source: z.strictObject({ path: z.string(), url: z.string().nullable() }),
  plan: z.record(z.string(), z.unknown()),
  url: z.string().nullable(),
  reason: z.string().nullable(),
  job: z.record(z.string(), z.unknown()).nullable(),
  lost: told,
  differs: told,
  withoutEffect: z.array(z.strictObject(parameter)),
})

export const TRANSLATE_CALL: DescribedCall = {
  operationId: 'translate',
  summary: 'Says a URL of another image service in ours.',
  method: 'POST',
  path: '/-/translate',
  security: ['nobody'],
  body: jsonBody(translateBody, { url: 'https://example.imgix.net/photo.jpg?w=400&h=300&fit=crop' }),
  answers: jsonAnswer('Our URL, and every parameter that is lost or differs.', translation),
  errors: ['invalid_body', 'invalid_parameter', 'invalid_path'],
}
