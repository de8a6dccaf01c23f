// Copies files by handle from a Filestack app to an app of this service, where they keep their handles. The vendor has no list of an app's handles, so
// it comes from you: one a line. Interrupted, it goes on where it was: what is done stands in a journal.
//
//   FROM_KEY=… FROM_SECRET=… TO_KEY=… TO_SECRET=… npm run migrate:filestack -- --to https://images.example.com --handles handles.txt
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { copyAll, exitWith, type Item } from './migrate/copy-all.ts'
import { type App, copyHandle, type Target } from './migrate/copy-handle.ts'
import { openJournal } from './migrate/journal.ts'

const USAGE = `Usage: FROM_KEY=… [FROM_SECRET=…] TO_KEY=… TO_SECRET=… npm run migrate:filestack -- --to URL --handles FILE
  --handles file       one handle or URL of a file a line; - reads standard input
  --from-api url       File API of the source (default https://www.filestackapi.com/api/file)
  --journal file       what is done (default migrate-filestack-<FROM_KEY>.jsonl)
  --concurrency n      files at a time (default 4)
  --keep-keys          files keep their storage keys as well
  --location name      of the target: S3, azure, gcs, rackspace, dropbox (default S3)
  --container name     of the target`

function readSettings() {
  const { values } = parseArgs({
    options: {
      'from-api': { type: 'string', default: 'https://www.filestackapi.com/api/file' },
      to: { type: 'string' },
      handles: { type: 'string' },
      journal: { type: 'string' },
      concurrency: { type: 'string', default: '4' },
      'keep-keys': { type: 'boolean', default: false },
      location: { type: 'string' },
      container: { type: 'string' },
    },
  })
  const { FROM_KEY, FROM_SECRET, TO_KEY, TO_SECRET } = process.env
  const { to, handles, location, container } = values
  if (!FROM_KEY || !TO_KEY || !TO_SECRET || to === undefined || handles === undefined) throw new Error(USAGE)
  const from: App = { fileApi: values['from-api'].replace(/\/$/, ''), key: FROM_KEY, secret: FROM_SECRET || null }
  const target: Target = {
    fileApi: `${to.replace(/\/$/, '')}/api/file`,
    key: TO_KEY,
    secret: TO_SECRET,
    keepsKeys: values['keep-keys'],
    options: { ...(location !== undefined && { location }), ...(container !== undefined && { container }) },
  }
  const concurrency = Math.max(1, Number(values.concurrency) || 1)
  return { from, target, handles, journal: values.journal ?? `migrate-filestack-${FROM_KEY}.jsonl`, concurrency }
}

/** The handles of a list, each once. A URL counts for what stands behind its last slash. */
async function* readHandles(file: string): AsyncGenerator<string> {
  const seen = new Set<string>()
  for await (const line of createInterface({ input: file === '-' ? process.stdin : createReadStream(file), crlfDelay: Infinity })) {
    const handle = line.trim().replace(/^.*\//, '')
    if (handle === '' || line.startsWith('#') || seen.has(handle)) continue
    seen.add(handle)
    yield handle
  }
}

async function* itemsOf(file: string, from: App, target: Target): AsyncGenerator<Item> {
  for await (const handle of readHandles(file)) yield { name: handle, key: handle, copy: () => copyHandle(handle, from, target) }
}

async function migrate(): Promise<boolean> {
  const { from, target, handles, journal, concurrency } = readSettings()
  return copyAll(itemsOf(handles, from, target), openJournal(journal), concurrency)
}

await exitWith(migrate())
