import type { Context } from 'hono'
import { fileNameOf, splitExtension } from '../../../../service/files/path.ts'
import type { FileInfo, FileStore } from '../../../../service/ports.ts'
import { type Args, readArgs } from '../../../args.ts'
import { show } from '../../../caching/shared-caches.ts'
import { answerStoredFile } from '../../../stored-file.ts'
import { userContentHeaders } from '../../../user-content.ts'
import type { FilestackApp } from '../apps.ts'
import { demandCall } from '../security/rights.ts'
import { demandStored } from '../security/stored.ts'
import { openFile, type OpenFileDeps, readName } from './open-file.ts'

export interface DeliverDeps extends OpenFileDeps {
  readonly files: Pick<FileStore, 'open'>
}

/** What is kept with `cache=true`: 30 days. */
const CACHED_SECONDS = 2_592_000

/** `GET|HEAD /api/file/{handle}` (docs/protocols/filestack.md §3). */
export async function answerFile(c: Context, deps: DeliverDeps): Promise<Response> {
  const args = readArgs(new URL(c.req.url).searchParams)
  const credentials = readCredentials(args)
  const [isDownload, isCached] = [args.flag('dl') ?? false, args.flag('cache')]
  args.done()
  const { app, record, rights } = await openFile(c, credentials, deps)
  demandCall(app, rights, ['read'], { handle: record.handle })
  demandStored(app, rights, record.path, deps)
  show(c, { account: record.account, paths: [record.path] })
  const info = await deps.stored.head(record)
  const name = withExtension(shownName(info), readName(c).extension)
  return answerStoredFile(c, deps.files, record.account, info, {
    'Content-Type': info.mime,
    ...userContentHeaders(name, isDownload),
    'X-File-Name': encodeURIComponent(name),
    'Cache-Control': cacheControl(app, isCached),
  })
}

/** The arguments that every call of a file may have. `key` is read by `openFile`. */
export function readCredentials(args: Args): { readonly policy: string | undefined; readonly signature: string | undefined } {
  args.text('key')
  return { policy: args.text('policy'), signature: args.text('signature') }
}

/** The name under which it was stored; that of its key when another API has replaced the file. */
export const shownName = ({ originalFileName, path }: FileInfo): string => originalFileName ?? fileNameOf(path)

const withExtension = (name: string, extension: string | null): string =>
  extension === null ? name : `${splitExtension(name).name}.${extension}`

/** A file may be replaced or removed under its URL at any time, so caches ask each time unless the URL says otherwise. */
function cacheControl({ security }: FilestackApp, isCached: boolean | undefined): string {
  const who = security === 'required' ? 'private' : 'public'
  if (isCached === undefined) return `${who}, no-cache`
  return isCached ? `${who}, max-age=${CACHED_SECONDS}` : 'no-store'
}
