import { AppError } from '../../../../errors.ts'
import type { Caller } from '../../../../service/access/access.ts'
import { readApiKey, type Authentication, type KnownKey } from '../../../credentials.ts'
import type { BytescaleApp, BytescaleContext, KnownAccount } from '../env.ts'
import {
  answerCopyFile,
  answerCopyFileBatch,
  answerDeleteFile,
  answerDeleteFileBatch,
  answerFileDetails,
  type FileRouteDeps,
} from './files.ts'
import { answerCopyFolder, answerCopyFolderBatch, answerDeleteFolder, answerDeleteFolderBatch, answerResetCache } from './folder-jobs.ts'
import { answerFolderDetails, answerListFolder, answerPutFolder, type FolderRouteDeps } from './folders.ts'
import { answerCancelJob, answerGetJob, answerListJobs } from './jobs.ts'
import { answerUploadFormData } from '../uploads/form-data.ts'
import { answerUploadFromUrl, type UrlUploadDeps } from '../uploads/from-url.ts'
import { answerUploadBinary, type UploadDeps } from '../uploads/binary.ts'
import {
  answerAbortUpload,
  answerBeginUpload,
  answerCompletePart,
  answerGetPart,
  answerListParts,
  answerPutPart,
  type MultipartRouteDeps,
} from '../uploads/multipart.ts'

export type ApiDeps = UploadDeps &
  MultipartRouteDeps &
  UrlUploadDeps &
  FileRouteDeps &
  FolderRouteDeps & { readonly keys: readonly KnownKey[]; readonly authentication: Authentication }

type Answer = (c: BytescaleContext, caller: Caller, deps: ApiDeps) => Response | Promise<Response>

/** The paths below `/v2/accounts/{account}` (docs/protocols/bytescale.md §5.1). */
const ROUTES: readonly (readonly [method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, answer: Answer])[] = [
  ['POST', '/uploads', answerBeginUpload],
  ['POST', '/uploads/binary', answerUploadBinary],
  ['POST', '/uploads/form_data', answerUploadFormData],
  ['POST', '/uploads/url', answerUploadFromUrl],
  ['DELETE', '/uploads/:uploadId', answerAbortUpload],
  ['GET', '/uploads/:uploadId/parts', answerListParts],
  ['GET', '/uploads/:uploadId/parts/:index', answerGetPart],
  ['PUT', '/uploads/:uploadId/parts/:index', answerCompletePart],
  ['GET', '/files/details', answerFileDetails],
  ['DELETE', '/files', answerDeleteFile],
  ['DELETE', '/files/batch', answerDeleteFileBatch],
  ['POST', '/files/copy', answerCopyFile],
  ['POST', '/files/copy/batch', answerCopyFileBatch],
  ['PUT', '/folders', answerPutFolder],
  ['GET', '/folders', answerFolderDetails],
  ['DELETE', '/folders', answerDeleteFolder],
  ['DELETE', '/folders/batch', answerDeleteFolderBatch],
  ['POST', '/folders/copy', answerCopyFolder],
  ['POST', '/folders/copy/batch', answerCopyFolderBatch],
  ['GET', '/folders/list', answerListFolder],
  ['GET', '/jobs/:jobType/:jobId', answerGetJob],
  ['DELETE', '/jobs/:jobType/:jobId', answerCancelJob],
  ['GET', '/jobs', answerListJobs],
  ['POST', '/cache/reset', answerResetCache],
]

export function apiRoutes(app: BytescaleApp, knownAccount: KnownAccount, deps: ApiDeps): void {
  for (const [method, path, answer] of ROUTES) {
    app.on(method, `/v2/accounts/:account${path}`, async (c) =>
      answer(c, await deps.authentication.caller(c.req.raw.headers, c.req.param('account') ?? ''), deps),
    )
  }
  app.put('/v2/accounts/:account/uploads/:uploadId/parts/:index/content', (c) => answerPutPart(c, knownAccount(c), deps))
  // An older call with Basic credentials: the key alone tells the account.
  app.post('/v1/files/basic', async (c) =>
    answerUploadBinary(c, await deps.authentication.caller(c.req.raw.headers, accountOfKey(c)), deps),
  )
}

/** A key holds its account's id: the seven characters behind the first `_` (docs/protocols/bytescale.md §2.1). */
function accountOfKey(c: BytescaleContext): string {
  const account = /^[^_]*_(.{7})/.exec(readApiKey(c.req.header('Authorization')) ?? '')?.[1]
  if (account === undefined) throw new AppError('unauthorized')
  return account
}
