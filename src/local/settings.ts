import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isAccountId } from '../service/access/account-id.ts'
import { randomBase58 } from '../service/files/path-variables.ts'

export interface LocalSettings {
  readonly host: string
  readonly port: number
  /** Absolute folder of everything that survives a restart. */
  readonly statePath: string
  /** Instead of the rate limit of wrangler.toml: a benchmark is a single client. */
  readonly batchRequestsPerMinute: number | undefined
  /** Variables for the Worker: those of the environment, and what was generated for the rest. */
  readonly variables: Readonly<Record<string, string>>
}

const base58 = (count: number): string => randomBase58(count, (bytes) => randomBytes(bytes))

/** What is generated, once, when the environment does not give it. */
const GENERATED: Readonly<Record<string, (account: string) => string>> = {
  EMULSION_SECRET_KEY: (account) => `secret_${account}${base58(21)}`,
  EMULSION_PUBLIC_KEY: (account) => `public_${account}${base58(21)}`,
  EMULSION_SECURE_URL_KEY: () => randomBytes(32).toString('base64'),
  EMULSION_BATCH_SECRET: () => base58(32),
  EMULSION_CALLBACK_KEY: () => `whsec_${randomBytes(32).toString('base64')}`,
}

/** Reads the environment (docs: README "Settings"); generated secrets are kept, by account, in `settings.json` of the state folder, readable by the owner only. */
export function readLocalSettings(env: Readonly<Record<string, string | undefined>>): LocalSettings {
  const port = Number(env['PORT'] ?? 8787)
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`PORT: expected a number from 0 to 65535, received ${JSON.stringify(env['PORT'])}`)
  const statePath = resolve(env['EMULSION_STATE'] ?? '.emulsion')
  const account = env['EMULSION_ACCOUNT_ID'] ?? 'Emu1s1n'
  if (!isAccountId(account)) throw new Error(`EMULSION_ACCOUNT_ID: expected 7 base58 characters, received ${JSON.stringify(account)}`)

  const file = join(statePath, 'settings.json')
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {} // written below
  const generated = Object.fromEntries(
    Object.entries(GENERATED).map(([name, generate]) => [name, kept[`${name} ${account}`] ?? generate(account)]),
  )
  const keptNow = Object.fromEntries(Object.entries(generated).map(([name, value]) => [`${name} ${account}`, value]))
  mkdirSync(statePath, { recursive: true, mode: 0o700 })
  writeFileSync(file, JSON.stringify({ ...kept, ...keptNow }, null, 2), { mode: 0o600 })

  const given = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[0].startsWith('EMULSION_') && entry[1] !== undefined),
  )
  return {
    host: env['HOST'] ?? '127.0.0.1',
    port,
    statePath,
    batchRequestsPerMinute:
      env['EMULSION_BATCH_REQUESTS_PER_MINUTE'] === undefined ? undefined : Number(env['EMULSION_BATCH_REQUESTS_PER_MINUTE']),
    variables: { EMULSION_STORAGE_EVENTS: 'service', ...generated, ...given, EMULSION_ACCOUNT_ID: account },
  }
}
