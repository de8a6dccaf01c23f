import { EmulsionError } from '../http/errors.ts'

import type { Transport } from '../http/transport.ts'

export interface UploadOptions {
  /** Absolute; or a folder and a name, in which path variables may stand. The service chooses one when absent. */
  readonly path?: string | UploadPlace | undefined
  /** The file's own name, for path variables. */
  readonly name?: string | undefined
  readonly mime?: string | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
  readonly tags?: readonly string[] | undefined
  /** Told after each part. */
  readonly onProgress?: ((progress: { readonly sent: number; readonly total: number }) => void) | undefined
  /** A small file goes in parts too, so that it can be gone on with: sent again, it is stored once. */
  readonly isResumable?: boolean | undefined
  /** Told once, when a file goes in parts: keep it to go on after a break. */
  readonly onSession?: ((session: UploadSession) => void) | undefined
  /** Goes on with an upload of the same bytes; one that the service has forgotten begins anew. */
  readonly resume?: UploadSession | undefined
  readonly signal?: AbortSignal | undefined
}

/** Where a file goes (docs/bytescale.md). */
export interface UploadPlace {
  readonly folderPath?: string | undefined
  readonly fileName?: string | undefined
  readonly fileNameFallback?: string | undefined
}

/** An upload in parts that is under way; JSON. */
export interface UploadSession {
  readonly uploadId: string
  readonly path: string
  readonly parts: number
  readonly size: number
}

export interface UploadedFile {
  readonly path: string
  readonly size: number
}

export interface UploadContext {
  readonly transport: Transport
  readonly account: string
  readonly key: string
}

/** Beyond, a file goes in parts. */
const WHOLE_BYTES = 5 * 1024 * 1024
const PARTS_AT_A_TIME = 3

interface Part {
  readonly uploadUrl: string
  readonly range: { readonly inclusiveStart: number; readonly inclusiveEnd: number }
}

/** Stores a file: small ones at once, large ones in parts that are sent again where they fail. @throws EmulsionError. */
export async function upload(context: UploadContext, data: Blob, options: UploadOptions = {}): Promise<UploadedFile> {
  if (data.size <= WHOLE_BYTES && !options.resume && options.isResumable !== true) return uploadWhole(context, data, options)
  return uploadParts(context, data, options)
}

async function uploadWhole({ transport, account, key }: UploadContext, data: Blob, options: UploadOptions): Promise<UploadedFile> {
  const { path, name, mime, metadata, tags = [], signal, onProgress } = options
  const place = { ...(typeof path === 'string' ? { filePath: path } : path), originalFileName: name }
  const given = Object.entries(place).filter((pair): pair is [string, string] => pair[1] !== undefined)
  const query = new URLSearchParams([...given, ...tags.map((tag): [string, string] => ['tag', tag])])
  const text = query.size === 0 ? '' : `?${query}`
  const { filePath } = await transport.json<{ readonly filePath: string }>(`/v2/accounts/${account}/uploads/binary${text}`, {
    method: 'POST',
    key,
    body: data,
    headers: {
      'Content-Type': mime ?? (data.type === '' ? 'application/octet-stream' : data.type),
      ...(metadata && { 'X-Upload-Metadata': JSON.stringify(metadata) }),
    },
    mayRepeat: typeof path === 'string',
    signal,
  })
  onProgress?.({ sent: data.size, total: data.size })
  return { path: filePath, size: data.size }
}

async function uploadParts(context: UploadContext, data: Blob, options: UploadOptions): Promise<UploadedFile> {
  const { transport, account, key } = context
  const { onProgress, signal } = options
  const { session, missing } = await openSession(context, data, options)
  const address = `/v2/accounts/${account}/uploads/${encodeURIComponent(session.uploadId)}/parts`
  const partBytes = Math.max(1, Math.ceil(data.size / session.parts))
  // Parts differ in size: how much the others had is known for sure when none is left.
  let [sent, left] = [Math.max(0, data.size - missing.length * partBytes), missing.length]
  const queue = missing[Symbol.iterator]()
  const send = async (): Promise<void> => {
    for (const index of queue) {
      const { uploadUrl, range } = await transport.json<Part>(`${address}/${index}`, { key, signal })
      const body = data.slice(range.inclusiveStart, range.inclusiveEnd + 1)
      const { headers } = await transport.send(uploadUrl, { method: 'PUT', body, mayRepeat: true, signal })
      await transport.json(`${address}/${index}`, {
        method: 'PUT',
        key,
        json: { etag: headers.get('ETag') ?? '' },
        mayRepeat: true,
        signal,
      })
      left--
      sent = left === 0 ? data.size : Math.min(data.size, sent + body.size)
      onProgress?.({ sent, total: data.size })
    }
  }
  await Promise.all(Array.from({ length: PARTS_AT_A_TIME }, send))
  return { path: session.path, size: data.size }
}

interface Open {
  readonly session: UploadSession
  /** Indexes of the parts that the service has not. */
  readonly missing: readonly number[]
}

async function openSession(context: UploadContext, data: Blob, options: UploadOptions): Promise<Open> {
  const { transport, account, key } = context
  const { resume, path, name, mime, metadata, tags, signal, onSession } = options
  if (resume) {
    if (resume.size !== data.size) throw new RangeError(`Expected the ${resume.size} bytes of the upload, received ${data.size}.`)
    const missing = await remainingParts(context, resume, signal)
    if (missing) return { session: resume, missing }
  }
  const began = await transport.json<{
    readonly uploadId: string
    readonly file: { readonly filePath: string }
    readonly uploadParts: { readonly count: number }
  }>(`/v2/accounts/${account}/uploads`, {
    method: 'POST',
    key,
    json: {
      size: data.size,
      mime: mime ?? (data.type === '' ? undefined : data.type),
      originalFileName: name,
      path,
      metadata,
      tags,
      protocol: '1.1',
    },
    signal,
  })
  const session = { uploadId: began.uploadId, path: began.file.filePath, parts: began.uploadParts.count, size: data.size }
  onSession?.(session)
  return { session, missing: Array.from({ length: session.parts }, (_, i) => i) }
}

/** Gives an upload in parts up. One that is stored already stays. @throws EmulsionError. */
export async function abandonUpload({ transport, account, key }: UploadContext, { uploadId }: UploadSession): Promise<void> {
  const address = `/v2/accounts/${account}/uploads/${encodeURIComponent(uploadId)}`
  await transport.send(address, { method: 'DELETE', key, mayRepeat: true }).catch((thrown: unknown) => {
    if (!(thrown instanceof EmulsionError && thrown.status === 404)) throw thrown
  })
}

/** `null`: the service has forgotten the upload. */
async function remainingParts(
  { transport, account, key }: UploadContext,
  session: UploadSession,
  signal?: AbortSignal,
): Promise<readonly number[] | null> {
  try {
    const address = `/v2/accounts/${account}/uploads/${encodeURIComponent(session.uploadId)}/parts`
    return (await transport.json<{ readonly remainingUploadParts: readonly number[] }>(address, { key, signal })).remainingUploadParts
  } catch (thrown) {
    if (thrown instanceof EmulsionError && thrown.status === 404) return null
    throw thrown
  }
}
