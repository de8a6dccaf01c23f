import * as z from 'zod'
import { isWithin } from '../service/files/path-scope.ts'
import { readAllowHosts } from '../service/outbound/guard.ts'
import { ENGINE_CHOICES, type EngineChoice } from '../service/render/second-opinion.ts'
import type { TriggerRule } from '../service/triggers/rules.ts'
import { type Account, readAccount } from './accounts.ts'
import { type BatchServiceSettings, readBatchService } from './batch-services.ts'
import type { CacheSettings } from './cache.ts'
import { type FilestackAppSettings, readFilestackApps } from './filestack-apps.ts'
import { type Limits, readUploads, type UploadSettings } from './limits.ts'
import { createResolver, type Environment, type Resolver } from './reference.ts'
import { type ConfiguredStore, readStores } from './stores.ts'
import { type ConfigDefinition, configSchema, STORAGE_EVENT_SOURCES } from './schema.ts'

type Parsed = z.output<typeof configSchema>

/** The settings with every value of the environment in its place. */
export interface Config extends Readonly<Pick<Parsed, 'memory' | 'processes'>> {
  readonly accounts: readonly Account[]
  /** Whose pictures frameworks find at the root; `undefined`: nobody's. */
  readonly defaultAccount: string | undefined
  readonly limits: Limits
  readonly cache: CacheSettings
  readonly uploads: UploadSettings
  readonly batchServices: readonly BatchServiceSettings[]
  readonly filestackApps: readonly FilestackAppSettings[]
  readonly stores: readonly ConfiguredStore[]
  readonly triggers: readonly TriggerRule[]
  readonly storageEvents: (typeof STORAGE_EVENT_SOURCES)[number]
  readonly allowHosts: readonly string[]
  readonly metricsToken: string | undefined
  readonly engine: EngineChoice
}

/** Joins the definition with the environment. @throws Error that names every setting that is wrong or missing. */
export function loadConfig(source: ConfigDefinition, env: Environment): Config {
  const resolver = createResolver(env)
  const config = resolve(parse(source), resolver)
  if (resolver.problems.length > 0) throw new Error(`The environment does not fit emulsion.config.ts:\n${resolver.problems.join('\n')}`)
  return config
}

/** What a renderer needs: it has no environment. @throws Error that names every setting that is wrong. */
export function loadRendererConfig(source: ConfigDefinition): Pick<Config, 'limits' | 'memory'> {
  const { limits, memory } = parse(source)
  return { limits, memory }
}

function parse(source: ConfigDefinition): Parsed {
  const result = configSchema.safeParse(source)
  if (!result.success) throw new Error(`emulsion.config.ts is not valid:\n${z.prettifyError(result.error)}`)
  return result.data
}

/** Files that an app stores where a mount shows others would be seen by nobody. */
function demandOwnContainers(apps: Config['filestackApps'], accounts: Config['accounts'], { problem }: Resolver): void {
  for (const { account, containers } of apps)
    for (const { folder } of containers)
      for (const mount of accounts.find(({ id }) => id === account)?.mounts ?? [])
        if (isWithin(mount.folder, folder) || isWithin(folder, mount.folder))
          problem(`filestackApps: the container folder ${folder} and the mount of ${mount.folder} hold the same files`)
}

function readDefaultAccount(setting: Parsed['defaultAccount'], accounts: readonly string[], resolver: Resolver): string | undefined {
  const account = typeof setting === 'string' ? setting : (resolver.optional(setting) ?? '')
  if (account === '') return undefined
  if (!accounts.includes(account)) resolver.problem(`defaultAccount: expected the id of an account, received ${JSON.stringify(account)}`)
  return account
}

function resolve(parsed: Parsed, resolver: Resolver): Config {
  const { limits, cache, memory, processes, triggers } = parsed
  const allowHosts = readAllowHosts(resolver.optional(parsed.allowHosts))
  const stores = readStores(parsed.stores, allowHosts, resolver)
  const shared = { cache, maxUploadBytes: limits.maxUploadBytes }
  const accounts = parsed.accounts.map((account) => readAccount(account, shared, { stores, allowHosts }, resolver))
  const accountIds = accounts.map(({ id }) => id)
  const filestackApps = readFilestackApps(parsed.filestackApps, accountIds, stores, resolver)
  demandOwnContainers(filestackApps, accounts, resolver)
  return {
    limits,
    cache,
    memory,
    processes,
    triggers,
    stores,
    accounts,
    defaultAccount: readDefaultAccount(parsed.defaultAccount, accountIds, resolver),
    filestackApps,
    uploads: readUploads(parsed.uploads, resolver),
    batchServices: parsed.batchServices.map((service) => readBatchService(service, accounts[0]?.id ?? '', resolver)),
    storageEvents: resolver.parsed<Config['storageEvents'], 'service'>(
      parsed.storageEvents,
      (text) => STORAGE_EVENT_SOURCES.find((name) => name === text),
      STORAGE_EVENT_SOURCES.map((name) => JSON.stringify(name)).join(' or '),
      'service',
    ),
    engine: resolver.parsed<EngineChoice, 'auto'>(
      parsed.engine,
      (text) => ENGINE_CHOICES.find((name) => name === text),
      ENGINE_CHOICES.map((name) => JSON.stringify(name)).join(' or '),
      'auto',
    ),
    metricsToken: resolver.optional(parsed.metricsToken),
    allowHosts,
  }
}
