import { timingSafeEqual } from 'hono/utils/buffer'
import { AppError } from '../../../errors.ts'
import { addressInRange } from '../../../service/outbound/ranges.ts'
import { readBearer } from '../../bearer.ts'

/** One customer of the batch API: its secret, its account and its permissions. */
export interface BatchService {
  readonly id: number
  readonly secret: string
  /** The account of `source` and `destination`. */
  readonly account: string
  /** Only these addresses and ranges may create processes. Empty: all addresses. */
  readonly allowIps: readonly string[]
  /** Counts one request of the service. False: too many requests. */
  readonly admit: () => Promise<boolean>
}

/**
 * The services whose secret the request carries. Every secret is compared, each in constant time.
 * @throws AppError `unauthorized`, `too_many_requests`.
 */
export async function authenticate(services: readonly BatchService[], authorization: string | undefined): Promise<readonly BatchService[]> {
  const given = readBearer(authorization) ?? ''
  const matches = await Promise.all(services.map(({ secret }) => timingSafeEqual(secret, given)))
  const own = services.filter((_, i) => matches[i])
  if (given === '' || own.length === 0) throw new AppError('unauthorized')
  for (const { admit } of own) if (!(await admit())) throw new AppError('too_many_requests')
  return own
}

/** @throws AppError `forbidden`: the secret does not cover the service (docs/protocols/batch.md §1). */
export function chooseService(own: readonly BatchService[], id: number): BatchService {
  const service = own.find((candidate) => candidate.id === id)
  if (!service) throw new AppError('forbidden', { field: 'service_id', reason: 'The secret belongs to another service.' })
  return service
}

/** A service may list the IP addresses and ranges that create requests; all others are 403 (docs/protocols/batch.md §1.5). */
export function checkAddress({ allowIps }: BatchService, address: string | undefined): void {
  if (allowIps.length > 0 && !allowIps.some((range) => addressInRange(address ?? '', range))) {
    throw new AppError('forbidden', { reason: `The service does not accept requests from ${address ?? 'an unknown address'}.` })
  }
}
