import type { Context } from 'hono'
import { AppError } from '../../../errors.ts'
import type { Explain } from '../../../service/explain/explain.ts'
import { ANYBODY, type Standing } from '../../../service/protection/standing.ts'
import { answerToHolder } from '../../explain/answer.ts'
import { readOneJob } from './read-request.ts'
import { authenticate, type BatchService } from './services.ts'

export interface ExplainJobDeps {
  readonly services: readonly BatchService[]
  readonly explain: Explain
  /** The account of a secret key that reaches all of it, `null` without one. */
  readonly accountOf: (headers: Headers) => Promise<string | null>
  /** Which rules of folders the jobs of a service are under. Of whom no service is known, all of them. */
  readonly standingOf: (job: { readonly service: number | null; readonly rule: string | null }) => Standing
}

/** Jobs are made for their destination, and nobody keeps what they make. */
const NOT_KEPT = { use: false, only: false, permanent: false, ttlSeconds: 0, version: '' } as const

/**
 * What would be done with a job of a batch request: `source` beside its fields. Told to a secret key of an account, and to the secret of a service.
 * @throws AppError `unauthorized`, and `invalid_parameter`, `invalid_path` with the field.
 */
export async function explainJob(
  c: Context,
  job: unknown,
  { services, explain, accountOf, standingOf }: ExplainJobDeps,
): Promise<Response> {
  const owned = await accountOf(c.req.raw.headers)
  const service = owned === null ? (await authenticate(services, c.req.header('Authorization')))[0] : undefined
  const account = owned ?? service?.account
  if (account === undefined) throw new AppError('unauthorized')
  const { source, plan } = readOneJob(job)
  const standing = service ? standingOf({ service: service.id, rule: null }) : ANYBODY
  return answerToHolder(c, { dialect: 'batch', account }, () => explain({ account, path: source, plan, cache: NOT_KEPT, standing }))
}
