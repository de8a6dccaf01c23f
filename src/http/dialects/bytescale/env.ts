import type { Context, Hono } from 'hono'
import type { AppEnv } from '../../dialect.ts'

/** The Hono app that the rooms of this dialect add their routes to. */
export type BytescaleApp = Hono<AppEnv>
/** The context of one request. */
export type BytescaleContext = Context<AppEnv>

/** Reads the account id of the URL. @throws AppError `not_found` when there is no such account. */
export type KnownAccount = (c: BytescaleContext) => string
