import { AppError } from '../../../errors.ts'
import { createDialect, type ErrorPolicy } from '../../dialect.ts'
import type { KnownAccount } from './env.ts'
import { accessTokenRoutes } from './cdn/access-tokens.ts'
import { apiRoutes, type ApiDeps } from './api/routes.ts'
import { cdnRoutes, type CdnRouteDeps } from './cdn/routes.ts'
import { renderError } from './render-error.ts'

export type BytescaleDeps = ApiDeps & CdnRouteDeps & { readonly accounts: ReadonlySet<string>; readonly errors: ErrorPolicy }

/** The API side and the CDN side (docs/protocols/bytescale.md §5.1, §1.1). Their paths never overlap. */
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
