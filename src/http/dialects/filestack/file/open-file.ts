import type { Context } from 'hono'
import { AppError } from '../../../../errors.ts'
import type { HandleRecord } from '../../../../service/handles/ports.ts'
import type { StoredFiles } from '../../../../service/handles/stored-files.ts'
import type { Clock } from '../../../../service/ports.ts'
import { appOfKey, type FilestackApp } from '../apps.ts'
import { type Credentials, readRights, type Rights } from '../security/rights.ts'
import type { StoredPolicy } from '../security/stored.ts'

export interface OpenFileDeps extends StoredPolicy {
  readonly apps: readonly FilestackApp[]
  readonly stored: StoredFiles
  readonly clock: Clock
}

/** A file that a request names, and what the request may do with files of its app. */
export interface NamedFile {
  readonly app: FilestackApp
  readonly record: HandleRecord
  readonly rights: Rights
}

/** `{handle}` or `{handle}+{extension}`. */
export function readName(c: Context): { readonly handle: string; readonly extension: string | null } {
  const [, handle = '', extension = null] = /^([^+]*)(?:\+([A-Za-z0-9]{1,20}))?$/.exec(c.req.param('handle') ?? '') ?? []
  return { handle, extension }
}

/**
 * The file of a request's handle. A `key` must be that of the file's own app: another app's key finds nothing.
 * @param credentials of the query, or of the body.
 * @throws AppError `unauthorized`, `file_not_found`, and those of `readRights`.
 */
export async function openFile(
  c: Context,
  { policy, signature }: Pick<Credentials, 'policy' | 'signature'>,
  deps: OpenFileDeps,
): Promise<NamedFile> {
  const key = c.req.query('key')
  const caller = key === undefined || key === '' ? undefined : appOfKey(deps.apps, key)
  return openHandle(readName(c).handle, caller, { policy, signature, authorization: c.req.header('Authorization') }, deps)
}

/** The same for a handle that stands elsewhere. @param find looks up its record. */
export async function openHandle(
  handle: string,
  caller: FilestackApp | undefined,
  credentials: Credentials,
  { apps, stored, clock }: OpenFileDeps,
  find: StoredFiles['find'] = stored.find,
): Promise<NamedFile> {
  const record = await find(handle)
  const app = apps.find((candidate) => candidate.key === record.app)
  if (!app || (caller && caller !== app)) throw new AppError('file_not_found', { field: handle.slice(0, 40) })
  return { app, record, rights: await readRights(app, credentials, clock.now()) }
}
