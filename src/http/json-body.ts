import type { Context } from 'hono'
import * as z from 'zod'
import { AppError } from '../errors.ts'
import { readBodyBytes } from './body-bytes.ts'
import { parseJson } from './parse-json.ts'

/**
 * The request's JSON body, checked. An empty body counts as `{}`.
 * @param inspect sees the body before the schema, for checks that must come first.
 * @throws AppError `invalid_body`, naming the first field that is wrong.
 */
export async function readJsonBody<S extends z.ZodType>(
  c: Context,
  schema: S,
  maxBytes: number,
  inspect: (json: unknown) => void = () => undefined,
): Promise<z.output<S>> {
  const text = new TextDecoder().decode(await readBodyBytes(c.req.raw, maxBytes))
  const json = text.trim() === '' ? {} : parseJson(text)
  inspect(json)
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new AppError('invalid_body', {
    field: issue?.path.join('.') || undefined,
    reason: issue && reasonOf(issue, json),
    cause: parsed.error,
  })
}

/** An array that is too long is reported by its count. */
function reasonOf(issue: z.core.$ZodIssue, json: unknown): string {
  const value = issue.path.reduce<unknown>((at, name) => (at as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[name], json)
  return issue.code === 'too_big' && Array.isArray(value)
    ? `Expected at most ${issue.maximum} entries, received ${value.length}.`
    : issue.message
}
