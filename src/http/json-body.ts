import type { Context } from 'hono'
import { z } from 'zod'
import { AppError } from '../errors.ts'

/**
 * The request's JSON body, checked. An empty body counts as `{}`.
 * @throws AppError `invalid_body`, naming the first field that is wrong.
 */
export async function readJsonBody<S extends z.ZodType>(c: Context, schema: S, maxBytes: number): Promise<z.output<S>> {
  const text = await readText(c, maxBytes)
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

async function readText(c: Context, maxBytes: number): Promise<string> {
  if (Number(c.req.header('Content-Length') ?? 0) > maxBytes) throw tooLong(maxBytes)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length
    if (size > maxBytes) throw tooLong(maxBytes)
    chunks.push(chunk)
  }
  return new Blob(chunks as Uint8Array<ArrayBuffer>[]).text()
}

const tooLong = (maxBytes: number): AppError =>
  new AppError('file_too_large', { reason: `Expected a JSON body of at most ${maxBytes} bytes.` })
