// Copies an account's files, metadata and folder settings from one Bytescale-compatible service to another, through the vendor's own SDK on
// both sides. Interrupted, it goes on where it was: what is done stands in a journal.
//
//   FROM_KEY=secret_… TO_KEY=secret_… npm run migrate -- \
//     --from-api https://api.bytescale.com --from-cdn https://upcdn.io --to https://images.example.com
import { Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { FileApi, FolderApi, UploadManager, type BytescaleApiClientConfig, type FileSummary, type FolderSummary } from '@bytescale/sdk'
import { copyAll, exitWith, type Item, retry } from './migrate/copy-all.ts'
import { openJournal } from './migrate/journal.ts'

const USAGE = `Usage: FROM_KEY=secret_… TO_KEY=secret_… npm run migrate -- --from-api URL [--from-cdn URL] --to URL
  --folder /path       copy what is below this folder (default /)
  --journal file       what is done (default migrate-<from account>.jsonl)
  --concurrency n      files at a time (default 4)`

/** Larger files are streamed through; smaller ones are held in memory, so that an attempt can be repeated without another download. */
const STREAM_ABOVE_BYTES = 5 * 1024 * 1024

interface Side {
  readonly config: BytescaleApiClientConfig
  readonly accountId: string
}

const accountOf = (key: string): string => key.split('_')[1]?.slice(0, 7) ?? ''

function readSettings() {
  const { values } = parseArgs({
    options: {
      'from-api': { type: 'string' },
      'from-cdn': { type: 'string' },
      to: { type: 'string' },
      folder: { type: 'string', default: '/' },
      journal: { type: 'string' },
      concurrency: { type: 'string', default: '4' },
    },
  })
  const { FROM_KEY, TO_KEY } = process.env
  const { 'from-api': fromApi, 'from-cdn': fromCdn = fromApi, to } = values
  if (FROM_KEY === undefined || TO_KEY === undefined || fromApi === undefined || fromCdn === undefined || to === undefined)
    throw new Error(USAGE)
  const from: Side = { accountId: accountOf(FROM_KEY), config: { apiKey: FROM_KEY, apiUrl: fromApi, cdnUrl: fromCdn } }
  const target: Side = { accountId: accountOf(TO_KEY), config: { apiKey: TO_KEY, apiUrl: to, cdnUrl: to } }
  const journal = values.journal ?? `migrate-${from.accountId}.jsonl`
  return { from, to: target, folder: values.folder, journal, concurrency: Math.max(1, Number(values.concurrency) || 1) }
}

/** Every item below a folder, page by page. */
async function* listAll({ config, accountId }: Side, folderPath: string): AsyncGenerator<FileSummary | FolderSummary> {
  const folders = new FolderApi(config)
  let cursor: string | undefined
  for (;;) {
    const request = { accountId, folderPath, recursive: true, limit: 200, ...(cursor !== undefined && { cursor }) }
    const page = await retry(() => folders.listFolder(request))
    yield* page.items
    if (page.isPaginationComplete) return
    cursor = page.cursor
  }
}

/** Answers the bytes that were copied. */
async function copyFile(filePath: string, from: Side, to: Side): Promise<number> {
  const files = new FileApi(from.config)
  const details = await files.getFileDetails({ accountId: from.accountId, filePath })
  const { raw } = await files.downloadFile({ accountId: from.accountId, filePath, cache: false })
  const streamed = details.size > STREAM_ABOVE_BYTES && raw.body !== null
  const slash = filePath.lastIndexOf('/')
  const uploaded = await new UploadManager(to.config).upload({
    data: streamed ? Readable.fromWeb(raw.body as never) : Buffer.from(await raw.arrayBuffer()), // two libraries' names of the same stream
    size: details.size,
    mime: details.mime,
    metadata: details.metadata,
    tags: details.tags,
    ...(details.originalFileName !== null && { originalFileName: details.originalFileName }),
    path: {
      folderPath: filePath.slice(0, slash) || '/',
      folderPathVariablesEnabled: false,
      fileName: filePath.slice(slash + 1),
      fileNameVariablesEnabled: false,
    },
  })
  if (uploaded.filePath !== filePath || uploaded.size !== details.size)
    throw new Error(`It was stored as ${uploaded.filePath} with ${uploaded.size} bytes`)
  return details.size
}

async function copyFolder(folderPath: string, from: Side, to: Side): Promise<void> {
  const { settings } = await new FolderApi(from.config).getFolderDetails({ accountId: from.accountId, folderPath })
  const { description, publicPermissions } = settings
  const folderSettings = {
    ...(description !== undefined && { description: { set: true as const, value: description } }),
    ...(publicPermissions !== undefined && { publicPermissions: { set: true as const, value: publicPermissions } }),
  }
  await new FolderApi(to.config).putFolder({ accountId: to.accountId, putFolderRequest: { folderPath, folderSettings } as never }) // the SDK's type wants every setting
}

/** Everything that is to be copied. Folders that only their files imply come with the files. */
async function* itemsOf(from: Side, to: Side, folder: string): AsyncGenerator<Item> {
  for await (const item of listAll(from, folder)) {
    if ('filePath' in item) {
      const { filePath, size, lastModified } = item
      // A file that was replaced at its source since then is another piece of work.
      yield { name: filePath, key: `${filePath} ${size} ${JSON.stringify(lastModified)}`, copy: () => copyFile(filePath, from, to) }
    } else if ((item as FolderSummary).virtual) {
      const name = `${item.folderPath}/`
      yield { name, key: name, copy: () => copyFolder(item.folderPath, from, to).then(() => 0) }
    }
  }
}

async function migrate(): Promise<boolean> {
  const { from, to, folder, journal, concurrency } = readSettings()
  return copyAll(itemsOf(from, to, folder), openJournal(journal), concurrency)
}

await exitWith(migrate())
