import type { Context, Next } from 'hono'
import { AppError } from '../../../../errors.ts'
import { isAccountId } from '../../../../service/access/account-id.ts'
import { createDialect, type ErrorPolicy } from '../../../dialect.ts'
import { rateHeaders } from '../render-error.ts'
import { unknownKey } from './address.ts'
import { answerProcessing, type ProcessingDeps } from './answer.ts'
import { renderError } from './render-error.ts'
import { TASKS } from './tasks.ts'

/** A first segment that is a task with arguments, whatever its name: account ids and other paths have no such sign. */
const WITH_ARGUMENTS = '[A-Za-z_]+(?:=|%3D|%3d)[^/]*'
/** Without braces, at which the router would end the pattern. */
const HANDLE = '[A-Za-z0-9]'.repeat(20)
/** What only a processing URL has behind its key: a task, a handle, a URL, an alias, a list, base64. */
const SOURCES = [HANDLE, '(?:https?|src|b64)(?::|%3A|%3a)[^/]*', '(?:"|%22|\\[|%5B|%5b)[^/]*']
/** First segments of this protocol's other paths. */
const OTHER_PATHS: readonly string[] = ['api', 'store', 'multipart']

/**
 * Processing URLs (docs/protocols/filestack.md §7): at the root of the host behind an app's key, a task or a handle alone, and below `/cdn`. Other paths
 * are not theirs, but for those that differ from theirs by the key alone.
 */
export function processingRoutes(deps: ProcessingDeps & { readonly errors: ErrorPolicy }) {
  const app = createDialect(renderError, deps.errors, rateHeaders(deps.clock))
  const tasks = [...Object.keys(TASKS), 'b64', WITH_ARGUMENTS]
  const names = [...deps.apps.map(({ key }) => key), ...tasks]
  const oneOf = (patterns: readonly string[]): string => `{(?:${patterns.join('|')})}`
  const behind = (first: readonly string[]): string => `/:first${oneOf(first)}/*`
  const handle = `/:handle{${HANDLE}}`
  const answer = (c: Context): Promise<Response> => answerProcessing(c, deps)
  for (const path of [behind(names), handle, `${handle}/metadata`, '/cdn/*']) app.get(path, answer)
  // POST /store/… is the other way to store a file.
  const others = behind(names.filter((name) => name !== 'store'))
  for (const path of [others, '/cdn/*']) app.post(path, answer)
  for (const path of [others, handle, `${handle}/metadata`, '/cdn/*']) app.all(path, refuseMethod)
  const refuseKey = (c: Context, next: Next): Promise<void> => {
    const first = c.req.param('first') ?? ''
    if (OTHER_PATHS.includes(first) || isAccountId(first)) return next()
    throw unknownKey(first)
  }
  const keyed = '/:first{[A-Za-z0-9][A-Za-z0-9_-]*}'
  app.all(`${keyed}/:second${oneOf([...tasks, ...SOURCES])}/*`, refuseKey)
  return app
}

function refuseMethod(): never {
  throw new AppError('method_not_allowed')
}
