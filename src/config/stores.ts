import * as z from 'zod'
import { AppError } from '../errors.ts'
import { checkPublicUrl } from '../service/outbound/guard.ts'
import { reference, type EnvReference, type Resolver } from './reference.ts'

const text = z.union([z.string().min(1), reference])
const name = z
  .string()
  .regex(/^[\w-]{1,40}$/)
  .describe('Names the store here and in error messages. Handles remember it: a store that is renamed loses its files.')

const s3Fields = {
  name,
  region: text.default('us-east-1').describe('Of the signature.'),
  pathStyle: z.boolean().default(true).describe('Whether the bucket stands in the path; otherwise in the host.'),
  accessKeyId: reference.describe('While its variable is empty the store is not configured.'),
  secretAccessKey: reference.describe('The secret of the key.'),
  sessionToken: reference.optional().describe('Of temporary credentials.'),
}

export const storeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('s3'),
    ...s3Fields,
    endpoint: text.default('https://s3.{region}.amazonaws.com').describe('Address of the store; `{region}` stands for the region.'),
  }),
  z.strictObject({
    kind: z.literal('gcs'),
    ...s3Fields,
    region: text.default('auto').describe('Of the signature.'),
    endpoint: text.default('https://storage.googleapis.com').describe('Address of the XML API, which takes HMAC keys.'),
  }),
  z.strictObject({
    kind: z.literal('azure'),
    name,
    account: text.describe('Name of the storage account. While its variable is empty the store is not configured.'),
    key: reference.optional().describe('The account’s key, in base64. It or `sas`.'),
    sas: reference.optional().describe('A shared access signature: it reads, writes, creates, deletes and lists blobs.'),
    endpoint: text.default('https://{account}.blob.core.windows.net').describe('Address of the blob service.'),
  }),
  z.strictObject({
    kind: z.literal('swift'),
    name,
    authUrl: text.describe(
      'Of TempAuth `https://host/auth/v1.0`, of Keystone `https://host/v2.0` or `https://host/v3`: its end tells the protocol. While its variable is empty the store is not configured.',
    ),
    user: text.describe('Name of the user.'),
    password: reference.describe('Of the user, or an API key.'),
    isApiKey: z.boolean().default(false).describe('Whether `password` is an API key of Rackspace’s Identity (version 2).'),
    project: text.optional().describe('Project, or tenant.'),
    domain: text.default('Default').describe('Domain of user and project (version 3).'),
    region: text.optional().describe('Region of the object store in the catalogue; the first one when absent.'),
  }),
  z.strictObject({
    kind: z.literal('dropbox'),
    name,
    appKey: reference.describe('While its variable is empty the store is not configured.'),
    appSecret: reference.describe('Secret of the app.'),
    refreshToken: reference.describe('Of the user whose files these are.'),
    root: z
      .string()
      .regex(/^(\/[^/]+)*$/)
      .default('')
      .describe('Folder that holds everything.'),
    apiUrl: text.default('https://api.dropboxapi.com').describe('Address of the API.'),
    contentUrl: text.default('https://content.dropboxapi.com').describe('Address for bytes.'),
  }),
])

type Parsed = z.output<typeof storeSchema>
export type StoreKind = Parsed['kind']

/** Settings whose references became texts; absent ones are `undefined`. */
type Resolved<T> = { readonly [K in keyof T]: T[K] extends boolean ? T[K] : T[K] extends string ? T[K] : Text<T[K]> }
type Text<V> = undefined extends V ? string | undefined : string
/** The version of Swift's authentication. */
interface Version {
  readonly version: '1' | '2' | '3'
}
export type StoreSettings = Parsed extends infer P
  ? P extends Parsed
    ? Resolved<P> & (P extends { kind: 'swift' } ? Version : unknown)
    : never
  : never

/** A store of the settings. `lacks`: the setting without which it cannot be used; `null` when nothing is missing. */
export interface ConfiguredStore {
  readonly name: string
  readonly kind: StoreKind
  readonly lacks: string | null
  readonly settings: StoreSettings
}

const ADDRESSES = ['endpoint', 'authUrl', 'apiUrl', 'contentUrl'] as const

/** @param allowHosts hosts that may be private. */
export function readStores(parsed: readonly Parsed[], allowHosts: readonly string[], resolver: Resolver): readonly ConfiguredStore[] {
  const twice = parsed.find((store, i) => parsed.findIndex((other) => other.name === store.name) !== i)
  if (twice) resolver.problem(`stores: expected each name once, received ${JSON.stringify(twice.name)} twice`)
  return parsed.map((store) => {
    const texts = resolveTexts(store, resolver)
    const lacks = lackOf(store, texts)
    const settings = texts as unknown as StoreSettings // every text that is required is there, or `lacks` says which is not
    if (lacks === null) checkAddresses(store.name, texts, allowHosts, resolver)
    if (store.kind === 'azure' && store.key && !isBase64(texts['key'])) resolver.refuse(store.key, 'base64', 'something else')
    return { name: store.name, kind: store.kind, lacks, settings }
  })
}

const isBase64 = (text: Texts[string]): boolean => text === undefined || /^[A-Za-z0-9+/]+={0,2}$/.test(String(text))

type Texts = Readonly<Record<string, string | boolean | undefined>>

function resolveTexts(store: Parsed, { optional, problem }: Resolver): Texts {
  const texts: Record<string, string | boolean | undefined> = {}
  for (const [field, value] of Object.entries(store)) texts[field] = typeof value === 'object' ? optional(value as EnvReference) : value // the only objects of the schema
  const fill = (field: string): void => {
    const value = texts[field]
    if (typeof value === 'string')
      texts[field] = value.replace(/\{(region|account)\}/g, (_, other: string) => String(texts[other] ?? '')).replace(/\/$/, '')
  }
  ADDRESSES.forEach(fill)
  const version = /\/v([123])(?:\.\d)?$/.exec(String(texts['authUrl']))?.[1]
  if (store.kind === 'swift' && texts['authUrl'] !== undefined) {
    if (version === undefined) problem(`stores[${store.name}].authUrl: expected an address that ends with /v1.0, /v2.0 or /v3`)
    texts['version'] = version
  }
  return texts
}

/** A text of which the schema has a reference must be there, unless it is optional. */
function lackOf(store: Parsed, texts: Texts): string | null {
  const optional = ['sessionToken', 'key', 'sas', 'project', ...(store.kind === 'swift' ? ['region'] : [])]
  for (const [field, value] of Object.entries(store)) {
    if (typeof value !== 'object' || optional.includes(field) || texts[field] !== undefined) continue
    return `stores[${store.name}].${field}: the variable ${(value as EnvReference).env} is empty` // the only objects of the schema
  }
  if (store.kind === 'azure' && texts['key'] === undefined && texts['sas'] === undefined)
    return `stores[${store.name}].key or .sas: ${[store.key, store.sas].flatMap((each) => each?.env ?? []).join(' and ') || 'both'} empty`
  return null
}

function checkAddresses(store: string, texts: Texts, allowHosts: readonly string[], { problem }: Resolver): void {
  for (const field of ADDRESSES) {
    const address = texts[field]
    if (typeof address !== 'string') continue
    try {
      checkPublicUrl(address, allowHosts)
    } catch (thrown) {
      problem(`stores[${store}].${field}: ${AppError.from(thrown).reason}`)
    }
  }
}
