import type { Context } from 'hono'
import { AppError } from '../../errors.ts'
import type { PlanLimits } from '../../image/plan.ts'
import type { Authentication } from '../credentials.ts'

/** What an account's pages make of pictures before they upload them. */
export interface AccountIngest {
  /** Of its presets, where pages name none; `null`: pictures are stored as they are. */
  readonly preset: string | null
  readonly stripLocation: boolean
  readonly presets: ReadonlyMap<string, readonly (readonly [name: string, value: string])[]>
  readonly maxUploadBytes: number
}

export interface IngestDeps {
  readonly authentication: Authentication
  readonly accounts: ReadonlyMap<string, AccountIngest>
  readonly limits: PlanLimits & { readonly heic: boolean; readonly maxFileBytes: number }
  /** That a run of a renderer may take. */
  readonly memoryBytes: number
}

/** Settings change with a deployment alone. */
const CACHE_SECONDS = 60

/**
 * `GET /-/ingest/{account}`: by any key of the account, all that an engine in the browser needs to make the picture of a preset as the service does: its
 * parameters and the limits. `?preset=` names another one than the account's own.
 * @throws AppError `not_found` (account), `invalid_parameter` (preset), `unknown_parameter`, and those of the credentials.
 */
export async function answerIngest(c: Context, { authentication, accounts, limits, memoryBytes }: IngestDeps): Promise<Response> {
  const id = c.req.param('account') ?? ''
  const account = accounts.get(id)
  if (!account) throw new AppError('not_found', { reason: `The account ${JSON.stringify(id.slice(0, 20))} does not exist.` })
  await authentication.caller(c.req.raw.headers, id)
  const { preset: named = account.preset, ...others } = c.req.query()
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw new AppError('unknown_parameter', { field: unknown })
  const parameters = named === null ? null : account.presets.get(named)
  if (parameters === undefined)
    throw new AppError('invalid_parameter', { field: 'preset', reason: `The account has no preset ${JSON.stringify(named)}.` })
  const { heic, maxFileBytes, maxPixels, maxSide, maxSteps } = limits
  return c.json(
    {
      account: id,
      preset: named === null ? null : { name: named, parameters },
      stripLocation: account.stripLocation,
      limits: { heic, maxFileBytes, maxPixels, maxSide, maxSteps, memoryBytes, maxUploadBytes: account.maxUploadBytes },
    },
    200,
    { 'Cache-Control': `private, max-age=${CACHE_SECONDS}` },
  )
}
