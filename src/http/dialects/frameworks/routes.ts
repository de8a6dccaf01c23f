import { type Context, Hono } from 'hono'
import { AppError } from '../../../errors.ts'
import { encodePath } from '../../encode-path.ts'
import { ACCOUNT_ID_PATTERN } from '../../../service/access/account-id.ts'
import { type AppEnv, createDialect, type ErrorPolicy } from '../../dialect.ts'
import type { OpenAskedPicture } from '../../pictures/open-picture.ts'
import type { Door } from './door.ts'
import { DOORS } from './doors.ts'
import { resolveSource, type WebMount } from './source.ts'

export interface FrameworksDeps {
  readonly accounts: ReadonlySet<string>
  /** Whose files the doors at the root show; `undefined`: there are none. */
  readonly defaultAccount: string | undefined
  /** Of each account that has some. */
  readonly webMounts: ReadonlyMap<string, readonly WebMount[]>
  readonly openPicture: OpenAskedPicture
  readonly errors: ErrorPolicy
}

type FrameworksContext = Context<AppEnv>

const ACCOUNT = `/:account{${ACCOUNT_ID_PATTERN}}`

/** Doors of frameworks, below every account and, for the default account, at the root. */
export function frameworkRoutes(deps: FrameworksDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  for (const door of DOORS) app.route('/', doorRoutes(door, deps))
  return app
}

function doorRoutes(door: Door, deps: FrameworksDeps): Hono<AppEnv> {
  const { defaultAccount } = deps
  const app = createDialect(door.renderError, deps.errors, door.errorHeaders)
  app.get(`${ACCOUNT}${door.route}`, (c) => {
    const account = c.req.param('account') ?? ''
    if (!deps.accounts.has(account)) throw new AppError('not_found', { reason: `The account ${JSON.stringify(account)} does not exist.` })
    return answerDoor(c, door, account, `/${account}`, deps)
  })
  if (door.isAtRoot && defaultAccount !== undefined) app.get(door.route, (c) => answerDoor(c, door, defaultAccount, '', deps))
  const refuse = (): never => {
    throw new AppError('method_not_allowed')
  }
  app.all(`${ACCOUNT}${door.route}`, refuse)
  if (door.isAtRoot && defaultAccount !== undefined) app.all(door.route, refuse)
  return app
}

/** @param prefix of the path, before the door's route. */
async function answerDoor(c: FrameworksContext, door: Door, account: string, prefix: string, deps: FrameworksDeps): Promise<Response> {
  const url = new URL(c.req.url)
  const rest = url.pathname.slice(`${prefix}${door.route.replace(/\*$/, '')}`.length)
  const { source, plan, variesByAccept, query, redirectsOnError } = door.read(rest, [...url.searchParams], c.req.header('Accept'))
  const path = resolveSource(source, { account, host: url.host, mounts: deps.webMounts.get(account) ?? [] })
  try {
    const picture = await deps.openPicture(c, account, { path, query }, door.name)
    return await picture.answer(plan, { variesByAccept, readsCropFiles: true })
  } catch (thrown) {
    if (!redirectsOnError || AppError.from(thrown).fault.kind === 'internal') throw thrown
    c.header('Cache-Control', 'no-cache')
    return c.redirect(`${url.origin}/${account}/raw${encodePath(path)}`, 302)
  }
}
