import * as z from 'zod'
import { ruleSchema } from '../service/triggers/rules.ts'
import { accountSchema } from './accounts.ts'
import { batchServiceSchema } from './batch-services.ts'
import { cacheSchema } from './cache.ts'
import { limitsSchema, memorySchema, processesSchema, uploadsSchema } from './limits.ts'
import { reference } from './reference.ts'

export const STORAGE_EVENT_SOURCES = ['bucket', 'service'] as const

export const configSchema = z.strictObject({
  accounts: z.array(accountSchema).min(1),
  limits: limitsSchema.prefault({}),
  uploads: uploadsSchema.prefault({}),
  cache: cacheSchema.prefault({}),
  memory: memorySchema.prefault({}),
  batchServices: z.array(batchServiceSchema).default([]),
  processes: processesSchema.prefault({}),
  /** Rules that process what is stored (docs/triggers.md). */
  triggers: z.array(ruleSchema).default([]),
  /** Who tells of a write: the bucket by R2's event notifications, or this service itself where there are none. */
  storageEvents: z.union([z.enum(STORAGE_EVENT_SOURCES), reference]).default('bucket'),
  /** Bearer that `/-/metrics` asks for; open to everybody while the variable is empty. */
  metricsToken: reference.prefault({ env: 'EMULSION_METRICS_TOKEN', default: '' }),
  /** Comma-separated `host` or `host:port` that URL sources and callbacks may reach although they are private. */
  allowHosts: reference.prefault({ env: 'EMULSION_ALLOW_HOSTS', default: '' }),
})

/** What emulsion.config.ts exports. */
export type ConfigDefinition = z.input<typeof configSchema>
/** Identity at run time: gives the file its types. */
export const defineConfig = (config: ConfigDefinition): ConfigDefinition => config
