import * as z from 'zod'
import { AppError } from '../errors.ts'
import { isWithin } from '../service/files/path-scope.ts'
import { checkPublicUrl } from '../service/outbound/guard.ts'
import { reference, type Resolver } from './reference.ts'
import type { ConfiguredStore } from './stores.ts'

export const mountSchema = z.strictObject({
  folder: z
    .string()
    .regex(/^(\/[^/]+){1,8}$/)
    .describe('Folder of the account that shows the files. It can only be read.'),
  alias: z
    .string()
    .regex(/^[\w-]{1,40}$/)
    .optional()
    .describe('Names it in Filestack’s processing URLs: `src://{alias}/{path}`.'),
  store: z.string().optional().describe('A name of `stores`; or `web`.'),
  container: z.union([z.string(), reference]).optional().describe('Bucket or container of the store. Dropbox has none.'),
  prefix: z
    .string()
    .regex(/^([^/]+\/)*$/)
    .default('')
    .describe('What the keys begin with, as `media/`.'),
  web: z.union([z.string(), reference]).optional().describe('Address of a web server, with a slash at its end; or `store`.'),
  freshSeconds: z
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(60)
    .describe('How long what was asked of a file (that it is there, which version) counts before it is asked again.'),
})

export interface MountSettings {
  readonly folder: string
  readonly alias: string | undefined
  readonly freshSeconds: number
  readonly origin:
    | { readonly kind: 'store'; readonly store: string; readonly container: string; readonly prefix: string; readonly lacks: string | null }
    | { readonly kind: 'web'; readonly base: string }
}

type Parsed = z.output<typeof mountSchema>

/** Where a variable is empty nothing is mounted. @param account for messages. */
export function readMounts(
  parsed: readonly Parsed[],
  account: string,
  stores: readonly ConfiguredStore[],
  allowHosts: readonly string[],
  resolver: Resolver,
): readonly MountSettings[] {
  const at = (folder: string): string => `accounts[${account}].mounts[${folder}]`
  for (const [i, { folder, alias }] of parsed.entries()) {
    const others = parsed.slice(i + 1)
    const shared = others.find((other) => isWithin(folder, other.folder) || isWithin(other.folder, folder))
    if (shared) resolver.problem(`${at(folder)}: it shares files with the mount of ${shared.folder}`)
    if (alias !== undefined && others.some((other) => other.alias === alias))
      resolver.problem(`${at(folder)}.alias: another mount has the alias ${JSON.stringify(alias)}`)
  }
  return parsed.flatMap(({ folder, alias, freshSeconds, ...mount }) => {
    const origin = readOrigin(mount, at(folder), stores, allowHosts, resolver)
    return origin ? [{ folder, alias, freshSeconds, origin }] : []
  })
}

function readOrigin(
  { store, container, prefix, web }: Pick<Parsed, 'store' | 'container' | 'prefix' | 'web'>,
  at: string,
  stores: readonly ConfiguredStore[],
  allowHosts: readonly string[],
  { optional, problem }: Resolver,
): MountSettings['origin'] | null {
  if ((store === undefined) === (web === undefined)) {
    problem(`${at}: expected either store or web`)
    return null
  }
  if (web !== undefined) {
    if (container !== undefined || prefix !== '') problem(`${at}: container and prefix are for stores`)
    const base = typeof web === 'string' ? web : optional(web)
    if (base === undefined) return null
    const wrong = wrongAddress(base, allowHosts)
    if (wrong !== null) problem(`${at}.web: ${wrong}`)
    return { kind: 'web', base }
  }
  const found = stores.find(({ name }) => name === store)
  if (!found) {
    problem(`${at}.store: expected a name of stores, received ${JSON.stringify(store)}`)
    return null
  }
  const named = typeof container === 'string' ? container : optional(container)
  if (found.kind !== 'dropbox' && container === undefined) problem(`${at}.container: expected the name of a container, received none`)
  if (found.kind === 'dropbox' && container !== undefined) problem(`${at}.container: Dropbox has none`)
  if (named !== undefined && !/^[^/\u0000-\u001f]{1,255}$/.test(named)) problem(`${at}.container: expected the name of a container`)
  if (found.kind !== 'dropbox' && named === undefined) return null
  return { kind: 'store', store: found.name, container: named ?? '', prefix, lacks: found.lacks }
}

function wrongAddress(base: string, allowHosts: readonly string[]): string | null {
  try {
    const { pathname, search, hash } = checkPublicUrl(base, allowHosts)
    return pathname.endsWith('/') && search === '' && hash === '' ? null : 'expected an address with a slash at its end, without ? and #'
  } catch (thrown) {
    return AppError.from(thrown).reason ?? 'expected a public address'
  }
}
