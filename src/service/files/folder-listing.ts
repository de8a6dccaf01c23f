import type { FolderRecord, FolderSettings, FolderStore } from './folder-ports.ts'
import { comparePaths, folderKey, lastKey } from './path-order.ts'
import { parentFolder } from './path-scope.ts'
import type { FileInfo, FileStore } from '../ports.ts'

export interface ListedFile {
  readonly type: 'File'
  readonly file: FileInfo
}

export interface ListedFolder {
  readonly type: 'Folder'
  readonly path: string
  /** Made by PutFolder, so it exists without files; otherwise its files imply it. */
  readonly virtual: boolean
  readonly settings: FolderSettings
}

export interface ListingQuery {
  readonly folder: string
  readonly recursive: boolean
  readonly includeFiles: boolean
  readonly includePhysicalFolders: boolean
  readonly includeVirtualFolders: boolean
  readonly limit: number
  /** `cursor` of the page before. */
  readonly after: string
}

export interface ListingPage {
  readonly items: readonly (ListedFile | ListedFolder)[]
  /** Where the next page begins. May be set on a page that is short or empty: what is left out was looked at all the same. */
  readonly cursor: string
  readonly isComplete: boolean
}

/**
 * One page of a folder: the files of the bucket, the folders that they imply, and the virtual ones, merged in one order. The cursor is the
 * place in that order, so a page is right whatever was stored or deleted in between.
 */
export async function listFolder(
  files: Pick<FileStore, 'list'>,
  folders: Pick<FolderStore, 'list'>,
  account: string,
  query: ListingQuery,
): Promise<ListingPage> {
  const { folder, recursive, limit, after } = query
  const stored = await files.list(account, folder, { recursive, limit, ...(after !== '' && { after }) })
  const virtual = await folders.list(account, folder, { recursive, limit, after: after === '' ? folderKey(folder) : after })
  const physical = [...stored.folders, ...(recursive ? impliedFolders(stored.files, folder) : [])]

  const entries = new Map<string, ListedFile | ListedFolder>()
  for (const file of stored.files) entries.set(file.path, { type: 'File', file })
  for (const path of physical) entries.set(folderKey(path), { type: 'Folder', path, virtual: false, settings: {} })
  for (const { path, settings } of virtual) entries.set(folderKey(path), { type: 'Folder', path, virtual: true, settings })

  const end = knownUpTo(stored.seenUpTo, virtual, limit)
  const keys = [...entries.keys()]
    .filter((key) => comparePaths(key, after) > 0 && (end === null || comparePaths(key, end) <= 0))
    .sort(comparePaths)
  const page = keys.slice(0, limit)
  const isComplete = end === null && page.length === keys.length
  const cursor = (page.length < keys.length ? undefined : end) ?? lastKey(page) ?? after
  return { items: page.flatMap((key) => chosen(entries.get(key), query)), cursor, isComplete }
}

/** Folders on the way from the listed folder to its files. */
function impliedFolders(files: readonly FileInfo[], folder: string): readonly string[] {
  const found = new Set<string>()
  for (const { path } of files) {
    for (let parent = parentFolder(path); parent !== folder && !found.has(parent); parent = parentFolder(parent)) found.add(parent)
  }
  return [...found]
}

/** The place up to which both lists are known; `null`: to the end. */
function knownUpTo(seenUpTo: string | null, virtual: readonly FolderRecord[], limit: number): string | null {
  const virtualEnd = virtual.length === limit ? folderKey(virtual.at(-1)?.path ?? '/') : null
  if (seenUpTo === null || virtualEnd === null) return seenUpTo ?? virtualEnd
  return comparePaths(seenUpTo, virtualEnd) < 0 ? seenUpTo : virtualEnd
}

function chosen(entry: ListedFile | ListedFolder | undefined, query: ListingQuery): readonly (ListedFile | ListedFolder)[] {
  if (!entry) return []
  const wanted = entry.type === 'File' ? query.includeFiles : entry.virtual ? query.includeVirtualFolders : query.includePhysicalFolders
  return wanted ? [entry] : []
}
