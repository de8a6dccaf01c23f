import { describe, expect, it } from 'vitest'
import { readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { DIALECTS } from '../../../scripts/openapi/dialects.ts'
import { guide } from '../../../scripts/openapi/guide.ts'
import { AppError, ERROR_CODES } from '../../../src/errors.ts'
import { type AppDeps, addRoutes } from '../../../src/http/app.ts'
import { IMAGE_QUERY } from '../../../src/http/dialects/bytescale/image-query/described.ts'
import { parseImageQuery } from '../../../src/http/dialects/bytescale/image-query/parse.ts'
import { EVERYWHERE } from '../../../src/http/openapi/call.ts'
import { query } from '../../support/wishes/queries.ts'
import type { AppEnv } from '../../../src/http/dialect.ts'
import fc from 'fast-check'
import { Hono } from 'hono'

/** The doors register their routes without a look at what they need. */
const app = new Hono<AppEnv>()
addRoutes(app, {
  batch: {},
  bytescale: { accounts: new Set(), errors: {} },
  filestack: { apps: [{ key: 'AnApp' }], errors: {}, clock: { now: () => 0 } },
  iiif: { accounts: new Set(), errors: {} },
  frameworks: { accounts: new Set(), defaultAccount: 'Emu1s1n', errors: {} },
  s3: { accounts: new Map() },
  metrics: {},
} as unknown as AppDeps)

/** Parameters have other names in the document, and some have long patterns. */
const plain = (path: string): string => path.replaceAll(/:\w+(\{.*?\}(?=\/|$))?/g, ':')

const CALLS = DIALECTS.flatMap(({ calls }) => calls)
const described = new Set(
  CALLS.flatMap(({ method, path, routes }) =>
    (routes ?? [path.replaceAll(/\{(\w+)\}/g, ':$1')]).map((route) => `${method} ${plain(route)}`),
  ),
)
/** Routes for all methods refuse; `/` leads to the console. */
const registered = new Set(
  app.routes.filter(({ method, path }) => method !== 'ALL' && path !== '/').map(({ method, path }) => `${method} ${plain(path)}`),
)

/** No call answers it: it is told of a job. */
const OF_JOBS = ['source_changed'] as const

describe('the calls', () => {
  it('are the routes, and the routes are the calls', () => expect([...described].toSorted()).toEqual([...registered].toSorted()))
  it('have a name each', () => expect(new Set(CALLS.map(({ operationId }) => operationId)).size).toBe(CALLS.length))
  it('name every error, and no error twice', () => {
    const named = new Set([...EVERYWHERE, ...OF_JOBS, ...CALLS.flatMap(({ errors }) => errors)])
    expect([...named].toSorted()).toEqual([...ERROR_CODES].toSorted())
    for (const { errors, operationId } of CALLS) expect(new Set(errors).size, operationId).toBe(errors.length)
  })
  it('have examples that their schemas accept', () => {
    for (const { body, operationId } of CALLS)
      if (body?.example !== undefined) expect(body.schema?.safeParse(body.example).error, operationId).toBeUndefined()
  })
  it('stand in the guide', () => {
    const text = guide(DIALECTS)
    for (const { operationId } of CALLS) expect(text).toContain(operationId)
  })
})

function refusalOf(entries: readonly (readonly [string, string])[]): AppError | null {
  try {
    parseImageQuery(entries)
    return null
  } catch (thrown) {
    return AppError.from(thrown)
  }
}

describe('the parameters of image URLs', () => {
  const names = Object.keys(IMAGE_QUERY.shape)

  it('are those that the parser reads', () => {
    const folder = resolve(import.meta.dirname, '../../../src/http/dialects/bytescale/image-query')
    const code = readdirSync(folder)
      .filter((file) => !/^(print|described)/.test(file))
      .map((file) => readFileSync(resolve(folder, file), 'utf8'))
      .join('\n')
    const literals = new Set([...code.matchAll(/'([\w-]+)'/g)].map(([, text]) => text))
    for (const name of names) expect(literals, name).toContain(name)
    for (const name of names) {
      const before: readonly (readonly [string, string])[][] = [[], [['text', 'a']], [['image', '/a.png']], [['f', 'json']]]
      const refusals = before.map((entries) => refusalOf([...entries.filter(([other]) => other !== name), [name, '-']]))
      expect(
        refusals.some((refused) => refused?.code !== 'unknown_parameter'),
        name,
      ).toBe(true)
    }
    expect(refusalOf([['widht', '1']])?.code).toBe('unknown_parameter')
  })

  it('take every query that the parser takes', () =>
    fc.assert(
      fc.property(query, (entries) => {
        for (const [name] of entries) expect(names).toContain(name)
      }),
      { numRuns: 200, seed: 17 },
    ))
})
