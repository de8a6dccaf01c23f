import { AppError } from '../../../../errors.ts'
import { demand, demandBelow, permits, type Caller } from '../../../../service/access/access.ts'
import { listFolder, type ListedFile, type ListedFolder } from '../../../../service/files/folder-listing.ts'
import { checkFolderPath } from '../../../../service/files/folder-path.ts'
import type { FolderSettings, FolderStore } from '../../../../service/files/folder-ports.ts'
import { foldersUpward } from '../../../../service/files/path-scope.ts'
import type { FileStore } from '../../../../service/ports.ts'
import { readArgs } from '../../../args.ts'
import type { BytescaleContext } from '../env.ts'
import { readJsonBody } from '../../../json-body.ts'
import { putFolderSchema } from './folder-schemas.ts'
import { rawFileUrl } from '../url.ts'

const MAX_BODY_BYTES = 100_000
/** The documentation's example. */
const DEFAULT_PAGE = 50
const MAX_PAGE = 1000

export interface FolderRouteDeps {
  readonly files: FileStore
  readonly folders: FolderStore
}

/** `PUT …/folders`: creates a virtual folder, or changes the settings that the request names. → FolderDetails */
export async function answerPutFolder(c: BytescaleContext, caller: Caller, { folders }: FolderRouteDeps): Promise<Response> {
  const { folderPath, folderSettings = {} } = await readJsonBody(c, putFolderSchema, MAX_BODY_BYTES)
  const path = checkFolderPath(folderPath)
  demand(caller, 'createVirtualFolder', path)
  const { description, publicPermissions, storageLayer } = folderSettings
  if (storageLayer?.set === true)
    throw new AppError('not_implemented', { field: 'storageLayer', reason: "Every folder lives in this service's own storage." })
  if (description) demand(caller, 'setFolderDescription', path)
  if (publicPermissions) demand(caller, 'setFolderPublicPermissions', path)
  const [known] = await folders.get(caller.account, [path])
  const settings: FolderSettings = {
    ...changed('description', known?.settings.description, description),
    ...changed('publicPermissions', known?.settings.publicPermissions, publicPermissions),
  }
  await folders.put(caller.account, { path, settings })
  return c.json(await describeFolder(caller, path, folders, true))
}

function changed<N extends keyof FolderSettings>(
  name: N,
  before: FolderSettings[N] | undefined,
  change: { readonly set: true; readonly value: NonNullable<FolderSettings[N]> } | { readonly set: false } | undefined,
): { [K in N]?: FolderSettings[N] } {
  const value = change === undefined ? before : change.set ? change.value : undefined
  return (value === undefined ? {} : { [name]: value }) as { [K in N]?: FolderSettings[N] } // the one member of its name
}

/** `GET …/folders?folderPath=` → FolderDetails. @throws AppError `folder_not_found`. */
export async function answerFolderDetails(c: BytescaleContext, caller: Caller, { files, folders }: FolderRouteDeps): Promise<Response> {
  const path = checkFolderPath(c.req.query('folderPath') ?? '')
  demandAnyRead(caller, path)
  const [known] = await folders.get(caller.account, [path])
  if (!known && !(await hasFiles(files, caller.account, path))) throw new AppError('folder_not_found', { field: path })
  return c.json(await describeFolder(caller, path, folders, known !== undefined))
}

async function hasFiles(files: FileStore, account: string, path: string): Promise<boolean> {
  if (path === '/') return true
  const { files: found, seenUpTo } = await files.list(account, path, { recursive: true, limit: 1 })
  return found.length > 0 || seenUpTo !== null
}

function demandAnyRead(caller: Caller, path: string): void {
  if (!permits(caller, 'getFolderDescription', path) && !permits(caller, 'getFolderPublicPermissions', path))
    demand(caller, 'listFolderChildren', path)
}

/** FolderDetails: the folder's own settings, and the nearest folder above it that sets permissions. */
async function describeFolder(caller: Caller, path: string, folders: FolderStore, virtual: boolean) {
  const chain = await folders.get(caller.account, foldersUpward(path))
  const own = chain.find((folder) => folder.path === path)
  const heir = chain.find((folder) => folder.path !== path && folder.settings.publicPermissions !== undefined)
  const inherited = heir && { publicPermissions: { folderPath: heir.path, value: heir.settings.publicPermissions } }
  return { ...folderSummary(caller, { path, virtual, settings: own?.settings ?? {} }), settingsInherited: inherited ?? {} }
}

/** A setting that the caller may not read is left out. */
function folderSummary(caller: Caller, { path, virtual, settings }: Omit<ListedFolder, 'type'>) {
  const { description, publicPermissions } = settings
  return {
    type: 'Folder',
    folderPath: path,
    virtual,
    settings: {
      ...(description !== undefined && permits(caller, 'getFolderDescription', path) && { description }),
      ...(publicPermissions !== undefined && permits(caller, 'getFolderPublicPermissions', path) && { publicPermissions }),
    },
  }
}

/** `GET …/folders/list?…` → ListFolderResponse. `dryRun` lists the files that a copy or delete would find: the same list. */
export async function answerListFolder(c: BytescaleContext, caller: Caller, { files, folders }: FolderRouteDeps): Promise<Response> {
  const url = new URL(c.req.url)
  const args = readArgs([...url.searchParams])
  const folder = checkFolderPath(args.text('folderPath') ?? '')
  const query = {
    folder,
    after: args.text('cursor') ?? '',
    limit: args.integer({ min: 1, max: MAX_PAGE }, 'limit') ?? DEFAULT_PAGE,
    recursive: args.flag('recursive') ?? false,
    includeFiles: args.flag('includeFiles') ?? true,
    includePhysicalFolders: args.flag('includePhysicalFolders') ?? true,
    includeVirtualFolders: args.flag('includeVirtualFolders') ?? true,
  }
  args.flag('includeOverriddenStorage')
  args.flag('dryRun')
  args.done()
  if (query.recursive) demandBelow(caller, 'listFolderChildren', folder, true)
  else demand(caller, 'listFolderChildren', folder)
  const { account } = caller
  const [own] = await folders.get(account, [folder])
  const { items, cursor, isComplete } = await listFolder(files, folders, account, query)
  const listed: Omit<ListedFolder, 'type'> = { path: folder, virtual: own !== undefined, settings: own?.settings ?? {} }
  return c.json({
    cursor,
    folder: folderSummary(caller, listed),
    isPaginationComplete: isComplete,
    items: items.map((item) => (item.type === 'File' ? fileSummary(url.origin, account, item) : folderSummary(caller, item))),
  })
}

const fileSummary = (origin: string, account: string, { file: { path, lastModified, size } }: ListedFile) => ({
  type: 'File',
  filePath: path,
  fileUrl: rawFileUrl(origin, account, path),
  lastModified: lastModified.getTime(),
  size,
})
