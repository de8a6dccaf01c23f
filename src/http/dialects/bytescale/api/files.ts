import * as z from 'zod'
import { AppError } from '../../../../errors.ts'
import { demand, demandTags, permits, type Caller } from '../../../../service/access/access.ts'
import type { AccountSnapshot, AccountSnapshots } from '../../../../service/access/account-snapshot.ts'
import { demandBytes, demandDetails } from '../../../../service/access/reading.ts'
import { checkCopiedMeta, type CopyFile } from '../../../../service/files/copy.ts'
import { checkFilePath } from '../../../../service/files/path.ts'
import type { FileStore } from '../../../../service/ports.ts'
import { demandUnruled, type FolderRule, type RulesOf } from '../../../../service/protection/rules.ts'
import { standingOfCaller } from '../../../../service/protection/standing.ts'
import { copyFileJob, DELETED_PER_JOB, deleteFilesJob } from '../../../../service/jobs/files.ts'
import type { BytescaleContext } from '../env.ts'
import { readJsonBody } from '../../../json-body.ts'
import { batchOf, copiedMeta } from './file-schemas.ts'
import { startJob, type JobDeps } from './jobs.ts'
import { rawFileUrl } from '../url.ts'

const MAX_BODY_BYTES = 2_000_000

export const copySchema = z.strictObject({ source: z.string(), destination: z.string(), ...copiedMeta })
export const deleteBatchSchema = z.strictObject({ files: batchOf(z.string()) })
export const copyBatchSchema = z.strictObject({ files: batchOf(copySchema) })

export interface FileRouteDeps extends JobDeps {
  readonly files: FileStore
  readonly copyFile: CopyFile
  readonly snapshots: AccountSnapshots
  readonly rulesOf: RulesOf
  /** Called after each file that was deleted. */
  readonly removed: (account: string, path: string) => Promise<void>
}

/** `GET …/files/details?filePath=`: FileDetails (docs/protocols/bytescale.md §5.5). */
export async function answerFileDetails(c: BytescaleContext, caller: Caller, { files, snapshots }: FileRouteDeps): Promise<Response> {
  const path = pathOf(c)
  const { account } = caller
  demandDetails(caller, await snapshots.read(account), path)
  const info = await files.head(account, path)
  if (!info) throw new AppError('file_not_found', { field: path })
  const { etag, lastModified, metadata, mime, originalFileName, size, tags } = info
  const fileUrl = rawFileUrl(new URL(c.req.url).origin, account, path)
  return c.json({
    accountId: account,
    etag: `"${etag}"`,
    filePath: path,
    fileUrl,
    lastModified: lastModified.getTime(),
    metadata,
    mime,
    originalFileName,
    size,
    tags,
  })
}

/** `DELETE …/files?filePath=`. Deleting a missing file succeeds, so that clients can repeat the call. */
export async function answerDeleteFile(c: BytescaleContext, caller: Caller, { files, removed }: FileRouteDeps): Promise<Response> {
  const path = pathOf(c)
  demand(caller, 'deleteFile', path)
  await files.delete(caller.account, [path])
  await removed(caller.account, path)
  return c.json({})
}

/** `DELETE …/files/batch` */
export async function answerDeleteFileBatch(c: BytescaleContext, caller: Caller, deps: FileRouteDeps): Promise<Response> {
  const body = await readJsonBody(c, deleteBatchSchema, MAX_BODY_BYTES)
  const paths = body.files.map((path) => checkFilePath(path, 'files'))
  for (const path of paths) demand(caller, 'deleteFile', path)
  const chunks = Array.from({ length: Math.ceil(paths.length / DELETED_PER_JOB) }, (_, i) =>
    paths.slice(i * DELETED_PER_JOB, (i + 1) * DELETED_PER_JOB),
  )
  return startJob(c, caller, 'DeleteFileBatchJob', chunks.map(deleteFilesJob), deps)
}

/** `POST …/files/copy` */
export async function answerCopyFile(
  c: BytescaleContext,
  caller: Caller,
  { copyFile, snapshots, rulesOf }: FileRouteDeps,
): Promise<Response> {
  const body = await readJsonBody(c, copySchema, MAX_BODY_BYTES)
  const mayOverwrite = checkCopy(caller, body, await snapshots.read(caller.account), rulesOf(caller.account))
  await copyFile({ ...body, account: caller.account, mayOverwrite })
  return c.json({ status: 'Copied' })
}

/** `POST …/files/copy/batch` */
export async function answerCopyFileBatch(c: BytescaleContext, caller: Caller, deps: FileRouteDeps): Promise<Response> {
  const body = await readJsonBody(c, copyBatchSchema, MAX_BODY_BYTES)
  const snapshot = await deps.snapshots.read(caller.account)
  const jobs = body.files.map((file) =>
    copyFileJob({ ...file, mayOverwrite: checkCopy(caller, file, snapshot, deps.rulesOf(caller.account)) }),
  )
  return startJob(c, caller, 'CopyFileBatchJob', jobs, deps)
}

/**
 * A copy reads the details and the bytes of one path and creates the other. The bytes go out of the reach of their folder's rules. Answers whether it may overwrite the destination.
 * @throws AppError `invalid_path`, `forbidden`, `invalid_parameter` (metadata, tags).
 */
function checkCopy(
  caller: Caller,
  { source, destination, metadata, tags }: z.output<typeof copySchema>,
  snapshot: AccountSnapshot,
  rules: readonly FolderRule[],
): boolean {
  demand(caller, 'getFileDetails', checkFilePath(source, 'source'))
  demandBytes(caller, snapshot, source)
  demandUnruled(rules, standingOfCaller(caller, false), source)
  demand(caller, 'createFile', checkFilePath(destination, 'destination'))
  demandTags(caller, tags?.value ?? [])
  checkCopiedMeta({ metadata, tags })
  return permits(caller, 'overwriteFile', destination)
}

const pathOf = (c: BytescaleContext): string => checkFilePath(c.req.query('filePath') ?? '')
