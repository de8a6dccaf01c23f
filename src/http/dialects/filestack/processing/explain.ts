import type { Context } from 'hono'
import { AppError } from '../../../../errors.ts'
import type { Explain, Explanation } from '../../../../service/explain/explain.ts'
import { ANYBODY, type Standing } from '../../../../service/protection/standing.ts'
import { answerExplained, answerToHolder } from '../../../explain/answer.ts'
import { wantsExplanation } from '../../../explain/wanted.ts'
import type { FilestackApp } from '../apps.ts'
import { explainPolicy } from '../security/explain-policy.ts'
import { type Credentials, demandCall, readRights, standingOf } from '../security/rights.ts'
import type { Address } from './address.ts'
import { cachePolicy, planWith, policedPlan, type RenderSourceDeps } from './render-source.ts'
import { openSource, readCredentials, type Source } from './source.ts'
import type { Wish } from './wish.ts'

export interface ExplainDeps extends RenderSourceDeps {
  readonly explain: Explain
  /** Whether a request carries a secret key of an account that reaches all of it. */
  readonly holdsKey: (headers: Headers, account: string) => Promise<boolean>
}

const SUFFIX = /[?&]explain=true$/

/** A query without the wish for an explanation, which stands at its end: what stands before belongs to the source. */
export const cutExplain = (c: Context, search: string): { readonly search: string; readonly isExplained: boolean } => ({
  search: search.replace(SUFFIX, ''),
  isExplained: SUFFIX.test(search) || wantsExplanation(c.req),
})

const NO_CREDENTIALS: Credentials = { policy: undefined, signature: undefined, authorization: undefined }

/**
 * What would be done with a processing URL. It is told to the app's owner and to who holds a secret key of the account, whatever policy the URL has, and then what is
 * wrong with that policy; and to who has a policy that names the call `explain`.
 * @throws AppError `forbidden`, `invalid_parameter` for a URL that makes no picture, and those of `openSource`.
 */
export async function answerExplain(c: Context, address: Address, wish: Wish, deps: ExplainDeps): Promise<Response> {
  if (wish.isRaw || address.isMetadata || wish.answer?.kind === 'metadata')
    throw new AppError('invalid_parameter', { field: 'explain', reason: 'Expected a task that makes a picture.' })
  const sent = readCredentials(c, wish, address.source.kind)
  const { authorization } = sent
  const open = await openSource(c, address, wish, deps, NO_CREDENTIALS)
  const { app, use } = open
  const isHolder = (await ownsApp(app, authorization, deps)) || (await deps.holdsKey(c.req.raw.headers, app.account))
  if (!isHolder) {
    const rights = await readRights(app, sent, deps.clock.now())
    if (rights.holder !== 'policy') throw new AppError('forbidden', { field: 'policy', reason: 'Policy required.' })
    demandCall(app, rights, ['explain'], use)
    demandCall(app, rights, ['convert'], use)
    const told = await explainWish(c, { ...open, rights }, standingOf(rights), wish, sent, deps)
    return answerExplained(c, { dialect: 'filestack', account: app.account, wish: told })
  }
  const { policy, signature } = sent
  const others = deps.apps.filter((other) => other.account === app.account && other !== app)
  const about = policy === undefined && signature === undefined ? null : { policy: policy ?? '', signature: signature ?? '' }
  const explained = about && (await explainPolicy(about, app, others, { calls: ['convert'], use }, deps.clock.now()))
  const owner = { ...open, rights: { holder: 'owner' } } as const
  const standing: Standing = explained?.verdict === 'valid' ? { kind: 'signed', folder: '/' } : ANYBODY
  return answerToHolder(c, { dialect: 'filestack', account: app.account, ...(explained && { signature: explained }) }, () =>
    explainWish(c, owner, standing, wish, NO_CREDENTIALS, deps),
  )
}

/** Whether the request shows a secret of the app. Another secret is none, and no error: the request may show something else. */
async function ownsApp(app: FilestackApp, authorization: string | undefined, { clock }: ExplainDeps): Promise<boolean> {
  if (authorization === undefined) return false
  const rights = await readRights(app, { ...NO_CREDENTIALS, authorization }, clock.now()).catch(() => null)
  return rights?.holder === 'owner'
}

/** @param standing of who opens the URL. */
async function explainWish(
  c: Context,
  source: Source,
  standing: Standing,
  wish: Wish,
  credentials: Credentials,
  deps: ExplainDeps,
): Promise<Explanation> {
  const path = await source.path()
  const plan = policedPlan(source, standing, path, await planWith(c, source, wish, deps, credentials), wish, deps)
  return deps.explain({ account: source.app.account, path, plan, standing, cache: await cachePolicy(source, wish, path, plan, deps) })
}
