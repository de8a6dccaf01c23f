import type * as z from 'zod'
import { AppError } from '../../../../errors.ts'
import {
  demandBelow,
  demandSecret,
  demandTags,
  demandTree,
  permits,
  permitsBelow,
  type Action,
  type Caller,
} from '../../../../service/access/access.ts'
import type { AccountSnapshot, AccountSnapshots } from '../../../../service/access/account-snapshot.ts'
import { isWithin } from '../../../../service/files/path-scope.ts'
import { demandBytesBelow } from '../../../../service/access/reading.ts'
import { readResetPattern, staysWithin } from '../../../../service/access/reset-pattern.ts'
import { checkCopiedMeta } from '../../../../service/files/copy.ts'
import { checkFolderPath } from '../../../../service/files/folder-path.ts'
import { demandUnruledBelow, type FolderRule, type RulesOf } from '../../../../service/protection/rules.ts'
import { standingOfCaller } from '../../../../service/protection/standing.ts'
import type { JobDefinition } from '../../../../service/processes/record.ts'
import { copyFolderJob, deleteFolderJob, type FolderSettingName } from '../../../../service/jobs/folders.ts'
import { resetCacheJob } from '../../../../service/jobs/reset-cache.ts'
import type { BytescaleContext } from '../env.ts'
import { readJsonBody } from '../../../json-body.ts'
import { copyFolderSchema, copyFoldersSchema, deleteFolderSchema, deleteFoldersSchema, resetCacheSchema } from './folder-schemas.ts'
import { startJob, type JobDeps } from './jobs.ts'

const MAX_BODY_BYTES = 2_000_000

export interface FolderJobRouteDeps extends JobDeps {
  readonly snapshots: AccountSnapshots
  readonly rulesOf: RulesOf
}

/** `DELETE …/folders`. One folder's job has the type of a batch. */
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
    caller,
    'DeleteFolderBatchJob',
    requests.map((request) => deletion(caller, request)),
    deps,
  )

function deletion(caller: Caller, { folderPath, ...options }: z.output<typeof deleteFolderSchema>): JobDefinition {
  const folder = checkFolderPath(folderPath)
  // A job that deletes nothing still costs: it takes the same right.
  if (options.deleteFiles || !options.deleteVirtualFolders) demandBelow(caller, 'deleteFile', folder, options.recursive)
  if (options.deleteVirtualFolders) demandTree(caller, 'deleteVirtualFolder', folder, options.recursive)
  return deleteFolderJob({ folder, ...options })
}

/** `POST …/folders/copy` */
export async function answerCopyFolder(c: BytescaleContext, caller: Caller, deps: FolderJobRouteDeps): Promise<Response> {
  return startCopy(c, caller, [await readJsonBody(c, copyFolderSchema, MAX_BODY_BYTES)], deps)
}

/** `POST …/folders/copy/batch` */
export async function answerCopyFolderBatch(c: BytescaleContext, caller: Caller, deps: FolderJobRouteDeps): Promise<Response> {
  return startCopy(c, caller, (await readJsonBody(c, copyFoldersSchema, MAX_BODY_BYTES)).folders, deps)
}

async function startCopy(
  c: BytescaleContext,
  caller: Caller,
  requests: readonly z.output<typeof copyFolderSchema>[],
  deps: FolderJobRouteDeps,
): Promise<Response> {
  const snapshot = await deps.snapshots.read(caller.account)
  const jobs = requests.map((request) => copying(caller, request, snapshot, deps.rulesOf(caller.account)))
  return startJob(c, caller, 'CopyFolderBatchJob', jobs, deps)
}

function copying(
  caller: Caller,
  { copyOverriddenStorage, ...request }: z.output<typeof copyFolderSchema>,
  snapshot: AccountSnapshot,
  rules: readonly FolderRule[],
): JobDefinition {
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
  if (copyFiles) {
    demandBytesBelow(caller, snapshot, source, recursive)
    demandUnruledBelow(rules, standingOfCaller(caller, false), source, recursive)
  }
  // A job that copies nothing still costs: it takes the same right.
  if (copyFiles || !copyVirtualFolders) demandBelow(caller, 'createFile', destination, recursive)
  if (copyVirtualFolders) demandTree(caller, 'createVirtualFolder', destination, recursive)
  demandTags(caller, tags?.value ?? [])
  checkCopiedMeta({ metadata, tags })
  const mayOverwrite = permitsBelow(caller, 'overwriteFile', destination, recursive)
  const settings = copiedSettings(caller, source, destination, recursive)
  return copyFolderJob({ source, destination, recursive, copyFiles, copyVirtualFolders, mayOverwrite, settings, metadata, tags })
}

/** The settings of folders that the caller may read at the source and set at the destination. */
function copiedSettings(caller: Caller, source: string, destination: string, recursive: boolean): FolderSettingName[] {
  const may = (action: Action, folder: string): boolean =>
    permits(caller, action, folder) && (!recursive || permitsBelow(caller, action, folder, true))
  return [
    ...(may('getFolderDescription', source) && may('setFolderDescription', destination) ? (['description'] as const) : []),
    ...(may('getFolderPublicPermissions', source) && may('setFolderPublicPermissions', destination)
      ? (['publicPermissions'] as const)
      : []),
  ]
}

/** A reset of some thousand results ends within it. The report of a longer one is in the job's summary later. */
const REPORT_WITHIN_MS = 3000

/** `POST …/cache/reset`. The job's summary is the erasure report: what was removed, and what could not be reached. */
export async function answerResetCache(c: BytescaleContext, caller: Caller, deps: JobDeps): Promise<Response> {
  demandSecret(caller, 'the cache')
  const request = await readJsonBody(c, resetCacheSchema, MAX_BODY_BYTES)
  if (!staysWithin(readResetPattern(request.pattern), caller.folder))
    throw new AppError('forbidden', {
      field: 'pattern',
      reason: `Expected a pattern that matches files in ${JSON.stringify(caller.folder)} alone, because the key reaches no other files.`,
    })
  return startJob(c, caller, 'ResetCacheJob', [resetCacheJob(request)], deps, REPORT_WITHIN_MS)
}
