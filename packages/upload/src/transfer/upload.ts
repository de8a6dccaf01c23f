import { abandonUpload, upload as send, type UploadPlace, type UploadSession } from '../../../client/src/files/upload.ts'
import { createTransport } from '../../../client/src/http/transport.ts'
import { accountOf, loadIngest, type Service } from '../prepare/ingest.ts'
import { prepare, type Prepared, type PrepareWish } from '../prepare/prepare.ts'
import { createProgress } from './progress.ts'

export interface UploadWish extends Omit<PrepareWish, 'service'> {
  readonly service: Service
  /** Absolute; or a folder and a name, in which path variables may stand. The service chooses one when absent. */
  readonly path?: string | UploadPlace | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
  readonly tags?: readonly string[] | undefined
  /** Told when the picture is made, before anything of it is sent. */
  readonly onPrepared?: ((prepared: Prepared) => void) | undefined
  /** Bytes of what `prepare` has made. */
  readonly onProgress?: ((progress: { readonly sent: number; readonly total: number }) => void) | undefined
  /** Told once: keep it, and what was prepared, to go on after a break. */
  readonly onSession?: ((session: UploadSession) => void) | undefined
}

export interface Uploaded {
  /** In the account. */
  readonly path: string
  readonly bytes: number
  readonly prepared: Prepared
}

/**
 * Makes a picture and sends it in parts.
 * @throws UploadError of `prepare`, and when it is too large to be stored; EmulsionError of the service; the signal's reason.
 */
export async function upload(file: Blob, wish: UploadWish): Promise<Uploaded> {
  const ingest = wish.ingest ?? (await loadIngest(wish.service, wish.signal))
  const prepared = await prepare(file, { ...wish, ingest })
  wish.onPrepared?.(prepared)
  return sendPrepared(prepared, wish)
}

/** Sends what has been prepared. `resume`: goes on with it, and sends the parts alone that are missing. @throws as `upload`. */
export async function sendPrepared(prepared: Prepared, wish: UploadWish, resume?: UploadSession): Promise<Uploaded> {
  const { service, path, metadata, tags, signal, onSession, onProgress } = wish
  const { file, name } = prepared
  const progress = createProgress(file.size, onProgress)
  const context = {
    transport: createTransport({ url: service.url, fetch: service.fetch ?? progress.fetch }),
    account: accountOf(service),
    key: service.key,
  }
  const sent = await send(context, file, {
    path,
    ...(name !== '' && { name }),
    metadata,
    tags,
    signal,
    onSession,
    resume,
    isResumable: true,
    onProgress: progress.parted,
  })
  return { path: sent.path, bytes: sent.size, prepared }
}

/** Gives up what `onSession` has told. @throws EmulsionError. */
export function abandon(service: Service, session: UploadSession): Promise<void> {
  const transport = createTransport({ url: service.url, fetch: service.fetch })
  return abandonUpload({ transport, account: accountOf(service), key: service.key }, session)
}
