import { AppError } from '../../errors.ts'
import { checkPublicUrl } from '../outbound/guard.ts'
import { breakable } from './content/breakable.ts'
import { collectBody, type CollectedBody } from './content/collect-body.ts'
import type { Reserve } from './content/growing-lease.ts'
import { isMediaType } from './meta.ts'
import { cleanFileName } from './cut-name.ts'
import type { FileBody, FileInfo } from '../ports.ts'
import type { StoreUpload, Upload } from './upload.ts'

const MAX_URL_LENGTH = 8192
const MAX_REDIRECTS = 5
/** What a request may ask for at most, and what counts when it asks for nothing. */
const MAX_TIMEOUT_MS = 30_000
/** A source that does not tell its length is collected in memory, up to this. */
const MAX_BUFFERED_BYTES = 32_000_000

export interface SourceResponse {
  readonly status: number
  readonly location: string | null
  readonly mime: string | null
  readonly disposition: string | null
  /** Bytes of the body when the source told it. */
  readonly size: number | null
  readonly body: ReadableStream<Uint8Array> | null
}

/** One GET without following redirects, and without credentials but for those in `headers`. @throws AppError `invalid_parameter` when the name leads inside; any error when no answer comes. */
export type FetchSource = (url: URL, signal: AbortSignal, headers: Readonly<Record<string, string>>) => Promise<SourceResponse>

export interface ReadUrlDeps {
  readonly fetchSource: FetchSource
  readonly allowHosts: readonly string[]
  /** What an account may store as one file. */
  readonly maxUploadBytes: (account: string) => number
  /** The file name of a `Content-Disposition` header. */
  readonly nameOfDisposition: (header: string) => string | null
  /** Memory for sources that do not tell their length. */
  readonly reserve: Reserve
}

export interface UrlWish {
  /** Whose file it becomes. */
  readonly account: string
  readonly url: string
  /** The host of this service, which it does not ask itself. */
  readonly ownHost: string
  readonly timeoutMs: number | undefined
  /** What the client wants the source to be sent. They go to the origin of `url` alone, not along with redirects to others. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What is at a URL. */
export interface UrlSource {
  readonly body: FileBody
  /** A media type, or `null` when the source tells none. */
  readonly mime: string | null
  readonly fileName: string | null
}

/**
 * Opens what is at a URL and gives it to `use`, which has until the timeout. Every hop of a redirect is checked before it is asked.
 * @throws AppError `invalid_parameter` (a URL that leads inside), `source_unavailable`, `file_too_large`, `overloaded`, and what `use` throws.
 */
export function createReadUrl(deps: ReadUrlDeps) {
  return async function readUrl<T>(
    { account, url, ownHost, timeoutMs = MAX_TIMEOUT_MS, headers = {} }: UrlWish,
    use: (source: UrlSource) => Promise<T>,
  ): Promise<T> {
    const signal = AbortSignal.timeout(Math.min(timeoutMs, MAX_TIMEOUT_MS))
    try {
      const [finalUrl, source] = await follow({ url, ownHost, headers }, signal, deps)
      const fileName = nameOf(source, finalUrl, deps)
      const { body, release } = await readSource(source, deps.maxUploadBytes(account), deps.reserve)
      return await use({ body, mime: mediaTypeOf(source.mime), fileName }).finally(release)
    } catch (thrown) {
      if (signal.aborted) throw unavailable(`It did not come within ${timeoutMs} ms.`, thrown)
      throw thrown
    }
  }
}

export type ReadUrl = ReturnType<typeof createReadUrl>
export type UrlUpload = Omit<Upload, 'body'> & UrlWish

/**
 * Stores what is at a URL (docs/protocols/bytescale.md §5.4). Type and name come from the source where the request leaves them open.
 * @throws AppError those of `readUrl` and of `upload`.
 */
export const createUrlUpload = (readUrl: ReadUrl, upload: StoreUpload) =>
  function urlUpload({ url, ownHost, timeoutMs, ...wish }: UrlUpload): Promise<FileInfo> {
    return readUrl({ account: wish.account, url, ownHost, timeoutMs }, ({ body, mime, fileName }) =>
      upload({ ...wish, body, mime: wish.mime ?? mime, originalFileName: wish.originalFileName ?? fileName }),
    )
  }

async function follow(
  { url: text, ownHost, headers }: Required<Pick<UrlWish, 'url' | 'ownHost' | 'headers'>>,
  signal: AbortSignal,
  { fetchSource, allowHosts }: ReadUrlDeps,
): Promise<readonly [URL, SourceResponse]> {
  const check = (candidate: string): URL => checkPublicUrl(candidate, allowHosts, [ownHost], MAX_URL_LENGTH)
  let url = check(text)
  const { origin } = url
  for (let redirects = 0; ; redirects++) {
    const source = await fetchSource(url, signal, url.origin === origin ? headers : {}).catch((cause: unknown) => {
      throw cause instanceof AppError ? cause : unavailable('No answer came.', cause)
    })
    if (source.status >= 200 && source.status < 300) return [url, source]
    await source.body?.cancel().catch(() => undefined)
    if (![301, 302, 303, 307, 308].includes(source.status) || source.location === null) throw unavailable(`It answered ${source.status}.`)
    if (redirects >= MAX_REDIRECTS) throw unavailable(`It redirected more than ${MAX_REDIRECTS} times.`)
    if (!URL.canParse(source.location, url)) throw unavailable('It redirected to an invalid URL.')
    url = check(new URL(source.location, url).href)
  }
}

/** A declared length is streamed through; without one the body must fit into memory. */
async function readSource({ size, body }: SourceResponse, maxUploadBytes: number, reserve: Reserve): Promise<CollectedBody> {
  const release = (): void => undefined
  if (body === null) return { body: new Uint8Array(), release }
  if (size !== null && size > maxUploadBytes) {
    await body.cancel()
    throw new AppError('file_too_large', { reason: `Expected at most ${maxUploadBytes} bytes, received ${size}.` })
  }
  const stream = breakable(body, size, (cause) => unavailable('It broke off.', cause))
  return size === null ? collectBody(stream, Math.min(MAX_BUFFERED_BYTES, maxUploadBytes), reserve) : { body: { stream, size }, release }
}

/** A source's type may be anything: what is no media type counts for none. */
const mediaTypeOf = (header: string | null): string | null => (header !== null && isMediaType(header.trim()) ? header.trim() : null)

/** The name in its `Content-Disposition`, and otherwise the last segment of the URL. */
function nameOf({ disposition }: SourceResponse, url: URL, { nameOfDisposition }: ReadUrlDeps): string | null {
  const named = disposition === null ? null : nameOfDisposition(disposition)
  return cleanFileName(named ?? decoded(url.pathname.slice(url.pathname.lastIndexOf('/') + 1)))
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const unavailable = (reason: string, cause?: unknown): AppError => new AppError('source_unavailable', { field: 'url', reason, cause })
