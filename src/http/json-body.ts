import type { Context } from 'hono'
import * as z from 'zod'
import { AppError } from '../errors.ts'
import { readBodyBytes } from './body-bytes.ts'

/**
 * The request's JSON body, checked. An empty body counts as `{}`.
 * @throws AppError `invalid_body`, naming the first field that is wrong.
 */
export async function readJsonBody<S extends z.ZodType>(c: Context, schema: S, maxBytes: number): Promise<z.output<S>> {
  const text = new TextDecoder().decode(await readBodyBytes(c.req.raw, maxBytes))
  let json: unknown
  try {
    json = text.trim() === '' ? {} : JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid_body', { reason: 'Expected JSON.', cause })
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new AppError('invalid_body', { field: issue?.path.join('.') || undefined, reason: issue?.message, cause: parsed.error })
}
