import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import type { ConfigDefinition } from '../../src/config/schema.ts'

const DEFINITION: ConfigDefinition = {
  accounts: [{ id: { env: 'ACCOUNT' }, keys: [{ id: 'secret', kind: 'secret', key: { env: 'SECRET' } }] }],
  uploads: { expirySeconds: { env: 'EXPIRY', default: '3600' } },
  batchServices: [{ id: 1, secret: { env: 'BATCH' }, callbackKeys: [{ env: 'CALLBACK', default: '' }] }],
  storageEvents: { env: 'EVENTS', default: 'bucket' },
}
const ENVIRONMENT = { ACCOUNT: 'Emu1s1n', SECRET: 'secret_1', BATCH: 'batch' }

const problemOf = (env: Record<string, unknown>, definition: ConfigDefinition = DEFINITION): string => {
  try {
    loadConfig(definition, env)
    return 'none'
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
}

it('joins the definition with the environment', () => {
  const config = loadConfig(DEFINITION, { ...ENVIRONMENT, EXPIRY: '60', EVENTS: 'service', CALLBACK: `whsec_${'A'.repeat(43)}=` })
  expect(config.accounts[0]).toMatchObject({ id: 'Emu1s1n', keys: [{ key: 'secret_1', folder: '/' }], maxUploadBytes: 500_000_000 })
  expect(config).toMatchObject({ uploads: { expirySeconds: 60 }, storageEvents: 'service', metricsToken: undefined, allowHosts: [] })
  expect(config.batchServices[0]).toMatchObject({ account: 'Emu1s1n', secret: 'batch' })
  expect(config.batchServices[0]?.callbackKeys[0]).toHaveLength(32)
})

describe('a value of the environment that does not fit is named with what was expected', () => {
  it.each([
    ['a duration in words', { EXPIRY: 'one day' }, 'EXPIRY: expected a positive whole number of seconds, received "one day"'],
    ['a duration of nothing', { EXPIRY: '0' }, 'EXPIRY: expected a positive whole number of seconds, received "0"'],
    ['a fraction', { EXPIRY: '1.5' }, 'EXPIRY: expected a positive whole number of seconds, received "1.5"'],
    ['a misspelt source of events', { EVENTS: 'sevrice' }, 'EVENTS: expected "bucket" or "service", received "sevrice"'],
    ['an account id of other letters', { ACCOUNT: 'Emul0I!' }, 'ACCOUNT: expected 7 base58 characters, received "Emul0I!"'],
    [
      'a callback key without its prefix',
      { CALLBACK: 'abc' },
      'CALLBACK: expected "whsec_" and base64 of 24 to 64 bytes, received 3 characters that are not',
    ],
    ['a missing secret', { BATCH: undefined }, 'BATCH: expected a value, received none'],
    ['an empty secret', { SECRET: '' }, 'SECRET: expected a value, received none'],
  ])('%s', (_case, change, problem) => {
    expect(problemOf({ ...ENVIRONMENT, ...change })).toBe(`The environment does not fit emulsion.config.ts:\n${problem}`)
  })

  it('names all of them at once', () => {
    const problems = problemOf({ ACCOUNT: 'x', EXPIRY: 'x', EVENTS: 'x', CALLBACK: 'x' })
    for (const name of ['ACCOUNT', 'SECRET', 'BATCH', 'EXPIRY', 'EVENTS', 'CALLBACK']) expect(problems).toContain(`${name}: `)
  })
})

it('names a setting that the definition has wrong', () => {
  expect(problemOf(ENVIRONMENT, { ...DEFINITION, limits: { maxPixels: -1 } })).toContain('limits.maxPixels')
})

describe('what pages make of pictures', () => {
  const ingestOf = (ingest: { readonly preset: string; readonly stripLocation?: boolean }) => {
    const accounts = DEFINITION.accounts.map((account) => ({ ...account, presets: { small: 'w=9' }, ingest }))
    return loadConfig({ ...DEFINITION, accounts }, ENVIRONMENT).accounts[0]?.ingest
  }

  it('is a preset of the account, and places are left out unless somebody wishes them', () => {
    expect(loadConfig(DEFINITION, ENVIRONMENT).accounts[0]?.ingest).toEqual({ preset: null, stripLocation: true })
    expect(ingestOf({ preset: 'small', stripLocation: false })).toEqual({ preset: 'small', stripLocation: false })
    expect(() => ingestOf({ preset: 'large' })).toThrow('Expected the name of one of the presets')
    expect(() => ingestOf({ preset: 'toString' })).toThrow('Expected the name of one of the presets')
  })
})
