import { z } from 'zod'
import { isAccountId } from './service/account-id.ts'

/** A secret or another value of the environment: `wrangler secret put` in production, generated on first start locally. */
const reference = z.strictObject({ env: z.string().regex(/^[A-Z][A-Z0-9_]*$/), default: z.string().optional() })
export type EnvReference = z.infer<typeof reference>

const apiKey = z.strictObject({
  /** Names the key in logs, signed URLs and tokens. */
  id: z.string().min(1).max(100),
  /** `secret` may do everything; `public` may upload to new paths and read. */
  kind: z.enum(['secret', 'public']),
  key: reference,
})

const account = z.strictObject({
  id: z.union([z.string().refine(isAccountId, 'Expected 7 base58 characters'), reference]),
  keys: z.array(apiKey).min(1),
})

const limits = z.strictObject({
  /** Of an image that is to be decoded. */
  maxFileBytes: z.int().positive().default(50_000_000),
  /** Of a file that is only stored. */
  maxUploadBytes: z.int().positive().default(500_000_000),
  maxPixels: z.int().positive().default(100_000_000),
  maxSide: z.int().positive().default(12_000),
  maxSteps: z.int().positive().default(64),
})

const caching = z.strictObject({
  /** How long clients and the edge keep a result whose URL carries no version. */
  ttlSeconds: z.int().min(0).default(3600),
  /** The same for URLs with `version` or `v`, which never change. */
  versionedTtlSeconds: z.int().min(0).default(31_536_000),
  notFoundTtlSeconds: z.int().min(0).default(60),
  /** Whether results are kept in the result bucket: always, never, or only when making them took longer than `autoThresholdMs`. */
  permanent: z.union([z.boolean(), z.literal('auto')]).default(true),
  autoThresholdMs: z.int().min(0).default(500),
})

const memory = z.strictObject({
  /** What all jobs of an isolate may hold together; an isolate has 128 MB for everything. */
  totalBytes: z.int().positive().default(80_000_000),
  /** Jobs that may wait for memory before further ones are refused. */
  maxWaiting: z.int().min(0).default(32),
})

const definition = z.strictObject({
  accounts: z.array(account).min(1),
  limits: limits.prefault({}),
  cache: caching.prefault({}),
  memory: memory.prefault({}),
})

/** What emulsion.config.ts exports. */
export type ConfigDefinition = z.input<typeof definition>
/** Identity at run time: gives the file its types. */
export const defineConfig = (config: ConfigDefinition): ConfigDefinition => config

export interface ApiKey {
  readonly id: string
  readonly kind: 'secret' | 'public'
  readonly key: string
}

export interface Account {
  readonly id: string
  readonly keys: readonly ApiKey[]
}

export interface Config {
  readonly accounts: readonly Account[]
  readonly limits: Readonly<z.output<typeof limits>>
  readonly cache: Readonly<z.output<typeof caching>>
  readonly memory: Readonly<z.output<typeof memory>>
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
  const { accounts, limits, cache, memory } = parsed.data
  const config: Config = {
    limits,
    cache,
    memory,
    accounts: accounts.map(({ id, keys }) => ({
      id: resolve(id),
      keys: keys.map((k) => ({ id: k.id, kind: k.kind, key: resolve(k.key) })),
    })),
  }
  if (missing.length > 0) throw new Error(`Environment variables are missing: ${missing.join(', ')}`)
  const wrong = config.accounts.find(({ id }) => !isAccountId(id))
  if (wrong) throw new Error(`Account id: expected 7 base58 characters, received ${JSON.stringify(wrong.id)}`)
  return config
}
