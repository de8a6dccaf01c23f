import * as z from 'zod'
import { ENGINE_CHOICES } from '../service/render/second-opinion.ts'
import { ruleSchema } from '../service/triggers/rules.ts'
import { accountSchema } from './accounts.ts'
import { batchServiceSchema } from './batch-services.ts'
import { cacheSchema } from './cache.ts'
import { filestackAppSchema } from './filestack-apps.ts'
import { limitsSchema, memorySchema, processesSchema, uploadsSchema } from './limits.ts'
import { reference } from './reference.ts'
import { storeSchema } from './stores.ts'

export const STORAGE_EVENT_SOURCES = ['bucket', 'service'] as const

export const configSchema = z.strictObject({
  accounts: z.array(accountSchema).min(1),
  defaultAccount: z
    .union([z.string(), reference])
    .default({ env: 'EMULSION_DEFAULT_ACCOUNT', default: '' })
    .describe(
      'The account whose pictures the paths of frameworks show at the root of the host, as `/_next/image` (docs/frameworks.md); none when empty. `npm start` sets it to its account.',
    ),
  limits: limitsSchema.prefault({}),
  uploads: uploadsSchema.prefault({}),
  cache: cacheSchema.prefault({}),
  memory: memorySchema.prefault({}),
  batchServices: z.array(batchServiceSchema).default([]),
  stores: z
    .array(storeSchema)
    .default([])
    .describe('Stores elsewhere that hold files of Filestack apps, by `kind`. The account’s own bucket is always there.'),
  filestackApps: z.array(filestackAppSchema).default([]),
  processes: processesSchema.prefault({}),
  triggers: z.array(ruleSchema).default([]).describe('Rules that process what is stored (docs/triggers.md).'),
  storageEvents: z
    .union([z.enum(STORAGE_EVENT_SOURCES), reference])
    .default('service')
    .describe(
      'Who reports a write: this service itself, or the bucket by R2’s event notifications, which also report what others write to it (docs/triggers.md).',
    ),
  engine: z
    .union([z.enum(ENGINE_CHOICES), reference])
    .default({ env: 'EMULSION_ENGINE', default: 'auto' })
    .describe(
      'Who makes pixels: `auto` is the pixel engine, and once more @jsquash’s decoders, scaler and encoders for a file on which it fails; `core` and `second` are one of them alone, for comparing.',
    ),
  metricsToken: reference
    .prefault({ env: 'EMULSION_METRICS_TOKEN', default: '' })
    .describe('Bearer that `/-/metrics` asks for; open to everybody while the variable is empty.'),
  allowHosts: reference
    .prefault({ env: 'EMULSION_ALLOW_HOSTS', default: '' })
    .describe('Comma-separated `host` or `host:port` that URL sources and callbacks may reach although they are private.'),
})

/** What emulsion.config.ts exports. */
export type ConfigDefinition = z.input<typeof configSchema>
/** Identity at run time: gives the file its types. */
export const defineConfig = (config: ConfigDefinition): ConfigDefinition => config
