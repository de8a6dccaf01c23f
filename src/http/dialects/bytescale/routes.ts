import type { Context } from 'hono'
import { AppError } from '../../../errors.ts'
import { createDialect, type AppEnv, type ErrorPolicy } from '../../dialect.ts'
import { accessTokenRoutes } from './cdn/access-tokens.ts'
import { apiRoutes, type ApiDeps } from './api/routes.ts'
import { cdnRoutes, type CdnRouteDeps } from './cdn/routes.ts'
import { renderError } from './render-error.ts'

export type BytescaleDeps = ApiDeps & CdnRouteDeps & { readonly accounts: ReadonlySet<string>; readonly errors: ErrorPolicy }

/** The account of the URL. @throws AppError `not_found`. */
export type KnownAccount = (c: Context<AppEnv>) => string

/** Spec/bytescale §5.1 (API side) and §1.1 (CDN side). Their paths do not collide. */
export function bytescaleRoutes(deps: BytescaleDeps) {
  const app = createDialect(renderError, deps.errors)
  const knownAccount: KnownAccount = (c) => {
    const account = c.req.param('account') ?? ''
    if (!deps.accounts.has(account))
      throw new AppError('not_found', { reason: `The account ${JSON.stringify(account.slice(0, 20))} does not exist.` })
    return account
  }
  apiRoutes(app, knownAccount, deps)
  accessTokenRoutes(app, knownAccount, deps)
  cdnRoutes(app, knownAccount, deps)
  return app
}
