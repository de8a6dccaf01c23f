import type * as z from 'zod'
import { AppError } from '../../../../errors.ts'
import { demandBelow, demandSecret, demandTags, isWithin, permitsBelow, type Caller } from '../../../../service/access/access.ts'
import { checkFolderPath } from '../../../../service/files/folder-path.ts'
import type { JobDefinition } from '../../../../service/processes/record.ts'
import { copyFolderJob, deleteFolderJob } from '../../../../service/jobs/folders.ts'
import { resetCacheJob } from '../../../../service/jobs/reset-cache.ts'
import type { BytescaleContext } from '../env.ts'
import { readJsonBody } from '../../../json-body.ts'
import { copyFolderSchema, copyFoldersSchema, deleteFolderSchema, deleteFoldersSchema, resetCacheSchema } from './folder-schemas.ts'
import { startJob, type JobDeps } from './jobs.ts'

const MAX_BODY_BYTES = 2_000_000

/** `DELETE …/folders`. "deleteFolder/copyFolder use the batch types." */
export async function answerDeleteFolder(c: BytescaleContext, caller: Caller, deps: JobDeps): Promise<Response> {
  return startDelete(c, caller, [await readJsonBody(c, deleteFolderSchema, MAX_BODY_BYTES)], deps)
}

/** `DELETE …/folders/batch` */
export async function answerDeleteFolderBatch(c: BytescaleContext, caller: Caller, deps: JobDeps): Promise<Response> {
  return startDelete(c, caller, (await readJsonBody(c, deleteFoldersSchema, MAX_BODY_BYTES)).folders, deps)
}

const startDelete = (
  c: BytescaleContext,
  caller: Caller,
  requests: readonly z.output<typeof deleteFolderSchema>[],
  deps: JobDeps,
): Promise<Response> =>
  startJob(
    c,
    caller.account,
    'DeleteFolderBatchJob',
    requests.map((request) => deletion(caller, request)),
    deps,
  )

function deletion(caller: Caller, { folderPath, ...options }: z.output<typeof deleteFolderSchema>): JobDefinition {
  const folder = checkFolderPath(folderPath)
  if (options.deleteFiles) demandBelow(caller, 'deleteFile', folder, options.recursive)
  if (options.deleteVirtualFolders) demandBelow(caller, 'deleteVirtualFolder', folder, options.recursive)
  return deleteFolderJob({ folder, ...options })
}

/** `POST …/folders/copy` */
export async function answerCopyFolder(c: BytescaleContext, caller: Caller, deps: JobDeps): Promise<Response> {
  return startCopy(c, caller, [await readJsonBody(c, copyFolderSchema, MAX_BODY_BYTES)], deps)
}

/** `POST …/folders/copy/batch` */
export async function answerCopyFolderBatch(c: BytescaleContext, caller: Caller, deps: JobDeps): Promise<Response> {
  return startCopy(c, caller, (await readJsonBody(c, copyFoldersSchema, MAX_BODY_BYTES)).folders, deps)
}

const startCopy = (
  c: BytescaleContext,
  caller: Caller,
  requests: readonly z.output<typeof copyFolderSchema>[],
  deps: JobDeps,
): Promise<Response> =>
  startJob(
    c,
    caller.account,
    'CopyFolderBatchJob',
    requests.map((request) => copying(caller, request)),
    deps,
  )

function copying(caller: Caller, { copyOverriddenStorage, ...request }: z.output<typeof copyFolderSchema>): JobDefinition {
  const [source, destination] = [checkFolderPath(request.source, 'source'), checkFolderPath(request.destination, 'destination')]
  const { recursive, copyFiles, metadata, tags, copyVirtualFolders = !copyOverriddenStorage } = request
  if (copyOverriddenStorage && copyVirtualFolders) {
    throw new AppError('invalid_body', {
      field: 'copyOverriddenStorage',
      reason: 'Expected copyVirtualFolders or copyOverriddenStorage, received both.',
    })
  }
  // It would find its own copies and go on for ever.
  if (isWithin(source, destination))
    throw new AppError('invalid_body', { field: 'destination', reason: 'Expected a folder outside of the source.' })
  demandBelow(caller, 'getFileDetails', source, recursive)
  if (copyFiles) demandBelow(caller, 'createFile', destination, recursive)
  if (copyVirtualFolders) demandBelow(caller, 'createVirtualFolder', destination, recursive)
  demandTags(caller, tags?.value ?? [])
  const mayOverwrite = permitsBelow(caller, 'overwriteFile', destination, recursive)
  return copyFolderJob({ source, destination, recursive, copyFiles, copyVirtualFolders, mayOverwrite, metadata, tags })
}

/** `POST …/cache/reset`. The job's summary says what it could not reach. */
export async function answerResetCache(c: BytescaleContext, caller: Caller, deps: JobDeps): Promise<Response> {
  demandSecret(caller, 'the cache')
  const request = await readJsonBody(c, resetCacheSchema, MAX_BODY_BYTES)
  const [, target = '/'] = /^\/[^/]*(\/.*)$/s.exec(request.pattern) ?? []
  if (!isWithin(caller.folder, target))
    throw new AppError('forbidden', { field: 'pattern', reason: `The key reaches ${JSON.stringify(caller.folder)} only.` })
  return startJob(c, caller.account, 'ResetCacheJob', [resetCacheJob(request)], deps)
}
