import { type BatchContext, type BatchProcess, type BatchRequest, openBatch, startBatch } from './batch/batch.ts'
import { list, type ListedFile } from './files/list.ts'
import { abandonUpload, upload, type UploadContext, type UploadedFile, type UploadOptions, type UploadSession } from './files/upload.ts'
import { encodePath, queryOf } from './http/paths.ts'
import { createTransport, type TransportOptions } from './http/transport.ts'
import { fileUrl, imageUrl, type ImageWish } from './urls/image-url.ts'

export interface ClientOptions extends TransportOptions {
  /** A secret or public key. URLs need none. */
  readonly apiKey?: string | undefined
  /** Seven characters; the key's own when absent. */
  readonly account?: string | undefined
  /** Of a batch service. */
  readonly batchSecret?: string | undefined
  /** Of that service; 1 when absent. */
  readonly serviceId?: number | undefined
}

/** `{ url }` of any dialect, or `{ job }` of a batch, or `{ process }` (docs/explain.md). */
export type ExplainBody = Readonly<Record<string, unknown>>

/** What the service says of a URL of another one (docs/translate.md). */
export interface Translation {
  readonly service: string
  readonly source: { readonly path: string; readonly url?: string | null }
  readonly url: string | null
  readonly reason?: string
  readonly lost: readonly unknown[]
  readonly differs: readonly unknown[]
  readonly [more: string]: unknown
}

export interface PurgeOptions {
  /** Answers at the edge; yes when absent. */
  readonly edge?: boolean
  /** Kept results; yes when absent. */
  readonly kept?: boolean
}

export type Client = ReturnType<typeof createClient>

/** All that the service offers. Each call throws EmulsionError for what the service refuses. */
export function createClient(options: ClientOptions) {
  const transport = createTransport(options)
  const account = options.account ?? accountOf(options.apiKey)
  const address = { url: transport.origin, account }
  const demandKey = (): string => demanded(options.apiKey, 'apiKey')
  const files = (): UploadContext => ({ transport, account, key: demandKey() })
  const batches = (): BatchContext => ({
    transport,
    secret: demanded(options.batchSecret, 'batchSecret'),
    serviceId: options.serviceId ?? 1,
  })
  return {
    address,
    imageUrl: (path: string, wish?: ImageWish): string => imageUrl(address, path, wish),
    fileUrl: (path: string): string => fileUrl(address, path),
    upload: (data: Blob, how?: UploadOptions): Promise<UploadedFile> => upload(files(), data, how),
    /** Gives up what `onSession` has told. */
    abandonUpload: (session: UploadSession): Promise<void> => abandonUpload(files(), session),
    /** The stored bytes. */
    download: (path: string, signal?: AbortSignal): Promise<Response> =>
      transport.send(`/${account}/raw${encodePath(path)}`, { key: options.apiKey, signal }),
    /** The picture. */
    render: (path: string, wish?: ImageWish, signal?: AbortSignal): Promise<Response> =>
      transport.send(imageUrl(address, path, wish), { key: options.apiKey, signal }),
    /** What a URL of the service shows: one with a signature, or with parameters that are text. */
    fetchUrl: (url: string, signal?: AbortSignal): Promise<Response> => transport.send(url, { key: options.apiKey, signal }),
    list: (
      folder: string,
      how: { readonly recursive?: boolean; readonly signal?: AbortSignal } = {},
    ): AsyncGenerator<ListedFile | { readonly folder: string }> => list(files(), folder, how.recursive ?? false, how.signal),
    details: (path: string): Promise<unknown> =>
      transport.json(`/v2/accounts/${account}/files/details${queryOf({ filePath: path })}`, { key: demandKey() }),
    /** Deleting what is not there succeeds. */
    async remove(path: string): Promise<void> {
      await transport.send(`/v2/accounts/${account}/files${queryOf({ filePath: path })}`, {
        method: 'DELETE',
        key: demandKey(),
        mayRepeat: true,
      })
    },
    /** @param pattern `/image/logo.png`, or with a `*` at its end. @returns the erasure report's job (docs/bytescale.md, "Caching"). */
    purge: (pattern: string, { edge = true, kept = true }: PurgeOptions = {}): Promise<unknown> =>
      transport.json(`/v2/accounts/${account}/cache/reset`, {
        method: 'POST',
        key: demandKey(),
        json: { pattern, resetEdgeCache: edge, resetPermanentCache: kept },
        mayRepeat: true,
      }),
    explain: (body: ExplainBody): Promise<unknown> =>
      transport.json('/-/explain', { method: 'POST', key: demandKey(), json: body, mayRepeat: true }),
    translate: (url: string, service?: string): Promise<Translation> =>
      transport.json('/-/translate', { method: 'POST', json: { url, service, ...(account !== '' && { account }) }, mayRepeat: true }),
    batch: (request: BatchRequest, idempotencyKey?: string): Promise<BatchProcess> => startBatch(batches(), request, idempotencyKey),
    openBatch: (id: string): BatchProcess => openBatch(batches(), id),
  }
}

/** A key names its account: `secret_Emu1s1n…`. */
const accountOf = (key = ''): string => /^(?:secret|public)_(\w{7})/.exec(key)?.[1] ?? ''

function demanded(value: string | undefined, name: string): string {
  if (value === undefined || value === '') throw new TypeError(`Expected "${name}" in the options of the client, received nothing.`)
  return value
}
