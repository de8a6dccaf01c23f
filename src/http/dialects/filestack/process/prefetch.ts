import type { Context } from 'hono'
import * as z from 'zod'
import type { Clock } from '../../../../service/ports.ts'
import { readJsonBody } from '../../../json-body.ts'
import { appOfKey, type FilestackApp } from '../apps.ts'
import { readRights } from '../security/rights.ts'

const MAX_BODY_BYTES = 262_144

const names = z.array(z.string().max(100)).max(100).nullish()
export const prefetchBody = z.strictObject({
  apikey: z.string().nullish(),
  security: z.strictObject({ policy: z.string(), signature: z.string() }).nullish(),
  permissions: names,
  settings: names,
  /** The picker's own settings, which it keeps when the answer holds no others. */
  picker_config: z.unknown().optional(),
  events: z.unknown().optional(),
})

/** What an app may have, as the SDK names it (docs/protocols/filestack.md §6). What this service does not do is `false`. */
const PERMISSIONS: Readonly<Record<string, boolean>> = { intelligent_ingestion: true, whitelabel: true }

export interface PrefetchDeps {
  readonly apps: readonly FilestackApp[]
  readonly clock: Clock
}

/** `POST /prefetch`: what the picker asks before it opens. A policy that is sent must hold; no call of it is needed. */
export async function answerPrefetch(c: Context, { apps, clock }: PrefetchDeps): Promise<Response> {
  const { apikey, security, permissions, settings } = await readJsonBody(c, prefetchBody, MAX_BODY_BYTES)
  const app = appOfKey(apps, apikey ?? undefined, 'apikey')
  await readRights(
    app,
    { policy: security?.policy, signature: security?.signature, authorization: c.req.header('Authorization') },
    clock.now(),
  )
  return c.json({
    permissions: Object.fromEntries((permissions ?? []).map((name) => [name, PERMISSIONS[name] === true])),
    settings: Object.fromEntries((settings ?? []).map((name) => [name, false])),
  })
}
