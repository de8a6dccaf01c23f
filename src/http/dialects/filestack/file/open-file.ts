import type { Context } from 'hono'
import { AppError } from '../../../../errors.ts'
import type { HandleRecord } from '../../../../service/handles/ports.ts'
import type { StoredFiles } from '../../../../service/handles/stored-files.ts'
import type { Clock } from '../../../../service/ports.ts'
import { appOfKey, type FilestackApp } from '../apps.ts'
import { type Credentials, readRights, type Rights } from '../security/rights.ts'

export interface OpenFileDeps {
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
  { apps, stored, clock }: OpenFileDeps,
): Promise<NamedFile> {
  const key = c.req.query('key')
  const caller = key === undefined || key === '' ? undefined : appOfKey(apps, key)
  const { handle } = readName(c)
  const record = await stored.find(handle)
  const app = apps.find((candidate) => candidate.key === record.app)
  if (!app || (caller && caller !== app)) throw new AppError('file_not_found', { field: handle.slice(0, 40) })
  return { app, record, rights: await readRights(app, { policy, signature, authorization: c.req.header('Authorization') }, clock.now()) }
}
