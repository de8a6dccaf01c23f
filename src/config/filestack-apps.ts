import * as z from 'zod'
import { isWithin } from '../service/files/path-scope.ts'
import { reference, type Resolver } from './reference.ts'

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
})

export interface FilestackAppSettings {
  readonly key: string
  readonly secrets: readonly string[]
  readonly account: string
  readonly security: 'off' | 'required'
  readonly containers: readonly { readonly name: string; readonly folder: string }[]
}

type Parsed = z.output<typeof filestackAppSchema>

/** The apps that have a key. `accounts`: the ids of all accounts; the first is that of apps that name none. */
export function readFilestackApps(
  parsed: readonly Parsed[],
  accounts: readonly string[],
  resolver: Resolver,
): readonly FilestackAppSettings[] {
  const apps = parsed.flatMap((app) => readApp(app, accounts, resolver))
  const [twice] = apps.filter(({ key }, i) => apps.findIndex((other) => other.key === key) !== i)
  const reused = twice && parsed.find(({ key }) => resolver.optional(key) === twice.key)
  if (reused) resolver.refuse(reused.key, 'a key of one app', 'that of another app')
  for (const [shared, other] of sharedFolders(apps))
    resolver.problem(`filestackApps: the container folders ${shared} and ${other} hold the same files`)
  return apps
}

function readApp(
  { key, secrets, account, ...app }: Parsed,
  accounts: readonly string[],
  resolver: Resolver,
): readonly FilestackAppSettings[] {
  const text = resolver.optional(key)
  if (text === undefined) return []
  if (!/^[\w-]{1,100}$/.test(text)) resolver.refuse(key, '1 to 100 characters of A-Za-z0-9_-', JSON.stringify(text.slice(0, 100)))
  const known = secrets.flatMap((secret) => resolver.optional(secret) ?? [])
  if (known.length === 0 && secrets[0]) resolver.refuse(secrets[0], 'a secret for the app whose key is set', 'none')
  const owner = account === undefined ? (accounts[0] ?? '') : resolver.required(account)
  if (!accounts.includes(owner)) resolver.problem(`filestackApps: expected the id of an account, received ${JSON.stringify(owner)}`)
  return [{ ...app, key: text, secrets: known, account: owner }]
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
