import { queryOf } from '../http/paths.ts'
import type { UploadContext } from './upload.ts'

export interface ListedFile {
  readonly path: string
  readonly size: number
  /** Milliseconds since 1970. */
  readonly lastModified: number
}

interface Page {
  readonly cursor: string
  readonly isPaginationComplete: boolean
  readonly items: readonly (
    | { readonly type: 'File'; readonly filePath: string; readonly size: number; readonly lastModified: number }
    | { readonly type: 'Folder'; readonly folderPath: string }
  )[]
}

const PAGE = 1000

/** What lies in a folder: files, and the paths of its folders; page by page. @throws EmulsionError. */
export async function* list(
  { transport, account, key }: UploadContext,
  folder: string,
  recursive: boolean,
  signal?: AbortSignal,
): AsyncGenerator<ListedFile | { readonly folder: string }> {
  let cursor: string | undefined
  for (;;) {
    const query = queryOf({ folderPath: folder, recursive, limit: PAGE, cursor })
    const page: Page = await transport.json(`/v2/accounts/${account}/folders/list${query}`, { key, signal })
    for (const item of page.items)
      yield item.type === 'File' ? { path: item.filePath, size: item.size, lastModified: item.lastModified } : { folder: item.folderPath }
    if (page.isPaginationComplete) return
    cursor = page.cursor
  }
}
