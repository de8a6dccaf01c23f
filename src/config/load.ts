import * as z from 'zod'
import { isAccountId } from '../service/access/account-id.ts'
import { readAllowHosts } from '../service/outbound/guard.ts'
import { isAddressRange } from '../service/outbound/ranges.ts'
import { DEFAULT_RULE, type DestinationDefaults } from '../service/files/upload-destination.ts'
import { ruleSchema, type TriggerRule } from '../service/triggers/rules.ts'
import { readWebhookSecret } from '../service/processes/webhook-signature.ts'

/** A secret or another value of the environment: `wrangler secret put` in production, generated on first start locally. */
const reference = z.strictObject({ env: z.string().regex(/^[A-Z][A-Z0-9_]*$/), default: z.string().optional() })
export type EnvReference = z.infer<typeof reference>

const apiKey = z.strictObject({
  /** Names the key in logs, signed URLs and tokens. */
  id: z.string().regex(/^[\w-]{1,100}$/),
  /** `secret` may do everything; `public` may upload to new paths and read. */
  kind: z.enum(['secret', 'public']),
  key: reference,
  /** The key reaches this folder and what is below it. */
  folder: z
    .string()
    .regex(/^\/([^/]+(\/[^/]+)*)?$/)
    .default('/'),
  /** Where this key's uploads go when the request leaves it open; path variables allowed, the folder absolute. */
  destination: z
    .strictObject({
      folderPath: z.string().startsWith('/').optional(),
      fileName: z.string().optional(),
      fileNameFallback: z.string().optional(),
    })
    .prefault({}),
  /** Base64 of 32 bytes for signed and encrypted URLs. Without it this key signs none. */
  secureUrlKey: reference.optional(),
})

const cacheFields = {
  /** How long clients and the edge keep a result whose URL carries no version. */
  ttlSeconds: z.int().min(0),
  /** The same for URLs with `version` or `v`, which never change. */
  versionedTtlSeconds: z.int().min(0),
  notFoundTtlSeconds: z.int().min(0),
  /** Whether results are kept in the result bucket: always, never, or only when making them took longer than `autoThresholdMs`. */
  permanent: z.union([z.boolean(), z.literal('auto')]),
}

const caching = z.strictObject({
  ttlSeconds: cacheFields.ttlSeconds.default(3600),
  versionedTtlSeconds: cacheFields.versionedTtlSeconds.default(31_536_000),
  notFoundTtlSeconds: cacheFields.notFoundTtlSeconds.default(60),
  permanent: cacheFields.permanent.default(true),
  autoThresholdMs: z.int().min(0).default(500),
})

/** Names that mean something at the same place of a URL. */
const RESERVED: readonly string[] = ['raw', 'save', 'api', 'image', 'video', 'audio', 'archive', 'antivirus']

const presetParameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

const account = z.strictObject({
  id: z.union([z.string().refine(isAccountId, 'Expected 7 base58 characters'), reference]),
  /** What differs from the settings of the same name for all accounts. */
  cache: z.strictObject(cacheFields).partial().optional(),
  maxUploadBytes: z.int().positive().optional(),
  /** Several keys of a kind may stand side by side, for rotation. */
  keys: z.array(apiKey).min(1),
  /** Public keys (PEM, SPKI) whose private halves sign access tokens; several for rotation. An empty variable counts for none. */
  tokenKeys: z.array(reference).default([]),
  /** Named parameters: `/{account}/{name}{path}`. A query string, or objects whose entries are flattened in order. */
  presets: z
    .record(
      z
        .string()
        .regex(/^[a-z0-9][a-z0-9_-]{0,99}$/i)
        .refine((name) => !RESERVED.includes(name), 'Expected a name that no processing has'),
      z.union([z.string(), presetParameters, z.array(presetParameters)]),
    )
    .default({}),
})

const uploads = z.strictObject({
  /** Unfinished multipart uploads are dropped after this. */
  expirySeconds: z.union([z.int().positive(), reference]).default(86_400),
  /** Unfinished multipart uploads that an account may have at a time. */
  maxPending: z.int().positive().default(1000),
})

const limits = z.strictObject({
  /** Saves of larger sources are done later, as a job that the answer names. */
  asyncSaveBytes: z.int().positive().default(30_000_000),
  /** Of an image that is to be decoded. */
  maxFileBytes: z.int().positive().default(50_000_000),
  /** Of a file that is only stored. */
  maxUploadBytes: z.int().positive().default(500_000_000),
  maxPixels: z.int().positive().default(100_000_000),
  maxSide: z.int().positive().default(12_000),
  maxSteps: z.int().positive().default(64),
})

const memory = z.strictObject({
  /** What all jobs of an isolate may hold together; an isolate has 128 MB for everything. */
  totalBytes: z.int().positive().default(80_000_000),
  /** Jobs that may wait for memory before further ones are refused. */
  maxWaiting: z.int().min(0).default(32),
})

const batchService = z.strictObject({
  /** `service_id` of the requests. */
  id: z.int().min(0),
  secret: reference,
  /** Whose files `source` and `destination` are; the first account when absent. */
  account: z.union([z.string(), reference]).optional(),
  /** Addresses and ranges that alone may create and retry; empty: all. */
  allowIps: z.array(z.string().refine(isAddressRange, 'Expected an address, or an address and a prefix length')).default([]),
  /** The rate-limit binding of wrangler.toml that counts its requests. */
  rateLimit: z.string().default('BATCH_RATE_LIMIT'),
  /** `whsec_` secrets that sign callbacks; several for rotation. An empty variable counts for none. */
  callbackKeys: z.array(reference).default([]),
})

const processes = z.strictObject({
  /** How long the record of an ended process is kept. */
  retentionDays: z.number().positive().max(3650).default(30),
})

const definition = z.strictObject({
  accounts: z.array(account).min(1),
  limits: limits.prefault({}),
  uploads: uploads.prefault({}),
  cache: caching.prefault({}),
  memory: memory.prefault({}),
  batchServices: z.array(batchService).default([]),
  processes: processes.prefault({}),
  /** Rules that process what is stored (docs/triggers.md). */
  triggers: z.array(ruleSchema).default([]),
  /** Who tells of a write: the bucket by R2's event notifications, or this service itself where there are none. */
  storageEvents: z.union([z.enum(['bucket', 'service']), reference]).default('bucket'),
  /** Bearer that `/-/metrics` asks for; open to everybody while the variable is empty. */
  metricsToken: reference.prefault({ env: 'EMULSION_METRICS_TOKEN', default: '' }),
  /** Comma-separated `host` or `host:port` that URL sources and callbacks may reach although they are private. */
  allowHosts: reference.prefault({ env: 'EMULSION_ALLOW_HOSTS', default: '' }),
})

/** What emulsion.config.ts exports. */
export type ConfigDefinition = z.input<typeof definition>
/** Identity at run time: gives the file its types. */
export const defineConfig = (config: ConfigDefinition): ConfigDefinition => config

export interface ApiKey {
  readonly id: string
  readonly kind: 'secret' | 'public'
  readonly key: string
  readonly folder: string
  readonly defaults: DestinationDefaults
  /** Base64. */
  readonly secureUrlKey: string | undefined
}

export type PresetParameters = readonly (readonly [name: string, value: string])[]

export interface Account {
  readonly id: string
  readonly keys: readonly ApiKey[]
  /** PEM. */
  readonly tokenKeys: readonly string[]
  readonly presets: ReadonlyMap<string, PresetParameters>
  readonly cache: Readonly<z.output<typeof caching>>
  readonly maxUploadBytes: number
}

export interface BatchServiceSettings {
  readonly id: number
  readonly secret: string
  readonly account: string
  readonly allowIps: readonly string[]
  readonly rateLimit: string
  readonly callbackKeys: readonly Uint8Array[]
}

export interface Config {
  readonly accounts: readonly Account[]
  readonly limits: Readonly<z.output<typeof limits>>
  readonly cache: Readonly<z.output<typeof caching>>
  readonly memory: Readonly<z.output<typeof memory>>
  readonly uploads: { readonly expirySeconds: number; readonly maxPending: number }
  readonly batchServices: readonly BatchServiceSettings[]
  readonly processes: { readonly retentionDays: number }
  readonly triggers: readonly TriggerRule[]
  readonly storageEvents: 'bucket' | 'service'
  readonly allowHosts: readonly string[]
  readonly metricsToken: string | undefined
}

/** Joins the definition with the environment. @throws Error that names every setting that is wrong or missing. */
export function loadConfig(source: ConfigDefinition, env: Readonly<Record<string, unknown>>): Config {
  const parsed = definition.safeParse(source)
  if (!parsed.success) throw new Error(`emulsion.config.ts is not valid:\n${z.prettifyError(parsed.error)}`)
  const missing: string[] = []
  const resolve = (value: string | EnvReference): string => {
    if (typeof value === 'string') return value
    const found = env[value.env] ?? value.default
    if (typeof found === 'string' && found !== '') return found
    missing.push(value.env)
    return ''
  }
  const optional = (reference: EnvReference | undefined): string | undefined => {
    const found = reference && (env[reference.env] ?? reference.default)
    return typeof found === 'string' && found !== '' ? found : undefined
  }
  const { accounts, limits, cache, memory, uploads, processes, triggers } = parsed.data
  const config: Config = {
    processes,
    triggers,
    storageEvents: optional(textReference(parsed.data.storageEvents)) === 'service' ? 'service' : 'bucket',
    metricsToken: optional(parsed.data.metricsToken),
    allowHosts: readAllowHosts(optional(parsed.data.allowHosts)),
    batchServices: parsed.data.batchServices.map(({ secret, account: owner = accounts[0]?.id ?? '', callbackKeys, ...service }) => ({
      ...service,
      secret: resolve(secret),
      account: resolve(owner),
      callbackKeys: callbackKeys.flatMap((reference) => webhookKey(optional(reference), reference.env)),
    })),
    limits,
    cache,
    memory,
    uploads: {
      ...uploads,
      expirySeconds: Number(typeof uploads.expirySeconds === 'number' ? uploads.expirySeconds : resolve(uploads.expirySeconds)),
    },
    accounts: accounts.map(({ id, keys, tokenKeys, presets, cache: own = {}, maxUploadBytes = limits.maxUploadBytes }) => ({
      id: resolve(id),
      cache: { ...cache, ...withoutUndefined(own) },
      maxUploadBytes,
      keys: keys.map((k) => ({
        id: k.id,
        kind: k.kind,
        key: resolve(k.key),
        folder: k.folder,
        defaults: { ...DEFAULT_RULE, ...withoutUndefined(k.destination) },
        secureUrlKey: optional(k.secureUrlKey),
      })),
      tokenKeys: tokenKeys.flatMap((reference) => optional(reference) ?? []),
      presets: new Map(Object.entries(presets).map(([name, parameters]) => [name, presetEntries(parameters)])),
    })),
  }
  if (missing.length > 0) throw new Error(`Environment variables are missing: ${missing.join(', ')}`)
  const wrong = config.accounts.find(({ id }) => !isAccountId(id))
  if (wrong) throw new Error(`Account id: expected 7 base58 characters, received ${JSON.stringify(wrong.id)}`)
  return config
}

const textReference = (value: string | EnvReference): EnvReference => (typeof value === 'string' ? { env: '', default: value } : value)

function webhookKey(secret: string | undefined, variable: string): readonly Uint8Array[] {
  if (secret === undefined) return []
  const key = readWebhookSecret(secret)
  if (!key) throw new Error(`${variable}: expected "whsec_" and base64 of 24 to 64 bytes`)
  return [key]
}

const withoutUndefined = <T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> } // filtered on this line

function presetEntries(parameters: z.output<typeof account>['presets'][string]): PresetParameters {
  if (typeof parameters === 'string') return [...new URLSearchParams(parameters)]
  return [parameters].flat().flatMap((group) => Object.entries(group).map(([name, value]) => [name, String(value)] as const))
}
