import type { Context } from 'hono'
import { newHandle } from '../../../../service/handles/handle.ts'
import { storageKey } from '../../../../service/handles/storage-key.ts'
import { fileNameOf } from '../../../../service/files/path.ts'
import type { StoredFile, StoredFiles } from '../../../../service/handles/stored-files.ts'
import type { Clock, RandomBytes } from '../../../../service/ports.ts'
import { appOfKey, type FilestackApp } from '../apps.ts'
import { demandCall, readRights, type Rights } from '../security/rights.ts'
import { type ContentDeps, openContent } from './content.ts'
import { readStoreOptions, type StoreOptions } from './options.ts'
import { choosePlace } from './place.ts'
import { readSent, type Sent } from './sent.ts'

export interface StoreDeps extends ContentDeps {
  readonly apps: readonly FilestackApp[]
  readonly stored: StoredFiles
  readonly clock: Clock
  readonly random: RandomBytes
}

/** `POST /api/store/{location}` and `/store/{provider}/{handle}` (docs/protocols/filestack.md §2). */
export async function answerStore(c: Context, location: string, deps: StoreDeps): Promise<Response> {
  const url = new URL(c.req.url)
  const app = appOfKey(deps.apps, url.searchParams.get('key') ?? undefined)
  const sent = await readSent(c.req.raw, deps.reserve)
  try {
    const options = readStoreOptions(url.searchParams, sent.fields)
    const rights = await readRights(app, { ...options, authorization: c.req.header('Authorization') }, deps.clock.now())
    return c.json(await storeSent(sent, { app, rights, location, options }, url, deps))
  } finally {
    sent.release()
  }
}

export interface StoreOrder {
  readonly app: FilestackApp
  readonly rights: Rights
  readonly location: string
  readonly options: StoreOptions
  /** The handle that the file gets, when its sender has chosen it. */
  readonly handle?: string
}

/**
 * Stores what was sent under a new handle, or under the given one. Answers what the client is told.
 * @param requestUrl tells the host of this service.
 * @throws AppError `forbidden`, `invalid_parameter`, `not_implemented`, those of `openContent` and of `StoredFiles.store`.
 */
export async function storeSent(
  sent: Sent,
  { app, rights, location, options, handle }: StoreOrder,
  requestUrl: URL,
  deps: StoreDeps,
): Promise<object> {
  const source = sent.kind === 'url' ? { url: sent.url } : {}
  demandCall(app, rights, ['store'], source)
  const chosen = choosePlace(app, location, options)
  const { container } = chosen
  const place = { account: app.account, ownHost: requestUrl.host }
  const file = await openContent(sent, options, place, deps, ({ size, ...content }) => {
    const fileName = content.fileName ?? 'file'
    const id = options.disableStorageKey ? null : newHandle(deps.random)
    const key = storageKey({ path: options.path, fileName, id })
    demandCall(app, rights, ['store'], { ...source, path: key, container, size })
    const record = { app: app.key, account: app.account, container, key, path: chosen.path(key), ...chosen.known }
    return deps.stored.store(record, { ...content, fileName }, handle)
  })
  return present(file, options, requestUrl.origin)
}

/** The container is told to who chose the place (docs/protocols/filestack.md §2). */
const present = ({ record, info }: StoredFile, { path, container }: StoreOptions, origin: string) => ({
  ...((path !== null || container !== undefined) && record.container !== '' && { container: record.container }),
  handle: record.handle,
  url: fileUrl(origin, record.handle),
  filename: info.originalFileName ?? fileNameOf(info.path),
  key: record.key,
  type: info.mime,
  size: info.size,
})

/** SDKs take the handle from behind its last slash. */
export const fileUrl = (origin: string, handle: string): string => `${origin}/api/file/${handle}`
