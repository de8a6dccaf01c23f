import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import type { ConfigDefinition } from '../../src/config/schema.ts'

type Apps = NonNullable<ConfigDefinition['filestackApps']>
const app = (name: string, more: Partial<Apps[number]> = {}): Apps[number] => ({
  key: { env: `${name}_KEY`, default: '' },
  secrets: [
    { env: `${name}_SECRET`, default: '' },
    { env: `${name}_OLD_SECRET`, default: '' },
  ],
  containers: [{ name: 'default', folder: `/${name}` }],
  ...more,
})
const load = (apps: Apps, env: Record<string, string> = {}) =>
  loadConfig(
    { accounts: [{ id: 'Emu1s1n', keys: [{ id: 'secret', kind: 'secret', key: { env: 'SECRET' } }] }], filestackApps: apps },
    { SECRET: 's', A_KEY: 'one', A_SECRET: 'sa', B_KEY: 'two', B_SECRET: 'sb', ...env },
  ).filestackApps

it('an app has the first account, and all secrets that there are', () => {
  expect(load([app('A')], { A_OLD_SECRET: 'older' })).toEqual([
    {
      key: 'one',
      secrets: ['sa', 'older'],
      account: 'Emu1s1n',
      security: 'off',
      containers: [{ name: 'default', folder: '/A' }],
      copySeconds: 2_592_000,
      stores: [],
    },
  ])
  expect(load([app('A', { security: 'required' }), app('B')]).map(({ security }) => security)).toEqual(['required', 'off'])
})

it('an app without a key is none', () => expect(load([app('A')], { A_KEY: '' })).toEqual([]))

describe('what does not fit is named', () => {
  it.each<[string, Apps, Record<string, string>, string]>([
    ['no secret', [app('A')], { A_SECRET: '' }, 'A_SECRET: expected a secret for the app whose key is set, received none'],
    ['one key twice', [app('A'), app('B')], { B_KEY: 'one' }, 'A_KEY: expected a key of one app, received that of another app'],
    ['a key of other characters', [app('A')], { A_KEY: 'a/b' }, 'A_KEY: expected 1 to 100 characters'],
    ['an account that is not there', [app('A', { account: 'Nobody1' })], {}, 'expected the id of an account, received "Nobody1"'],
    ['one folder twice', [app('A'), app('B', { containers: [{ name: 'x', folder: '/A' }] })], {}, '/A and /A hold the same files'],
    ['a folder in another', [app('A'), app('B', { containers: [{ name: 'x', folder: '/A/b' }] })], {}, '/A and /A/b hold the same files'],
    ['a folder that is none', [app('A', { containers: [{ name: 'x', folder: 'A' }] })], {}, 'containers[0].folder'],
    ['no container', [app('A', { containers: [] })], {}, 'containers'],
  ])('%s', (_, apps, env, problem) => expect(() => load(apps, env)).toThrow(problem))
})
