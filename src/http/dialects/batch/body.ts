import type { Context } from 'hono'
import { AppError } from '../../../errors.ts'
import { parseJson } from '../../parse-json.ts'
import { requestBody } from '../../request-body.ts'

/** Bytes. A request with 100 jobs of many steps is well below this, and it fits into the record of a process (2 MB at most). */
const MAX_BODY_BYTES = 500_000

/**
 * Any content type is read as JSON. A body that is not an object is an error (docs/protocols/batch.md §1).
 * @throws AppError `invalid_body`.
 */
export async function readBatchBody(c: Context): Promise<{ readonly json: object; readonly text: string }> {
  const text = await readText(c.req.raw)
  const json = parseJson(text)
  if (json === null || typeof json !== 'object' || Array.isArray(json))
    throw new AppError('invalid_body', { reason: 'Expected a JSON object.' })
  return { json, text }
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of requestBody(request) ?? []) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw new AppError('invalid_body', { reason: `Expected at most ${MAX_BODY_BYTES} bytes.` })
    chunks.push(chunk)
  }
  return new Blob(chunks as Uint8Array<ArrayBuffer>[]).text()
}
