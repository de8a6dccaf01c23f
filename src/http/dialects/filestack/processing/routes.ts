import { createDialect, type ErrorPolicy } from '../../../dialect.ts'
import { rateHeaders } from '../render-error.ts'
import { answerProcessing, type ProcessingDeps } from './answer.ts'
import { renderError } from './render-error.ts'
import { TASKS } from './tasks.ts'

/** A first segment that is a task with arguments, whatever its name: account ids and other paths have no such sign. */
const WITH_ARGUMENTS = '[A-Za-z_]+(?:=|%3D|%3d)[^/]*'

/**
 * Processing URLs (docs/protocols/filestack.md §7): at the root of the host behind an app's key, a task or a handle alone, and below `/cdn`. Other paths
 * are not theirs.
 */
export function processingRoutes(deps: ProcessingDeps & { readonly errors: ErrorPolicy }) {
  const app = createDialect(renderError, deps.errors, rateHeaders(deps.clock))
  const names = [...deps.apps.map(({ key }) => key), ...Object.keys(TASKS), 'b64', WITH_ARGUMENTS]
  const behind = (first: readonly string[]): string => `/:first{(?:${first.join('|')})}/*`
  const handle = '/:handle{[A-Za-z0-9]{20}}'
  for (const path of [behind(names), handle, `${handle}/metadata`, '/cdn/*']) app.get(path, (c) => answerProcessing(c, deps))
  // POST /store/… is the other way to store a file.
  for (const path of [behind(names.filter((name) => name !== 'store')), '/cdn/*']) app.post(path, (c) => answerProcessing(c, deps))
  return app
}
