import * as z from 'zod'
import { isWithin } from '../service/files/path-scope.ts'
import { reference, type Resolver } from './reference.ts'
import type { ConfiguredStore, StoreKind } from './stores.ts'

const containerSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.-]{1,63}$/)
    .describe('As clients name it.'),
  folder: z
    .string()
    .regex(/^(\/[^/]+){1,8}$/)
    .describe('Folder of the account that holds its files. No two containers share one, nor does one lie in another.'),
})

const appStoreSchema = z.strictObject({
  store: z
    .string()
    .describe('A name of `stores`. Its kind tells the location: s3 is `S3`, swift is `rackspace`; gcs, azure and dropbox are those.'),
  containers: z
    .array(z.union([z.string(), reference]))
    .default([])
    .describe(
      'Buckets or containers that the app may use; the first one is used when a request names none. Dropbox has none. An empty variable counts for none.',
    ),
})

export const filestackAppSchema = z.strictObject({
  key: reference.describe('API key. While its variable is empty there is no such app.'),
  secrets: z
    .array(reference)
    .min(1)
    .describe('Sign policies, and are the password of Basic; several for rotation. An empty variable counts for none.'),
  account: z.union([z.string(), reference]).optional().describe('Whose files it stores; the first account when absent.'),
  security: z
    .enum(['off', 'required'])
    .default('off')
    .describe('`required`: every call needs a policy or Basic; `off`: only calls that change a stored file do.'),
  containers: z.array(containerSchema).min(1).describe('The first one is used when a request names none.'),
  copySeconds: z
    .number()
    .int()
    .min(3600)
    .default(2_592_000)
    .describe('How long a copy of a picture from elsewhere is kept, which processing URLs make; 30 days.'),
  stores: z
    .array(appStoreSchema)
    .default([])
    .describe(
      'Where else it may store. The first one of a location is used when a request names no container; one of `S3` goes before `containers`.',
    ),
})

export interface FilestackAppSettings {
  readonly key: string
  readonly secrets: readonly string[]
  readonly account: string
  readonly security: 'off' | 'required'
  readonly containers: readonly { readonly name: string; readonly folder: string }[]
  readonly copySeconds: number
  readonly stores: readonly AppStoreSettings[]
}

/** A store that an app may use. */
export interface AppStoreSettings {
  /** As the protocol names it. */
  readonly location: string
  readonly store: string
  readonly containers: readonly string[]
  /** The setting without which it cannot be used. */
  readonly lacks: string | null
  /** Whether one file can be made public there. */
  readonly canPublish: boolean
}

const LOCATIONS: Readonly<Record<StoreKind, string>> = { s3: 'S3', gcs: 'gcs', azure: 'azure', swift: 'rackspace', dropbox: 'dropbox' }

type Parsed = z.output<typeof filestackAppSchema>

/** The apps that have a key. `accounts`: the ids of all accounts; the first is that of apps that name none. */
export function readFilestackApps(
  parsed: readonly Parsed[],
  accounts: readonly string[],
  stores: readonly ConfiguredStore[],
  resolver: Resolver,
): readonly FilestackAppSettings[] {
  const apps = parsed.flatMap((app) => readApp(app, accounts, stores, resolver))
  const [twice] = apps.filter(({ key }, i) => apps.findIndex((other) => other.key === key) !== i)
  const reused = twice && parsed.find(({ key }) => resolver.optional(key) === twice.key)
  if (reused) resolver.refuse(reused.key, 'a key of one app', 'that of another app')
  for (const [shared, other] of sharedFolders(apps))
    resolver.problem(`filestackApps: the container folders ${shared} and ${other} hold the same files`)
  for (const shared of sharedContainers(apps)) resolver.problem(`filestackApps: two apps store in ${shared}`)
  return apps
}

/** Containers of stores that two apps have: one could then overwrite what the other has stored. */
function sharedContainers(apps: readonly FilestackAppSettings[]): readonly string[] {
  const all = apps.flatMap(({ stores }) => stores.flatMap(({ store, containers }) => containers.map((name) => `${store}/${name}`)))
  return all.filter((place, i) => all.indexOf(place) !== i)
}

function readApp(
  { key, secrets, account, ...app }: Parsed,
  accounts: readonly string[],
  stores: readonly ConfiguredStore[],
  resolver: Resolver,
): readonly FilestackAppSettings[] {
  const text = resolver.optional(key)
  if (text === undefined) return []
  if (!/^[\w-]{1,100}$/.test(text)) resolver.refuse(key, '1 to 100 characters of A-Za-z0-9_-', JSON.stringify(text.slice(0, 100)))
  const known = secrets.flatMap((secret) => resolver.optional(secret) ?? [])
  if (known.length === 0 && secrets[0]) resolver.refuse(secrets[0], 'a secret for the app whose key is set', 'none')
  const owner = account === undefined ? (accounts[0] ?? '') : resolver.required(account)
  if (!accounts.includes(owner)) resolver.problem(`filestackApps: expected the id of an account, received ${JSON.stringify(owner)}`)
  const elsewhere = app.stores.flatMap((entry) => readAppStore(entry, stores, resolver))
  return [{ ...app, key: text, secrets: known, account: owner, stores: elsewhere }]
}

/** A store of S3 of which nothing is set counts for none: the account's own bucket is there. */
function readAppStore(
  { store: name, containers }: Parsed['stores'][number],
  stores: readonly ConfiguredStore[],
  { optional, problem }: Resolver,
): readonly AppStoreSettings[] {
  const store = stores.find((candidate) => candidate.name === name)
  if (!store) {
    problem(`filestackApps[].stores: expected a name of stores, received ${JSON.stringify(name)}`)
    return []
  }
  const { kind } = store
  const known = kind === 'dropbox' ? [''] : containers.flatMap((each) => (typeof each === 'string' ? each : (optional(each) ?? [])))
  const wrong = known.find((container) => kind !== 'dropbox' && !/^[^/\u0000-\u001f]{1,255}$/.test(container))
  if (wrong !== undefined) problem(`filestackApps[].stores: ${JSON.stringify(wrong)} is not the name of a container`)
  if (kind === 's3' && store.lacks !== null && known.length === 0) return []
  const lacks = store.lacks ?? (known.length === 0 ? `filestackApps[].stores[${name}].containers` : null)
  return [{ location: LOCATIONS[kind], store: name, containers: known, lacks, canPublish: kind === 's3' || kind === 'gcs' }]
}

/** Pairs of folders of which one is or lies in the other: an app could then overwrite what another one has stored. */
function sharedFolders(apps: readonly FilestackAppSettings[]): readonly (readonly [string, string])[] {
  const folders = apps.flatMap(({ account, containers }) => containers.map(({ folder }) => ({ account, folder })))
  return folders.flatMap((one, i) =>
    folders
      .filter((other, k) => k !== i && other.account === one.account && isWithin(one.folder, other.folder))
      .map((other) => [one.folder, other.folder] as const),
  )
}
