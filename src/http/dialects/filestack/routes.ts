import type { Context } from 'hono'
import { AppError } from '../../../errors.ts'
import { createDialect, type ErrorPolicy } from '../../dialect.ts'
import { answerOverwrite, answerRemove, type ChangeDeps } from './file/change.ts'
import { answerFile, type DeliverDeps } from './file/deliver.ts'
import { answerMetadata } from './file/metadata.ts'
import { answerStoreUnder } from './file/store-under.ts'
import { answerPrefetch } from './process/prefetch.ts'
import { answerProcess } from './process/answer.ts'
import { answerTasks, type ProcessingDeps } from './processing/answer.ts'
import { processingRoutes } from './processing/routes.ts'
import { rateHeaders, renderError } from './render-error.ts'
import { answerStore, type StoreDeps } from './store/answer.ts'
import { uploadRoutes } from './upload/routes.ts'
import type { UploadDeps } from './upload/start.ts'

export type FilestackDeps = StoreDeps & UploadDeps & DeliverDeps & ProcessingDeps & ChangeDeps & { readonly errors: ErrorPolicy }

/** Store and File API, uploads in parts, tasks as data, processing URLs (docs/protocols/filestack.md §2, §3, §5, §6, §7). */
export function filestackRoutes(deps: FilestackDeps) {
  const app = createDialect(renderError, deps.errors, rateHeaders(deps.clock))
  app.post('/api/store/:location?/:rest?', (c) => answerStore(c, c.req.param('location') ?? '', deps))
  app.post('/api/store/', (c) => answerStore(c, '', deps))
  app.post('/store/:location/:handle?', (c) => answerStore(c, c.req.param('location'), deps))
  app.get('/api/file/:handle', (c) => answerFile(c, deps))
  app.post('/api/file/:handle', (c) => answerOverwrite(c, deps))
  app.put('/api/file/:handle', (c) => answerStoreUnder(c, deps))
  app.delete('/api/file/:handle', (c) => answerRemove(c, deps))
  app.get('/api/file/:handle/metadata', (c) => answerMetadata(c, deps))
  app.post('/api/file/:handle/remove', (c) => answerRemove(c, deps))
  app.all('/api/file/:handle/convert', refuseConversion)
  app.route('/', uploadRoutes(deps))
  const process = { ...deps, convert: (...order: [Context, string, unknown, string]) => answerTasks(...order, deps) }
  app.post('/process', (c) => answerProcess(c, process))
  app.post('/prefetch', (c) => answerPrefetch(c, deps))
  app.route('/', processingRoutes(deps))
  for (const path of ['/api/store/*', '/store/*', '/api/file/*', '/multipart/*', '/process', '/prefetch']) app.all(path, refuse)
  return app
}

function refuseConversion(): never {
  throw new AppError('not_implemented', {
    field: 'convert',
    reason: 'Make the picture by an image URL, /{account}/image/… (docs/operations.md).',
  })
}

/** The paths that take another method. */
const CALLS =
  /^\/(api\/store(\/[^/]*){0,2}|store(\/[^/]+){1,2}|api\/file\/[^/]+(\/metadata|\/remove)?|process|prefetch|multipart\/(start|upload|commit|complete|part\/[^/]+\/[^/]+\/[^/]+))$/

function refuse(c: Context): never {
  if (CALLS.test(c.req.path)) throw new AppError('method_not_allowed')
  throw new AppError('not_found', { reason: `No route matches the path ${JSON.stringify(c.req.path.slice(0, 200))}.` })
}
