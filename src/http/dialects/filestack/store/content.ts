import { AppError } from '../../../../errors.ts'
import type { Reserve } from '../../../../service/files/content/growing-lease.ts'
import type { StageBody } from '../../../../service/handles/staged-body.ts'
import type { ReadUrl } from '../../../../service/files/upload-from-url.ts'
import type { FileBody } from '../../../../service/ports.ts'
import { decodeBase64 } from './base64.ts'
import type { ContentOptions } from './options.ts'
import type { Sent } from './sent.ts'

export interface ContentDeps {
  readonly readUrl: ReadUrl
  /** Memory for bodies whose length is not known in advance. */
  readonly reserve: Reserve
  readonly stageBody: StageBody
}

/** A file as it is to be stored. */
export interface SentContent {
  readonly body: FileBody
  readonly mime: string | null
  readonly unknownMime: string
  readonly fileName: string | null
  readonly size: number
}

/**
 * Opens what was sent and gives it to `use`: fetches a URL, decodes base64. The options win over what the content tells of itself.
 * @param place whose file it becomes, and the host of this service, from which it fetches nothing.
 * @throws AppError `invalid_parameter` for a URL that leads inside or gives no file, `invalid_body`, `file_too_large`, `overloaded`.
 */
export async function openContent<T>(
  sent: Sent,
  { base64decode, fileName, mime }: ContentOptions,
  place: { readonly account: string; readonly ownHost: string },
  { readUrl, stageBody }: ContentDeps,
  use: (content: SentContent) => Promise<T>,
): Promise<T> {
  const open = async (given: Omit<SentContent, 'size'>): Promise<T> => {
    const named = { ...given, fileName: fileName ?? given.fileName, mime: mime ?? given.mime }
    if (!base64decode) return use({ ...named, size: sizeOf(given.body) })
    const { body, release } = await stageBody(decodeBase64(given.body), place.account)
    try {
      return await use({ ...named, body, size: sizeOf(body) })
    } finally {
      await release()
    }
  }
  if (sent.kind === 'url') {
    const wish = { ...place, url: sent.url, headers: sent.headers ?? {}, timeoutMs: undefined }
    return readUrl(wish, (source) => open({ ...source, unknownMime: 'application/octet-stream' })).catch(asWrongUrl)
  }
  const { body, release } = await sent.open()
  return open({ ...sent, body }).finally(release)
}

const sizeOf = (body: FileBody): number => (body instanceof Uint8Array ? body.length : body.size)

/** A URL that gives no file is the client's mistake in this protocol: its SDK would repeat the call ten times after a 502. */
function asWrongUrl(thrown: unknown): never {
  if (thrown instanceof AppError && thrown.code === 'source_unavailable')
    throw new AppError('invalid_parameter', { field: 'url', reason: thrown.reason, cause: thrown })
  throw thrown
}
