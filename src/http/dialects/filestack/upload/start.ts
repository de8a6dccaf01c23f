import type { Context } from 'hono'
import { AppError } from '../../../../errors.ts'
import { newHandle } from '../../../../service/handles/handle.ts'
import type { HandleUploads } from '../../../../service/handles/parts/uploads.ts'
import { storageKey } from '../../../../service/handles/storage-key.ts'
import { cleanFileName } from '../../../../service/files/cut-name.ts'
import { addressGroup } from '../../../../service/outbound/ranges.ts'
import type { Clock, RandomBytes } from '../../../../service/ports.ts'
import { readJsonBody } from '../../../json-body.ts'
import { appOfKey, type FilestackApp } from '../apps.ts'
import { demandCall, readRights, type Rights } from '../security/rights.ts'
import { choosePlace } from '../store/place.ts'
import { MAX_BODY_BYTES, type StartBody, startBody, type UploadBody } from './bodies.ts'

export interface UploadDeps {
  readonly apps: readonly FilestackApp[]
  readonly uploads: HandleUploads
  readonly clock: Clock
  readonly random: RandomBytes
}

/** The app and the rights that a body or Basic names. @throws AppError `unauthorized`, and those of `readRights`. */
export async function openApp(
  c: Context,
  { apikey, policy, signature }: StartBody | UploadBody,
  { apps, clock }: Pick<UploadDeps, 'apps' | 'clock'>,
): Promise<{ readonly app: FilestackApp; readonly rights: Rights }> {
  const app = appOfKey(apps, apikey ?? undefined, 'apikey')
  const credentials = { policy: policy ?? undefined, signature: signature ?? undefined, authorization: c.req.header('Authorization') }
  return { app, rights: await readRights(app, credentials, clock.now()) }
}

/** `POST /multipart/start` (docs/protocols/filestack.md §5). */
export async function answerStart(c: Context, deps: UploadDeps): Promise<Response> {
  const body = await readJsonBody(c, startBody, MAX_BODY_BYTES)
  const { app, rights } = await openApp(c, body, deps)
  demandCall(app, rights, ['pick', 'store'])
  const { location, path, container: name, access, disableStorageKey } = body.store ?? {}
  demandPlain(body.store)
  const chosen = choosePlace(app, location ?? '', { container: name || undefined, isPublic: access === 'public' })
  const { container } = chosen
  const fileName = cleanFileName(body.filename) ?? 'file'
  const id = disableStorageKey === true ? null : newHandle(deps.random)
  const key = storageKey({ path: path ?? null, fileName, id })
  demandCall(app, rights, ['pick', 'store'], { path: key, container, size: body.size })
  const upload = await deps.uploads.begin({
    place: { app: app.key, account: app.account, container, key, path: chosen.path(key), ...chosen.known },
    size: body.size,
    mime: body.mimetype ?? null,
    fileName,
    sender: { keyId: `filestack:${app.key}`, address: addressGroup(c.req.header('CF-Connecting-IP') ?? ''), isTrusted: false },
  })
  return c.json({
    uri: uriOf(upload.record),
    region: body.store?.region ?? 'auto',
    upload_id: upload.uploadId,
    location_url: locationOf(new URL(c.req.url).origin),
    ...(body.fii === true && { upload_type: 'intelligent_ingestion' }),
  })
}

/** @throws AppError `not_implemented` for options that would change what happens to the file. */
export function demandPlain(store: StartBody['store']): void {
  if (store?.workflows != null || store?.base64decode === true)
    throw new AppError('not_implemented', {
      field: 'store',
      reason: 'Workflows and base64 are not offered here: send the file without them.',
    })
}

/** Names the file for the client; every call of the upload repeats it. */
export const uriOf = ({ container, key }: { readonly container: string; readonly key: string }): string => `/${container}/${key}`

/** Where the next calls go. SDKs put `https://` in front of a host, and that for Python in front of everything. */
export const locationOf = (origin: string): string => origin.replace(/^https:\/\//, '')
