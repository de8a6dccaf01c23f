import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import type { ConfigDefinition } from '../../src/config/schema.ts'

type Stores = NonNullable<ConfigDefinition['stores']>
type AppStores = NonNullable<NonNullable<ConfigDefinition['filestackApps']>[number]['stores']>

const from = (env: string): { env: string; default: string } => ({ env, default: '' })
const S3: Stores[number] = { name: 'shop', kind: 's3', accessKeyId: from('ID'), secretAccessKey: from('SECRET_KEY') }
const AZURE: Stores[number] = { name: 'blobs', kind: 'azure', account: from('ACCOUNT'), key: from('KEY'), sas: from('SAS') }
const SWIFT: Stores[number] = { name: 'swift', kind: 'swift', authUrl: from('AUTH'), user: 'u', password: from('PASSWORD') }
const DROPBOX: Stores[number] = {
  name: 'box',
  kind: 'dropbox',
  appKey: from('ID'),
  appSecret: from('SECRET_KEY'),
  refreshToken: from('TOKEN'),
}
const KEYS = { ID: 'id', SECRET_KEY: 'secret', ACCOUNT: 'acme', KEY: 'a2V5', PASSWORD: 'p', TOKEN: 't' }

function load(stores: Stores, env: Record<string, string> = KEYS, appStores: AppStores[] = []) {
  return loadConfig(
    {
      accounts: [{ id: 'Emu1s1n', keys: [{ id: 'secret', kind: 'secret', key: { env: 'SECRET' } }] }],
      stores,
      filestackApps: appStores.map((entries, i) => ({
        key: { env: `APP${i}` },
        secrets: [{ env: 'SECRET' }],
        containers: [{ name: 'default', folder: `/app${i}` }],
        stores: entries,
      })),
    },
    { SECRET: 's', APP0: 'one', APP1: 'two', ...env },
  )
}
const storeOf = (store: Stores[number], env?: Record<string, string>) => load([store], env).stores[0]

describe('addresses come from region and account where none is set', () => {
  it.each<[string, Stores[number], Record<string, string>, object]>([
    [
      's3',
      { ...S3, region: 'eu-west-3' },
      KEYS,
      { endpoint: 'https://s3.eu-west-3.amazonaws.com', pathStyle: true, secretAccessKey: 'secret' },
    ],
    [
      's3 elsewhere',
      { ...S3, endpoint: 'https://minio.example.org/' },
      KEYS,
      { endpoint: 'https://minio.example.org', region: 'us-east-1' },
    ],
    ['gcs', { ...S3, kind: 'gcs' }, KEYS, { endpoint: 'https://storage.googleapis.com', region: 'auto' }],
    ['azure', AZURE, KEYS, { endpoint: 'https://acme.blob.core.windows.net', key: 'a2V5', sas: undefined }],
    ['TempAuth', SWIFT, { ...KEYS, AUTH: 'https://swift.example.org/auth/v1.0/' }, { version: '1' }],
    ['Keystone 2', SWIFT, { ...KEYS, AUTH: 'https://identity.example.org/v2.0' }, { version: '2' }],
    ['Keystone 3', SWIFT, { ...KEYS, AUTH: 'https://identity.example.org:5000/v3' }, { version: '3', domain: 'Default' }],
    ['dropbox', DROPBOX, KEYS, { apiUrl: 'https://api.dropboxapi.com', root: '' }],
  ])('%s', (_, store, env, settings) => expect(storeOf(store, env)).toMatchObject({ lacks: null, settings }))
})

describe('what a store lacks has a name', () => {
  it.each<[string, Stores[number], Record<string, string>, string]>([
    ['a key', S3, { SECRET_KEY: 'x' }, 'stores[shop].accessKeyId: the variable ID is empty'],
    ['a secret', S3, { ID: 'x' }, 'stores[shop].secretAccessKey: the variable SECRET_KEY is empty'],
    ['an account', AZURE, { KEY: 'a2V5' }, 'stores[blobs].account: the variable ACCOUNT is empty'],
    ['both kinds of right', AZURE, { ACCOUNT: 'a' }, 'stores[blobs].key or .sas: KEY and SAS empty'],
    ['an address', SWIFT, KEYS, 'stores[swift].authUrl: the variable AUTH is empty'],
    ['a token', DROPBOX, { ID: 'x', SECRET_KEY: 'y' }, 'stores[box].refreshToken: the variable TOKEN is empty'],
  ])('%s', (_, store, env, lacks) => expect(storeOf(store, env)?.lacks).toBe(lacks))
})

describe('what does not fit stops the start', () => {
  it.each<[string, () => unknown, string | RegExp]>([
    ['one name twice', () => load([S3, { ...DROPBOX, name: 'shop' }]), 'expected each name once, received "shop" twice'],
    [
      'an address inside',
      () => load([{ ...S3, endpoint: 'http://127.0.0.1:9000' }]),
      /stores\[shop\]\.endpoint: Expected a public address/,
    ],
    ['an address with a password', () => load([{ ...S3, endpoint: 'https://a:b@example.org' }]), /without user and password/],
    ['an authentication of no version', () => storeOf(SWIFT, { ...KEYS, AUTH: 'https://example.org/auth' }), /ends with \/v1\.0/],
    ['a key that is no base64', () => storeOf(AZURE, { ...KEYS, KEY: '§' }), 'KEY: expected base64, received something else'],
    ['a store that is not there', () => load([], KEYS, [[{ store: 'shop' }]]), 'expected a name of stores, received "shop"'],
    [
      'a container with a slash',
      () => load([S3], KEYS, [[{ store: 'shop', containers: ['a/b'] }]]),
      '"a/b" is not the name of a container',
    ],
    [
      'a container of two apps',
      () => load([S3], KEYS, [[{ store: 'shop', containers: ['a'] }], [{ store: 'shop', containers: ['b', 'a'] }]]),
      'two apps store in shop/a',
    ],
  ])('%s', (_, run, problem) => expect(run).toThrow(problem))

  it('but an address inside may be allowed', () => {
    const env = { ...KEYS, EMULSION_ALLOW_HOSTS: '127.0.0.1:9000' }
    expect(load([{ ...S3, endpoint: 'http://127.0.0.1:9000' }], env).stores[0]?.lacks).toBeNull()
  })
})

it('an app has its stores by location, and one of S3 of which nothing is set counts for none', () => {
  const entries: AppStores = [
    { store: 'shop', containers: ['a', from('B'), from('C')] },
    { store: 'blobs', containers: [] },
    { store: 'box' },
  ]
  expect(load([S3, AZURE, DROPBOX], { ...KEYS, B: 'b' }, [entries]).filestackApps[0]?.stores).toEqual([
    { location: 'S3', store: 'shop', containers: ['a', 'b'], lacks: null, canPublish: true },
    { location: 'azure', store: 'blobs', containers: [], lacks: 'filestackApps[].stores[blobs].containers', canPublish: false },
    { location: 'dropbox', store: 'box', containers: [''], lacks: null, canPublish: false },
  ])
  const none = load([S3], {}, [[{ store: 'shop', containers: [from('B')] }]]).filestackApps[0]?.stores
  expect(none).toEqual([])
})
