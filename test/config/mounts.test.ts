import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import type { ConfigDefinition } from '../../src/config/schema.ts'

type Mounts = NonNullable<ConfigDefinition['accounts'][number]['mounts']>
const from = (env: string): { env: string; default: string } => ({ env, default: '' })
const ENV = { SECRET: 's', ID: 'id', SECRET_KEY: 'secret', BUCKET: 'pictures', WEB: 'https://blog.example.org/uploads/' }

const mountsOf = (mounts: Mounts, env: Record<string, string> = ENV) =>
  loadConfig(
    {
      accounts: [{ id: 'Emu1s1n', keys: [{ id: 'secret', kind: 'secret', key: { env: 'SECRET' } }], mounts }],
      stores: [
        { name: 'shop', kind: 's3', accessKeyId: from('ID'), secretAccessKey: from('SECRET_KEY') },
        { name: 'box', kind: 'dropbox', appKey: from('ID'), appSecret: from('SECRET_KEY'), refreshToken: from('ID') },
      ],
    },
    env,
  ).accounts[0]?.mounts

describe('a mount', () => {
  it('is on a store or on the web, with what is left open filled', () => {
    expect(
      mountsOf([
        { folder: '/shop', store: 'shop', container: from('BUCKET'), prefix: 'media/' },
        { folder: '/box', store: 'box' },
        { folder: '/blog', alias: 'blog', web: from('WEB'), freshSeconds: 5 },
      ]),
    ).toEqual([
      {
        folder: '/shop',
        alias: undefined,
        freshSeconds: 60,
        origin: { kind: 'store', store: 'shop', container: 'pictures', prefix: 'media/', lacks: null },
      },
      {
        folder: '/box',
        alias: undefined,
        freshSeconds: 60,
        origin: { kind: 'store', store: 'box', container: '', prefix: '', lacks: null },
      },
      { folder: '/blog', alias: 'blog', freshSeconds: 5, origin: { kind: 'web', base: 'https://blog.example.org/uploads/' } },
    ])
  })

  it('whose variable is empty is not there', () => {
    expect(
      mountsOf([
        { folder: '/shop', store: 'shop', container: from('NONE') },
        { folder: '/blog', web: from('NONE') },
      ]),
    ).toEqual([])
  })

  it('of a store that lacks a setting says which', () => {
    expect(mountsOf([{ folder: '/shop', store: 'shop', container: 'a' }], { SECRET: 's' })?.[0]?.origin).toMatchObject({
      lacks: 'stores[shop].accessKeyId: the variable ID is empty',
    })
  })
})

it('no app may store where a mount shows other files', () => {
  const load = (folder: string) =>
    loadConfig(
      {
        accounts: [
          {
            id: 'Emu1s1n',
            keys: [{ id: 'secret', kind: 'secret', key: { env: 'SECRET' } }],
            mounts: [{ folder: '/blog/2024', web: from('WEB') }],
          },
        ],
        filestackApps: [{ key: { env: 'ID' }, secrets: [{ env: 'SECRET' }], containers: [{ name: 'default', folder }] }],
      },
      ENV,
    )
  for (const folder of ['/blog', '/blog/2024', '/blog/2024/a'])
    expect(() => load(folder)).toThrow(`the container folder ${folder} and the mount of /blog/2024 hold the same files`)
  expect(load('/blog/2025').filestackApps).toHaveLength(1)
})

describe('what does not fit stops the start', () => {
  const web = 'https://blog.example.org/'
  it.each<[string, Mounts, RegExp]>([
    ['neither store nor web', [{ folder: '/a' }], /expected either store or web/],
    ['both', [{ folder: '/a', store: 'box', web }], /expected either store or web/],
    ['an unknown store', [{ folder: '/a', store: 'shoe', container: 'a' }], /expected a name of stores, received "shoe"/],
    ['no container', [{ folder: '/a', store: 'shop' }], /container: expected the name of a container, received none/],
    ['a container of Dropbox', [{ folder: '/a', store: 'box', container: 'a' }], /Dropbox has none/],
    ['a container with a slash', [{ folder: '/a', store: 'shop', container: 'a/b' }], /expected the name of a container/],
    ['a container of the web', [{ folder: '/a', web, container: 'a' }], /container and prefix are for stores/],
    [
      'a folder twice',
      [
        { folder: '/a', web },
        { folder: '/a', store: 'box' },
      ],
      /it shares files with the mount of \/a/,
    ],
    [
      'a folder in another',
      [
        { folder: '/a/b', web },
        { folder: '/a', store: 'box' },
      ],
      /it shares files with the mount of \/a/,
    ],
    [
      'an alias twice',
      [
        { folder: '/a', alias: 'x', web },
        { folder: '/b', alias: 'x', store: 'box' },
      ],
      /another mount has the alias "x"/,
    ],
    ['the root', [{ folder: '/', web }], /folder/],
    ['a folder with a slash at its end', [{ folder: '/a/', web }], /folder/],
    ['a prefix without a slash at its end', [{ folder: '/a', store: 'shop', container: 'a', prefix: 'media' }], /prefix/],
    ['a prefix with a slash at its beginning', [{ folder: '/a', store: 'shop', container: 'a', prefix: '/media/' }], /prefix/],
    ['an address without a slash at its end', [{ folder: '/a', web: 'https://blog.example.org/x' }], /a slash at its end/],
    ['an address with a query', [{ folder: '/a', web: 'https://blog.example.org/?a=1' }], /without \? and #/],
    ['an address with a password', [{ folder: '/a', web: 'https://a:b@blog.example.org/' }], /without user and password/],
    ['an address inside', [{ folder: '/a', web: 'http://169.254.169.254/' }], /a public address/],
    ['another scheme', [{ folder: '/a', web: 'ftp://blog.example.org/' }], /http or https/],
    ['a day and more', [{ folder: '/a', web, freshSeconds: 86_401 }], /freshSeconds/],
  ])('%s', (_, mounts, message) => expect(() => mountsOf(mounts)).toThrow(message))
})
