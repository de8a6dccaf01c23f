import { expect } from 'vitest'

/** Values that no answer may show: secrets, addresses inside, and what only our own code says. */
const NEVER: readonly (string | RegExp)[] = [
  'SECRETOFTHEOPENAPP',
  'SECRETOFTHESECUREDAPP',
  'secret_Emu1s1n',
  'batch-secret',
  'whsec_',
  'STORESECRET',
  'STOREACCESSKEY',
  /\bat \w+ \(|\.ts:\d|node_modules|TypeError|RangeError|SyntaxError/,
]

/** `api`: `{"result":"error","error":{"code","msg"}}`; `processing`: `{"error":"…"}` (docs/protocols/filestack.md §2, §7). */
export type Shape = 'api' | 'processing'

/**
 * What all answers to hostile requests have in common: never 5xx, an error in the dialect's own shape, and no secret. Gives the status and what the
 * error says.
 * @param store whether a store is failing, which is 502 and nothing else of 5xx.
 */
export async function judge(response: Response, shape: Shape, store: 'fine' | 'failing' = 'fine'): Promise<string> {
  const text = await response.text()
  const told = text + JSON.stringify([...response.headers])
  for (const secret of NEVER) expect(told).not.toMatch(secret)
  const { status } = response
  if (status < 400) return String(status)
  if (status >= 500) expect([status, store, text]).toEqual([502, 'failing', text])
  expect(response.headers.get('Content-Type')).toMatch(/^application\/json/)
  // HEAD has no body.
  if (text === '') return String(status)
  const body = JSON.parse(text) as { readonly error: { readonly code: number; readonly msg: string } | string }
  if (typeof body.error === 'string') {
    expect([shape, Object.keys(body)]).toEqual(['processing', ['error']])
    return `${status} ${body.error}`
  }
  expect([shape, body]).toEqual([
    'api',
    { result: 'error', error: { code: status, msg: expect.stringMatching(/^The |^This |^A |^No |^Too |^Nothing /) } },
  ])
  return `${status} ${body.error.msg}`
}
