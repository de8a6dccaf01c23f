import { AppError } from '../../../../errors.ts'
import { ANYBODY, type Standing } from '../../../../service/protection/standing.ts'
import { answerToHolder } from '../../../explain/answer.ts'
import { EXPLAIN, wantsExplanation } from '../../../explain/wanted.ts'
import type { BytescaleContext } from '../env.ts'
import { readTarget } from '../url.ts'
import { explainSecureUrl } from './explain-secure-url.ts'
import { explainWish, type ImageDeps } from './image.ts'
import { type CdnDeps, openFor, type OpenTarget } from './target.ts'
import { readImageWish } from './wish.ts'

/** @param complete adds what a preset has. */
type Complete = (target: OpenTarget) => OpenTarget

/**
 * Answers an image URL with what would be done for whoever opens it, when its sender wishes that and holds a secret key of the account. Such a sender is also told what is wrong with
 * the signature of the URL. `null`: the sender wishes no explanation, or sends no key and has it by a signature that contains the wish.
 * @throws AppError `unauthorized`, `forbidden`, and what the wish may throw.
 */
export async function explainToHolder(
  c: BytescaleContext,
  account: string,
  processing: string,
  complete: Complete,
  deps: CdnDeps & ImageDeps,
): Promise<Response | null> {
  const url = new URL(c.req.url)
  const target = readTarget(url, 2)
  const isWished = wantsExplanation(c.req) || target.query.some(([name, value]) => name === EXPLAIN && value === 'true')
  if (!isWished || (!c.req.raw.headers.has('Authorization') && !wantsExplanation(c.req))) return null
  c.set('isPrivate', true)
  const holder = await deps.authentication.caller(c.req.raw.headers, account)
  if (holder.kind !== 'secret') throw new AppError('forbidden', { field: EXPLAIN, reason: 'Expected a secret key.' })
  const keys = deps.keys.filter((key) => key.account === account)
  const tells = (keyId: string): boolean => holder.folder === '/' || holder.keyId === keyId
  const { signature, target: asked } = await explainSecureUrl(url, c.req.header('Host'), target, keys, tells, deps.clock.now())
  const signer = keys.find(({ keyId }) => signature?.verdict === 'valid' && keyId === signature.keyId)
  const standing: Standing = signer ? { kind: 'signed', folder: signer.folder } : ANYBODY
  return answerToHolder(c, { dialect: 'bytescale', account, ...(signature && { signature }) }, async () => {
    if (!asked) return null
    const open = { ...complete(await openFor(c, account, processing, { ...asked, signer: null }, deps)), standing }
    return explainWish(open, await readImageWish(open, open.query, c.req.header('Accept'), deps.files), deps)
  })
}
