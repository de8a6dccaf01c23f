import type { Clock, FileStore, HashText } from '../ports.ts'
import type { ReadUrl } from '../files/upload-from-url.ts'

export interface SourceCopiesDeps {
  readonly files: Pick<FileStore, 'head' | 'put'>
  readonly readUrl: ReadUrl
  /** A file was stored at this path. */
  readonly replaced: (account: string, path: string) => Promise<void>
  readonly hash: HashText
  readonly clock: Clock
}

export interface SourceWish {
  readonly account: string
  /** Where the copies lie. */
  readonly folder: string
  readonly url: string
  /** The host of this service, which it does not ask itself. */
  readonly ownHost: string
  /** An older copy is fetched anew. */
  readonly maxAgeSeconds: number
}

export interface SourceCopy {
  readonly path: string
  readonly fileName: string | null
}

/** Where the copies of a container's folder lie. */
export const copiesFolder = (folder: string): string => `${folder}/.sources`

/** A picture elsewhere as a file of the account, so that all of rendering knows files only. @throws AppError those of `readUrl`. */
export type CopySource = (wish: SourceWish) => Promise<SourceCopy>

export const createCopySource = ({ files, readUrl, replaced, hash, clock }: SourceCopiesDeps): CopySource =>
  async function copySource({ account, folder, url, ownHost, maxAgeSeconds }) {
    const path = `${copiesFolder(folder)}/${await hash(url)}`
    const kept = await files.head(account, path)
    if (kept && clock.now() - kept.lastModified.getTime() < maxAgeSeconds * 1000) return { path, fileName: kept.originalFileName }
    return readUrl({ account, url, ownHost, timeoutMs: undefined }, async ({ body, mime, fileName }) => {
      const meta = { mime: mime ?? 'application/octet-stream', originalFileName: fileName, metadata: {}, tags: [] }
      await files.put(account, path, body, meta)
      await replaced(account, path)
      return { path, fileName }
    })
  }
