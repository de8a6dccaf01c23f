import type { Context } from 'hono'
import { AppError } from '../../../../errors.ts'
import { isHandle } from '../../../../service/handles/handle.ts'
import { appOfKey } from '../apps.ts'
import { demandCall, readRights, type Rights } from '../security/rights.ts'
import { storeSent, type StoreDeps } from '../store/answer.ts'
import { readStoreOptions } from '../store/options.ts'
import { readSent } from '../store/sent.ts'

/**
 * `PUT /api/file/{handle}?key=…`, a call of our own: stores a new file under a handle that the sender has chosen, so that an app can move here with its
 * handles. Bodies, parameters and the answer are those of the store call; `location` is a parameter.
 * @throws AppError `conflict` for a handle that is taken, `invalid_parameter` for one that is none, `forbidden`, and those of `storeSent`.
 */
export async function answerStoreUnder(c: Context, deps: StoreDeps): Promise<Response> {
  const url = new URL(c.req.url)
  const handle = c.req.param('handle') ?? ''
  const app = appOfKey(deps.apps, url.searchParams.get('key') ?? undefined)
  const sent = await readSent(c.req.raw, deps.reserve)
  try {
    const [query, location] = takeLocation(url.searchParams)
    const options = readStoreOptions(query, sent.fields)
    const rights = await readRights(app, { ...options, authorization: c.req.header('Authorization') }, deps.clock.now())
    demandOwnHandle(rights, handle)
    demandCall(app, rights, ['store'], { handle })
    if (!isHandle(handle))
      throw new AppError('invalid_parameter', { field: 'handle', reason: 'Expected a handle: 20 characters of A-Za-z0-9.' })
    return c.json(await storeSent(sent, { app, rights, location, options, handle }, url, deps))
  } finally {
    sent.release()
  }
}

function takeLocation(query: URLSearchParams): readonly [rest: URLSearchParams, location: string] {
  const rest = new URLSearchParams([...query].filter(([name]) => name !== 'location'))
  return [rest, query.get('location') ?? '']
}

/** Whoever may upload may not choose handles: that takes a secret of the app, or a policy for this very handle. */
function demandOwnHandle(rights: Rights, handle: string): void {
  if (rights.holder === 'owner' || (rights.holder === 'policy' && rights.policy.handle === handle)) return
  throw new AppError('forbidden', {
    field: 'handle',
    reason:
      rights.holder === 'nobody'
        ? 'Expected Basic with a secret of the app, or a policy for the handle.'
        : 'Expected a policy for this handle.',
  })
}
