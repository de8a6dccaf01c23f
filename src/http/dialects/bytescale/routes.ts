import type { Context } from 'hono'
import { AppError } from '../../../errors.ts'
import { ACCOUNT_ID_PATTERN } from '../../../service/account-id.ts'
import { authenticate, type Credential, type KnownKey } from '../../credentials.ts'
import { createDialect, type AppEnv, type ErrorPolicy } from '../../dialect.ts'
import { answerImage, type ImageDeps } from './image.ts'
import { answerRaw, type RawDeps } from './raw.ts'
import { renderError } from './render-error.ts'
import { answerSave, type SaveRouteDeps } from './save.ts'
import { answerUploadBinary, type UploadDeps } from './upload-binary.ts'

export type BytescaleDeps = ImageDeps &
  RawDeps &
  SaveRouteDeps &
  UploadDeps & { readonly keys: readonly KnownKey[]; readonly accounts: ReadonlySet<string>; readonly errors: ErrorPolicy }

const ACCOUNT = `:account{${ACCOUNT_ID_PATTERN}}`

/** Spec/bytescale §1.1 (CDN side) and §5.1 (API side). */
export function bytescaleRoutes(deps: BytescaleDeps) {
  const app = createDialect(renderError, deps.errors)

  const knownAccount = (c: Context<AppEnv>): string => {
    const account = c.req.param('account') ?? ''
    if (!deps.accounts.has(account))
      throw new AppError('not_found', { reason: `The account ${JSON.stringify(account.slice(0, 20))} does not exist.` })
    return account
  }
  const caller = (c: Context<AppEnv>): Promise<Credential> =>
    authenticate(deps.keys, c.req.header('Authorization'), c.req.param('account') ?? '')

  app.get(`/${ACCOUNT}/raw/*`, (c) => answerRaw(c, knownAccount(c), deps))
  app.get(`/${ACCOUNT}/image/*`, (c) => answerImage(c, knownAccount(c), deps))
  app.post(`/${ACCOUNT}/save/image/*`, async (c) => answerSave(c, await caller(c), deps))
  app.post('/v2/accounts/:account/uploads/binary', async (c) => answerUploadBinary(c, await caller(c), deps))
  for (const processing of ['video', 'audio', 'archive', 'antivirus']) {
    app.all(`/${ACCOUNT}/${processing}/*`, notOffered(processing))
    app.all(`/${ACCOUNT}/save/${processing}/*`, notOffered(processing))
  }
  return app
}

/** "A server without them should return a JSON error" (spec/bytescale §3.6). */
const notOffered = (processing: string) => () => {
  throw new AppError('not_implemented', { field: processing, reason: `Expected "image" or "raw", received ${JSON.stringify(processing)}.` })
}
