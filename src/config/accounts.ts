import * as z from 'zod'
import { isAccountId } from '../service/access/account-id.ts'
import { DEFAULT_RULE, type DestinationDefaults } from '../service/files/upload-destination.ts'
import type { FallbackPicture } from '../service/protection/fallback.ts'
import type { RenderQuotas } from '../service/protection/quotas.ts'
import type { FolderRule } from '../service/protection/rules.ts'
import type { UrlPolicy } from '../service/protection/url-policy.ts'
import { accountCacheSchema, type CacheSettings } from './cache.ts'
import { folderRuleSchema, readFolderRules } from './folder-rules.ts'
import { type IngestSettings, ingestSchema, readIngest } from './ingest.ts'
import { mountSchema, type MountSettings, readMounts } from './mounts.ts'
import { quotasSchema } from './quotas.ts'
import { reference, withoutUndefined, type Resolver } from './reference.ts'
import type { ConfiguredStore } from './stores.ts'
import { readUrls, urlsSchema } from './urls.ts'

const apiKeySchema = z.strictObject({
  id: z
    .string()
    .regex(/^[\w-]{1,100}$/)
    .describe('Names the key in logs, signed URLs and tokens.'),
  kind: z.enum(['secret', 'public']).describe('`secret` may do everything; `public` may upload to new paths and read.'),
  key: reference.describe('The key itself: `secret_` or `public_`, the account id, and further characters.'),
  folder: z
    .string()
    .regex(/^\/([^/]+(\/[^/]+)*)?$/)
    .default('/')
    .describe('The key reaches this folder and what is below it.'),
  destination: z
    .strictObject({
      folderPath: z.string().startsWith('/').optional(),
      fileName: z.string().optional(),
      fileNameFallback: z.string().optional(),
    })
    .prefault({})
    .describe('Where this key’s uploads go when the request leaves it open; path variables allowed, the folder absolute.'),
  secureUrlKey: reference.optional().describe('Base64 of 32 bytes for signed and encrypted URLs. Without it this key signs none.'),
})

/** Names that mean something at the same place of a URL. */
const RESERVED: readonly string[] = ['raw', 'save', 'api', 'image', 'video', 'audio', 'archive', 'antivirus', 'iiif']

const presetParameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

const accountSettings = z.strictObject({
  id: z
    .union([z.string().refine(isAccountId, 'Expected 7 base58 characters'), reference])
    .describe('7 base58 characters; the first part of every URL.'),
  cache: accountCacheSchema.optional().describe('What differs from the settings of the same name for all accounts.'),
  maxUploadBytes: z.int().positive().optional().describe('Of a file of this account; `limits.maxUploadBytes` when absent.'),
  keys: z.array(apiKeySchema).min(1).describe('Several keys of a kind may stand side by side, for rotation.'),
  tokenKeys: z
    .array(reference)
    .default([])
    .describe('Public keys (PEM, SPKI) whose private halves sign access tokens; several for rotation. An empty variable counts for none.'),
  mounts: z.array(mountSchema).default([]).describe('Folders that show files of a store or a web server (docs/mounts.md).'),
  presets: z
    .record(
      z
        .string()
        .regex(/^[a-z0-9][a-z0-9_-]{0,99}$/i)
        .refine((name) => !RESERVED.includes(name), 'Expected a name that no processing has'),
      z.union([z.string(), presetParameters, z.array(presetParameters)]),
    )
    .default({})
    .describe('Named parameters: `/{account}/{name}{path}`. A query string, or objects whose entries are flattened in order.'),
  ingest: ingestSchema.prefault({}).describe('What the upload element makes of pictures before they leave the device (docs/upload.md).'),
  rules: z
    .array(folderRuleSchema)
    .default([])
    .describe('What every picture of a folder’s files goes through, whatever its URL wishes (docs/security.md).'),
  fallback: z
    .strictObject({
      path: z.string().startsWith('/').describe('Of a file of the account.'),
      seconds: z.int().min(0).max(31_536_000).default(60).describe('How long caches may keep it in the place of another picture.'),
    })
    .optional()
    .describe(
      'The picture that is shown, with the status of the failure, where a source is missing or cannot be shown (docs/security.md).',
    ),
  quotas: quotasSchema
    .optional()
    .describe(
      'How many pictures requests may make. Beyond, they are 429 with `Retry-After`, and kept ones are still shown (docs/security.md).',
    ),
  s3: z
    .union([z.boolean(), reference])
    .default({ env: 'EMULSION_S3_DOOR', default: 'off' })
    .describe(
      'Whether S3 clients reach the files by the account’s keys, `on` or `off` in a variable (docs/s3.md). `npm start` sets it to `on`.',
    ),
  urls: urlsSchema.optional().describe('What URLs may wish that carry neither a signature nor a secret key.'),
})

export const accountSchema = accountSettings.refine(
  ({ ingest, presets }) => ingest.preset === undefined || Object.hasOwn(presets, ingest.preset),
  {
    path: ['ingest', 'preset'],
    error: 'Expected the name of one of the presets',
  },
)

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
  readonly mounts: readonly MountSettings[]
  readonly presets: ReadonlyMap<string, PresetParameters>
  readonly ingest: IngestSettings
  readonly cache: CacheSettings
  readonly maxUploadBytes: number
  readonly urls: UrlPolicy
  readonly rules: readonly FolderRule[]
  /** Whether S3 clients reach it. */
  readonly s3: boolean
  /** `null`: none. */
  readonly fallback: FallbackPicture | null
  /** `null`: none. */
  readonly quotas: RenderQuotas | null
}

const SWITCH: ReadonlyMap<string, boolean> = new Map([
  ['on', true],
  ['off', false],
])

/** `shared`: what holds for an account that sets nothing of its own. */
export function readAccount(
  {
    id,
    keys,
    tokenKeys,
    mounts,
    presets,
    ingest,
    urls,
    rules,
    fallback,
    quotas,
    s3,
    cache = {},
    maxUploadBytes,
  }: z.output<typeof accountSchema>,
  shared: Pick<Account, 'cache' | 'maxUploadBytes'>,
  outside: { readonly stores: readonly ConfiguredStore[]; readonly allowHosts: readonly string[] },
  resolver: Resolver,
): Account {
  const { parsed, required, optional } = resolver
  const accountId = parsed<string, string>(id, (text) => (isAccountId(text) ? text : undefined), '7 base58 characters', '')
  return {
    id: accountId,
    mounts: readMounts(mounts, accountId, outside.stores, outside.allowHosts, resolver),
    cache: { ...shared.cache, ...withoutUndefined(cache) },
    maxUploadBytes: maxUploadBytes ?? shared.maxUploadBytes,
    urls: readUrls(urls),
    s3: parsed<boolean, false>(s3, (text) => SWITCH.get(text), '"on" or "off"', false),
    fallback: fallback ?? null,
    quotas: quotas ?? null,
    ingest: readIngest(ingest),
    rules: readFolderRules(rules, accountId, resolver),
    keys: keys.map(({ id: keyId, kind, key, folder, destination, secureUrlKey }) => ({
      id: keyId,
      kind,
      key: required(key),
      folder,
      defaults: { ...DEFAULT_RULE, ...withoutUndefined(destination) },
      secureUrlKey: optional(secureUrlKey),
    })),
    tokenKeys: tokenKeys.flatMap((key) => optional(key) ?? []),
    presets: new Map(Object.entries(presets).map(([name, parameters]) => [name, presetEntries(parameters)])),
  }
}

function presetEntries(parameters: z.output<typeof accountSchema>['presets'][string]): PresetParameters {
  if (typeof parameters === 'string') return [...new URLSearchParams(parameters)]
  return [parameters].flat().flatMap((group) => Object.entries(group).map(([name, value]) => [name, String(value)] as const))
}
