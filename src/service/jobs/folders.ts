import * as z from 'zod'
import type { CopyFile } from '../files/copy.ts'
import { listFolder, type ListedFile, type ListedFolder } from '../files/folder-listing.ts'
import { folderKey } from '../files/path-order.ts'
import { movedPath } from '../files/folder-path.ts'
import type { FolderRecord, FolderSettings, FolderStore } from '../files/folder-ports.ts'
import { nameOfJob, oneByOne, type JobRunner } from './runner.ts'
import type { FileMeta, FileOrigin, FileStore } from '../ports.ts'
import type { JobDefinition, Json } from '../processes/record.ts'
import type { Merge } from '../files/copy.ts'

const DELETED_PER_CALL = 500
/** Copies stream through the consumer, so a call ends after so many bytes or entries, whichever comes first. */
const COPIED_ENTRIES_PER_CALL = 50
const COPIED_BYTES_PER_CALL = 200_000_000

const deleteSchema = z.object({
  folder: z.string(),
  recursive: z.boolean(),
  deleteFiles: z.boolean(),
  deleteVirtualFolders: z.boolean(),
  cursor: z.string().default(''),
  filesDeleted: z.number().default(0),
  foldersDeleted: z.number().default(0),
})

/** Settings that a folder may have. */
const SETTING_NAMES = ['description', 'publicPermissions'] as const satisfies readonly (keyof FolderSettings)[]
export type FolderSettingName = (typeof SETTING_NAMES)[number]

const copySchema = z.object({
  source: z.string(),
  destination: z.string(),
  recursive: z.boolean(),
  copyFiles: z.boolean(),
  copyVirtualFolders: z.boolean(),
  mayOverwrite: z.boolean(),
  /** The settings that go along. Any other stays at the destination as it is. */
  settings: z.array(z.enum(SETTING_NAMES)).default([...SETTING_NAMES]),
  metadata: z.custom<Merge<FileMeta['metadata']>>().optional(),
  tags: z.custom<Merge<readonly string[]>>().optional(),
  cursor: z.string().default(''),
  filesCopied: z.number().default(0),
  foldersCopied: z.number().default(0),
})

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json // drops what is undefined

export const deleteFolderJob = (job: z.input<typeof deleteSchema>): JobDefinition => ({
  type: 'delete-folder',
  params: plain(job),
  group: job.folder,
})
export const copyFolderJob = (job: z.input<typeof copySchema>): JobDefinition => ({
  type: 'copy-folder',
  params: plain(job),
  group: job.source,
})

export interface FolderJobDeps {
  readonly files: FileStore
  readonly folders: FolderStore
  readonly copyFile: CopyFile
  readonly removed: (account: string, path: string) => Promise<void>
}

/** Deletes one page of files a call; the virtual folders go last, so that a folder outlives its files. */
export const createDeleteFolderJobs = ({ files, folders, removed }: FolderJobDeps): JobRunner =>
  oneByOne(async ({ params }, { process }) => {
    const job = deleteSchema.parse(params)
    const { account } = process.owner
    let { filesDeleted, foldersDeleted } = job
    if (job.deleteFiles) {
      const { files: found, seenUpTo } = await files.list(account, job.folder, {
        recursive: job.recursive,
        limit: DELETED_PER_CALL,
        after: job.cursor,
      })
      await files.delete(
        account,
        found.map(({ path }) => path),
      )
      for (const { path } of found) await removed(account, path)
      filesDeleted += found.length
      if (seenUpTo !== null)
        return { kind: 'continued', params: plain({ ...job, cursor: seenUpTo, filesDeleted }), result: { filesDeleted, foldersDeleted } }
    }
    if (job.deleteVirtualFolders) foldersDeleted += await folders.delete(account, job.folder, { recursive: job.recursive })
    return { kind: 'finished', result: { filesDeleted, foldersDeleted } }
  })

/** Copies one page of the folder's listing a call. A page that is copied twice leaves what it leaves once. */
export const createCopyFolderJobs = (deps: FolderJobDeps): JobRunner =>
  oneByOne(async (granted, context) => {
    const job = copySchema.parse(granted.params)
    const { account } = context.process.owner
    const origin = { job: nameOfJob(context, granted) }
    const counts = { filesCopied: job.filesCopied, foldersCopied: job.foldersCopied }
    if (job.cursor === '' && job.copyVirtualFolders) counts.foldersCopied += await copySettings(deps, account, job)
    const { recursive } = job
    const wanted = {
      includeFiles: job.copyFiles,
      includePhysicalFolders: false,
      includeVirtualFolders: job.copyVirtualFolders && recursive,
    }
    const query = { folder: job.source, recursive, ...wanted, limit: COPIED_ENTRIES_PER_CALL, after: job.cursor }
    const page = await listFolder(deps.files, deps.folders, account, query)
    const stop = await copyEntries(deps, account, page.items, { ...job, origin }, counts)
    if (stop === null && page.isComplete) return { kind: 'finished', result: counts }
    return { kind: 'continued', params: plain({ ...job, cursor: stop ?? page.cursor, ...counts }), result: counts }
  })

type CopyJob = z.output<typeof copySchema>

/** Copies the settings of the source folder itself. Answers how many folders were copied: 1, or 0 when it is no virtual folder. */
async function copySettings({ folders }: FolderJobDeps, account: string, job: CopyJob): Promise<number> {
  const [own] = await folders.get(account, [job.source])
  if (own) await copyFolder(folders, account, own, job)
  return own ? 1 : 0
}

async function copyFolder(folders: FolderStore, account: string, folder: FolderRecord, job: CopyJob): Promise<void> {
  const path = movedPath(folder.path, job.source, job.destination)
  const [there] = await folders.get(account, [path])
  const settings = Object.fromEntries(
    SETTING_NAMES.map((name) => [name, (job.settings.includes(name) ? folder : there)?.settings[name]]).filter(
      ([, value]) => value !== undefined,
    ),
  ) as FolderSettings // each value is that of its own name
  await folders.put(account, { path, settings })
}

/** Answers the key after which to go on when the bytes of one call are used up; `null` when all entries are copied. */
async function copyEntries(
  { folders, copyFile }: FolderJobDeps,
  account: string,
  items: readonly (ListedFile | ListedFolder)[],
  job: CopyJob & { readonly origin: FileOrigin },
  counts: { filesCopied: number; foldersCopied: number },
): Promise<string | null> {
  const { source, destination, mayOverwrite, metadata, tags, origin } = job
  let bytes = 0
  let done = job.cursor
  for (const item of items) {
    if (item.type === 'Folder') {
      await copyFolder(folders, account, item, job)
      counts.foldersCopied++
      done = folderKey(item.path)
      continue
    }
    const { path, size } = item.file
    if (bytes > 0 && bytes + size > COPIED_BYTES_PER_CALL) return done
    await copyFile({ account, source: path, destination: movedPath(path, source, destination), mayOverwrite, metadata, tags, origin })
    bytes += size
    counts.filesCopied++
    done = path
  }
  return null
}
