// Copies an account's files, metadata and folder settings from one Bytescale-compatible service to another, through the vendor's own SDK on
// both sides. Interrupted, it goes on where it was: what is done stands in a journal.
//
//   FROM_KEY=secret_… TO_KEY=secret_… npm run migrate -- \
//     --from-api https://api.bytescale.com --from-cdn https://upcdn.io --to https://images.example.com
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { FileApi, FolderApi, UploadManager, type BytescaleApiClientConfig, type FileSummary, type FolderSummary } from '@bytescale/sdk'

const USAGE = `Usage: FROM_KEY=secret_… TO_KEY=secret_… npm run migrate -- --from-api URL [--from-cdn URL] --to URL
  --folder /path       copy what is below this folder (default /)
  --journal file       what is done (default migrate-<from account>.jsonl)
  --concurrency n      files at a time (default 4)`

const ATTEMPTS = 4
/** Larger files are streamed through; smaller ones are held in memory, so that an attempt can be repeated without another download. */
const STREAM_ABOVE_BYTES = 5 * 1024 * 1024

interface Side {
  readonly config: BytescaleApiClientConfig
  readonly accountId: string
}

interface Journal {
  isDone(key: string): boolean
  done(key: string): void
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

/** One JSON text a line, appended after the work that it tells of: a line that was cut off by a kill counts for nothing. */
function openJournal(file: string): Journal {
  const known = new Set<string>()
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
    try {
      known.add(JSON.parse(line) as string)
    } catch {
      continue
    }
  }
  return {
    isDone: (key) => known.has(key),
    done(key) {
      known.add(key)
      appendFileSync(file, `${JSON.stringify(key)}\n`)
    },
  }
}

/** Prints how far it has come: in place on a terminal, a line every ten seconds elsewhere. */
function createProgress() {
  const counts = { found: 0, copied: 0, skipped: 0, failed: 0, bytes: 0 }
  const started = Date.now()
  let printedAt = 0
  const text = (): string => {
    const seconds = Math.max(1, (Date.now() - started) / 1000)
    const rate = (counts.bytes / 1e6 / seconds).toFixed(1)
    return `${counts.found} found, ${counts.copied} copied, ${counts.skipped} done before, ${counts.failed} failed · ${(counts.bytes / 1e6).toFixed(1)} MB · ${rate} MB/s`
  }
  return {
    counts,
    print(last = false): void {
      const pause = process.stdout.isTTY ? 200 : 10_000
      if (!last && Date.now() - printedAt < pause) return
      printedAt = Date.now()
      process.stdout.write(process.stdout.isTTY && !last ? `\r${text()}\u001b[K` : `${process.stdout.isTTY ? '\r' : ''}${text()}\n`)
    },
  }
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

async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error
      await sleep(250 * 4 ** attempt)
    }
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

async function migrate(): Promise<boolean> {
  const { from, to, folder, journal: file, concurrency } = readSettings()
  const journal = openJournal(file)
  const { counts, print } = createProgress()
  const failures: string[] = []

  async function copy(item: FileSummary | FolderSummary): Promise<void> {
    const path = 'filePath' in item ? item.filePath : `${item.folderPath}/`
    // A file that was replaced at its source since then is another piece of work.
    const key = 'filePath' in item ? `${path} ${item.size} ${JSON.stringify(item.lastModified)}` : path
    if (journal.isDone(key)) {
      counts.skipped++
      return
    }
    try {
      counts.bytes += await retry(() =>
        'filePath' in item ? copyFile(path, from, to) : copyFolder(item.folderPath, from, to).then(() => 0),
      )
      counts.copied++
      journal.done(key)
    } catch (error) {
      counts.failed++
      failures.push(`${path}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  const running = new Set<Promise<void>>()
  for await (const item of listAll(from, folder)) {
    // Folders that only their files imply come with the files.
    if (item.type === 'Folder' && !(item as FolderSummary).virtual) continue
    counts.found++
    const work = copy(item).finally(() => {
      running.delete(work)
      print()
    })
    running.add(work)
    if (running.size >= concurrency) await Promise.race(running)
  }
  await Promise.all(running)
  print(true)
  for (const failure of failures) console.error(failure)
  if (failures.length > 0) console.error(`${failures.length} were not copied. Run it again: what is done is not repeated.`)
  return failures.length === 0
}

process.exitCode = await migrate().then(
  (complete) => (complete ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    return 2
  },
)
