import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { isAccountId } from '../service/access/account-id.ts'
import { randomBase58 } from '../service/files/path-variables.ts'

export interface LocalSettings {
  readonly host: string
  readonly port: number
  /** Absolute folder of everything that survives a restart. */
  readonly statePath: string
  /** Bytes of the disk that stay free (disk/keeper.ts). */
  readonly diskReserve: number | undefined
  /** Instead of the rate limit of wrangler.toml: a benchmark is a single client. */
  readonly batchRequestsPerMinute: number | undefined
  /** Processes that make pixels; 0: the Worker itself does. */
  readonly renderers: number
  /** Variables for the Worker: those of the environment, and what was generated for the rest. */
  readonly variables: Readonly<Record<string, string>>
}

const MAX_RENDERERS = 64
/** One core is for everything else. */
export const DEFAULT_RENDERERS = Math.min(MAX_RENDERERS, Math.max(1, availableParallelism() - 1))

const base58 = (count: number): string => randomBase58(count, (bytes) => randomBytes(bytes))

/** What is generated, once, when the environment does not give it. */
const GENERATED: Readonly<Record<string, (account: string) => string>> = {
  EMULSION_SECRET_KEY: (account) => `secret_${account}${base58(21)}`,
  EMULSION_PUBLIC_KEY: (account) => `public_${account}${base58(21)}`,
  EMULSION_SECURE_URL_KEY: () => randomBytes(32).toString('base64'),
  EMULSION_BATCH_SECRET: () => base58(32),
  EMULSION_CALLBACK_KEY: () => `whsec_${randomBytes(32).toString('base64')}`,
}

/**
 * Reads the environment (README, "Settings"). Nothing is written.
 * @throws Error that names the wrong variable, what was expected and what was received.
 */
export function readLocalSettings(env: Readonly<Record<string, string | undefined>>): LocalSettings {
  for (const name of ['PORT', 'HOST', 'EMULSION_STATE', 'EMULSION_ACCOUNT_ID', 'EMULSION_RENDERERS'])
    if (env[name]?.trim() === '') throw new Error(`${name} is empty: give it a value, or leave it out`)
  const account = env['EMULSION_ACCOUNT_ID'] ?? 'Emu1s1n'
  if (!isAccountId(account)) throw new Error(`EMULSION_ACCOUNT_ID: expected 7 base58 characters, received ${JSON.stringify(account)}`)
  const perMinute = env['EMULSION_BATCH_REQUESTS_PER_MINUTE']
  const reserveMb = env['EMULSION_DISK_RESERVE_MB']
  const given = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[0].startsWith('EMULSION_') && entry[1] !== undefined),
  )
  return {
    host: env['HOST'] ?? '127.0.0.1',
    port: wholeNumber('PORT', env['PORT'] ?? '8787', 0, 65_535),
    statePath: resolve(env['EMULSION_STATE'] ?? '.emulsion'),
    diskReserve: reserveMb === undefined ? undefined : wholeNumber('EMULSION_DISK_RESERVE_MB', reserveMb, 0, 1_000_000_000) * 1e6,
    batchRequestsPerMinute:
      perMinute === undefined ? undefined : wholeNumber('EMULSION_BATCH_REQUESTS_PER_MINUTE', perMinute, 1, 1_000_000_000),
    renderers: wholeNumber('EMULSION_RENDERERS', env['EMULSION_RENDERERS'] ?? String(DEFAULT_RENDERERS), 0, MAX_RENDERERS),
    variables: { EMULSION_S3_DOOR: 'on', EMULSION_DEFAULT_ACCOUNT: account, ...given, EMULSION_ACCOUNT_ID: account },
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN
  if (number >= least && number <= most) return number
  throw new Error(`${name}: expected a whole number from ${least} to ${most}, received ${JSON.stringify(text)}`)
}

/** Keys by account, then by the name of their variable. */
type KeptKeys = Readonly<Record<string, Readonly<Record<string, string>>>>

/**
 * Adds the keys that the environment leaves out. They are made once and kept, by account, in `settings.json` of the state folder, which must
 * be there; only its owner can read the file.
 */
export function withGeneratedKeys(settings: LocalSettings): LocalSettings {
  const account = settings.variables['EMULSION_ACCOUNT_ID'] ?? ''
  const file = join(settings.statePath, 'settings.json')
  const kept = existsSync(file) ? readKept(file) : {}
  const keys = Object.fromEntries(Object.entries(GENERATED).map(([name, generate]) => [name, kept[account]?.[name] ?? generate(account)]))
  const draft = `${file}.new`
  writeFileSync(draft, `${JSON.stringify({ ...kept, [account]: keys }, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, file)
  return { ...settings, variables: { ...keys, ...settings.variables } }
}

/** Earlier versions wrote `{ "EMULSION_SECRET_KEY Emu1s1n": "…" }`. @throws Error when the file is damaged: new keys would lock clients out. */
function readKept(file: string): KeptKeys {
  let parsed: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8')) as typeof parsed // written by withGeneratedKeys
  } catch (error) {
    throw new Error(`${file} is damaged: mend it, or remove it to get new keys. ${String(error)}`, { cause: error })
  }
  const kept: Record<string, Record<string, string>> = {}
  for (const [key, value] of Object.entries(parsed)) {
    const [name = '', account = key] = key.split(' ')
    kept[account] = { ...kept[account], ...(typeof value === 'string' ? { [name]: value } : value) }
  }
  return kept
}
