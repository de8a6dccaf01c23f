import { Hono } from 'hono'
import type { AppEnv } from '../../../dialect.ts'
import { answerComplete } from './complete.ts'
import { answerCommit, answerPartUrl, answerPutPart } from './pieces.ts'
import { answerStart, type UploadDeps } from './start.ts'

/** Uploads in parts, as filestack-js makes them (docs/protocols/filestack.md §5). */
export function uploadRoutes(deps: UploadDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.post('/multipart/start', (c) => answerStart(c, deps))
  app.post('/multipart/upload', (c) => answerPartUrl(c, deps))
  app.put('/multipart/part/:app/:uploadId/:number', (c) => answerPutPart(c, deps))
  app.post('/multipart/commit', (c) => answerCommit(c, deps))
  app.post('/multipart/complete', (c) => answerComplete(c, deps))
  return app
}
