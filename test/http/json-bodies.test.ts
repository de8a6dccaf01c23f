import { Hono, type Context } from 'hono'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { AppError } from '../../src/errors.ts'
import { readBatchBody } from '../../src/http/dialects/batch/body.ts'
import { readMetadata } from '../../src/http/dialects/bytescale/uploads/query.ts'
import { readJsonBody } from '../../src/http/json-body.ts'

/** Everything that reads JSON of a client: a text in, its value out. */
const READERS: readonly (readonly [name: string, read: (text: string) => Promise<unknown>])[] = [
  ['the JSON API', (text) => ask(text, (c) => readJsonBody(c, z.record(z.string(), z.unknown()), 1_000_000))],
  ['the batch API', async (text) => ((await ask(text, readBatchBody)) as { json: unknown }).json],
  ['X-Upload-Metadata', async (text) => readMetadata(text)],
]

/** What a handler reads of a request with this body. @throws what it throws. */
async function ask(body: string, read: (c: Context) => Promise<unknown>): Promise<unknown> {
  let result: unknown
  const app = new Hono().onError((thrown) => {
    result = thrown
    return new Response()
  })
  app.post('/', async (c) => {
    result = await read(c)
    return c.body(null)
  })
  await app.request('/', { method: 'POST', body })
  if (result instanceof Error) throw result
  return result
}

describe.each(READERS)('%s', (_, read) => {
  it('reads an object', async () => {
    expect(await read('{"a":{"b":[1]}}')).toEqual({ a: { b: [1] } })
  })

  it.each([
    ['33 levels', `{"a":${'['.repeat(32)}${']'.repeat(32)}}`],
    ['100,000 levels', '{"a":'.repeat(100_000)],
    ['more than 50,000 values', `{"a":[${'0,'.repeat(60_000)}0]}`],
    ['half a text', '{"a":'],
    ['an array', '[1]'],
    ['a text', '"a"'],
  ])('refuses %s as a fault of the client', async (_name, text) => {
    // Only the status is compared: a message with the value that was read would take minutes to write.
    const status = await read(text).then(
      () => 200,
      (error: unknown) => (error instanceof AppError ? error.fault.status : 500),
    )
    expect(status).toBe(400)
  })
})
