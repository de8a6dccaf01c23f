import { deleteCookie, setCookie } from 'hono/cookie'
import * as z from 'zod'
import type { Clock } from '../../../../service/ports.ts'
import type { CheckToken } from '../../../credentials.ts'
import type { BytescaleApp, BytescaleContext, KnownAccount } from '../env.ts'
import { readJsonBody } from '../../../json-body.ts'
import { tokenCookie } from './target.ts'

const MAX_BODY_BYTES = 20_000
export const tokenBody = z.strictObject({ accessToken: z.string().min(1) })

export interface AccessTokenDeps {
  readonly checkToken: CheckToken
  readonly clock: Clock
}

export function accessTokenRoutes(app: BytescaleApp, knownAccount: KnownAccount, deps: AccessTokenDeps): void {
  app.put('/api/v1/access_tokens/:account', (c) => answerSetToken(c, knownAccount(c), deps))
  app.delete('/api/v1/access_tokens/:account', (c) => answerDeleteToken(c, knownAccount(c)))
}

/** Pages of other sites load the account's pictures, so browsers send the cookie with every request to the account's paths, and with no others. */
const cookieOptions = (account: string) => ({ path: `/${account}/`, httpOnly: true, secure: true, sameSite: 'None' }) as const

/** `PUT /api/v1/access_tokens/{account}?set-cookie=true|false` begins a token session (docs/protocols/bytescale.md §6.4). @throws AppError `token_invalid`. */
async function answerSetToken(c: BytescaleContext, account: string, { checkToken, clock }: AccessTokenDeps): Promise<Response> {
  const { accessToken } = await readJsonBody(c, tokenBody, MAX_BODY_BYTES)
  const { expiresAt } = await checkToken(account, accessToken, c.req.raw.headers)
  const ttlSeconds = Math.max(1, Math.floor((expiresAt - clock.now()) / 1000))
  if (c.req.query('set-cookie') === 'true')
    setCookie(c, tokenCookie(account), accessToken, { ...cookieOptions(account), maxAge: Math.min(ttlSeconds, 34_560_000) })
  return c.json({ accessToken, ttlSeconds }, 200, { 'Cache-Control': 'no-store' })
}

/** `DELETE` on the same URL ends it. */
function answerDeleteToken(c: BytescaleContext, account: string): Response {
  deleteCookie(c, tokenCookie(account), cookieOptions(account))
  return c.json({}, 200, { 'Cache-Control': 'no-store' })
}
