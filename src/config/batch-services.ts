import * as z from 'zod'
import { isAddressRange } from '../service/outbound/ranges.ts'
import { readWebhookSecret } from '../service/processes/webhook-signature.ts'
import { reference, type EnvReference, type Resolver } from './reference.ts'

export const batchServiceSchema = z.strictObject({
  id: z.int().min(0).describe('`service_id` of the requests.'),
  secret: reference.describe('Bearer of the requests of this service.'),
  account: z
    .union([z.string(), reference])
    .optional()
    .describe('Whose files `source` and `destination` are; the first account when absent.'),
  allowIps: z
    .array(z.string().refine(isAddressRange, 'Expected an address, or an address and a prefix length'))
    .default([])
    .describe('Addresses and ranges that alone may create and retry; empty: all.'),
  rateLimit: z.string().default('BATCH_RATE_LIMIT').describe('The rate-limit binding of wrangler.toml that counts its requests.'),
  bypassesRules: z
    .boolean()
    .default(false)
    .describe('Whether its jobs work on files without the rules of their folders. What they store is then shown without them elsewhere.'),
  callbackKeys: z
    .array(reference)
    .default([])
    .describe('`whsec_` secrets that sign callbacks; several for rotation. An empty variable counts for none.'),
})

export interface BatchServiceSettings {
  readonly id: number
  readonly secret: string
  readonly account: string
  readonly allowIps: readonly string[]
  readonly rateLimit: string
  readonly bypassesRules: boolean
  readonly callbackKeys: readonly Uint8Array[]
}

/** `firstAccount`: the account of services that name none. */
export function readBatchService(
  { secret, account, callbackKeys, ...service }: z.output<typeof batchServiceSchema>,
  firstAccount: string,
  resolver: Resolver,
): BatchServiceSettings {
  return {
    ...service,
    secret: resolver.required(secret),
    account: account === undefined ? firstAccount : resolver.required(account),
    callbackKeys: callbackKeys.flatMap((key) => webhookKey(key, resolver)),
  }
}

function webhookKey(key: EnvReference, { optional, refuse }: Resolver): readonly Uint8Array[] {
  const text = optional(key)
  if (text === undefined) return []
  const bytes = readWebhookSecret(text)
  if (bytes) return [bytes]
  refuse(key, '"whsec_" and base64 of 24 to 64 bytes', `${text.length} characters that are not`)
  return []
}
