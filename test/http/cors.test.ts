import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { ALLOWED_HEADERS } from '../../src/http/cors.ts'

const HTTP = resolve(import.meta.dirname, '../../src/http')
/** Headers that browsers set themselves or that need no permission (Fetch standard §2.2.2), and those that only the network sets. */
const NEED_NO_PERMISSION = ['accept', 'content-length', 'cookie', 'date', 'host', 'origin', 'referer', 'via', 'cf-connecting-ip']

it('preflights allow every header that the code reads', () => {
  const read = readdirSync(HTTP, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => {
      const code = readFileSync(join(HTTP, name), 'utf8')
      const single = [...code.matchAll(/(?:req\.header|headers\.(?:get|has))\('([A-Za-z-]+)'\)/g)].map(([, header = '']) => header)
      const listed = [...code.matchAll(/'(If-[A-Za-z-]+)'/g)].map(([, header = '']) => header)
      return [...single, ...listed]
    })
    .map((header) => header.toLowerCase())
  expect(read).toEqual(expect.arrayContaining(['authorization', 'prefer', 'if-range', 'idempotency-key', 'last-event-id']))
  const allowed = new Set([...ALLOWED_HEADERS.map((header) => header.toLowerCase()), ...NEED_NO_PERMISSION])
  const answers = new Set(['vary', 'etag', 'content-range', 'cache-control', 'set-cookie', 'emulsion-cache'])
  expect([...new Set(read)].filter((header) => !allowed.has(header) && !answers.has(header))).toEqual([])
})
