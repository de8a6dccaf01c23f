// Resident memory of `npm start` in four situations: `npm run bench:memory`, `… -- --seconds 60 --processes 3000 --limit --rows idle,hits`.
// `EMULSION_RENDERERS=1 …` with renderers. Linux only: it reads /proc. `--limit` runs the server with at most 1 GB of data in each process
// (prlimit --data).
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { largePhoto, makeLargePhotos } from '../scripts/samples/large-photos.ts'
import { startServer, type RunningServer } from '../test/e2e/support/server.ts'
import { renderersOf, treeOf, useOf, useOfTree } from './http/process-tree.ts'

const SECRET = 'secret-of-the-bench'
const CLIENTS = 8
const SAMPLE_EVERY_MS = 250
const IDLE_MS = 5_000
const GIGABYTE = 2 ** 30
const ROOT = resolve(import.meta.dirname, '..')

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    processes: { type: 'string', default: '3000' },
    rows: { type: 'string', default: 'idle,hits,renders,processes' },
    limit: { type: 'boolean', default: false },
    'skip-build': { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const LARGE = ['12mp.jpg', '24mp.jpg']

const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds))

async function main(): Promise<void> {
  await makeLargePhotos(LARGE)
  console.log(
    `MB resident, the highest of each column${values.limit ? '; at most 1 GB of data a process' : ''}. A server of its own for each row.`,
  )
  console.log(
    '| | parent | workerd | renderers | together | shared pages once | the same at the end | outcome |\n|---|---|---|---|---|---|---|---|',
  )
  for (const name of values.rows.split(',')) {
    const situation = SITUATIONS[name]
    if (situation === undefined) throw new Error(`--rows takes ${Object.keys(SITUATIONS).join(', ')}, not ${name}.`)
    await row(...situation)
  }
}

let isBuilt = values['skip-build']

/** Starts a server, stores the pictures, and prints what it held while `work` went on. */
async function row(name: string, work: (server: RunningServer) => Promise<string | void>): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'emulsion-memory-'))
  const server = await startServer(state, {
    EMULSION_BATCH_SECRET: SECRET,
    EMULSION_BATCH_REQUESTS_PER_MINUTE: '1000000',
    ...(isBuilt && { EMULSION_SKIP_BUILD: 'true' }),
  })
  isBuilt = true
  try {
    const root = server.process.pid ?? 0
    if (values.limit) for (const pid of treeOf(root)) limitData(pid)
    await put(
      server,
      '/small.jpg',
      await sharp(readFileSync(join(ROOT, 'samples/lake.jpg')))
        .resize(320)
        .jpeg()
        .toBuffer(),
    )
    for (const [i, name] of LARGE.entries()) await put(server, `/large-${i}.jpg`, readFileSync(largePhoto(name)))
    console.log(`| ${[name, ...(await peakDuring(root, () => work(server)))].join(' | ')} |`)
    if (/unexpectedly/.test(server.output())) throw new Error('workerd ended in between.')
  } finally {
    await server.stop('SIGKILL')
    rmSync(state, { recursive: true, force: true })
  }
}

function limitData(pid: number): void {
  if (spawnSync('prlimit', [`--data=${GIGABYTE}`, '--pid', String(pid)], { stdio: 'inherit' }).status !== 0)
    throw new Error('prlimit (util-linux) did not set the limit.')
}

/** Megabytes resident. What processes share, as the program itself, is in each of them, and once in `once`. */
interface Sample {
  readonly parent: number
  readonly workerd: number
  readonly renderers: number
  readonly together: number
  readonly once: number
}

function sampleOf(root: number): Sample {
  const { residentMb: together, proportionalMb: once } = useOfTree(root)
  const parent = useOf(root).residentMb
  const renderers = renderersOf(root).reduce((sum, pid) => sum + useOf(pid).residentMb, 0)
  return { parent, workerd: together - parent - renderers, renderers, together, once }
}

/** The highest values while something goes on, and what that says at its end. */
async function peakDuring(root: number, work: () => Promise<string | void>): Promise<(string | number)[]> {
  const samples: Sample[] = []
  const timer = setInterval(() => samples.push(sampleOf(root)), SAMPLE_EVERY_MS)
  const outcome = (await work()) ?? ''
  clearInterval(timer)
  const end = sampleOf(root)
  const highest = (key: keyof Sample): number => Math.round(Math.max(end[key], ...samples.map((sample) => sample[key])))
  return [highest('parent'), highest('workerd'), highest('renderers'), highest('together'), highest('once'), Math.round(end.once), outcome]
}

async function put({ origin, account, secretKey }: RunningServer, path: string, body: Buffer): Promise<void> {
  const headers = { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'image/jpeg' }
  const url = `${origin}/v2/accounts/${account}/uploads/binary?filePath=${path}`
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) })
  if (!response.ok) throw new Error(`${path} was not stored: ${response.status}`)
}

/** Clients that ask one after the other for `seconds`. @returns the answers by their status. */
async function askFor(url: (count: number) => string): Promise<string> {
  const until = performance.now() + seconds * 1000
  const statuses = new Map<number, number>()
  let count = 0
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const response = await fetch(url(count++))
      await response.arrayBuffer()
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return [...statuses].map(([status, answers]) => `${answers} × ${status}`).join(', ')
}

const hits = ({ origin, account }: RunningServer): Promise<string> => askFor(() => `${origin}/${account}/image/small.jpg?w=160&f=webp`)

/** Each asks for a width of its own, so that no cache answers. */
const renders = ({ origin, account }: RunningServer): Promise<string> =>
  askFor((count) => `${origin}/${account}/image/large-${count % 2}.jpg?w=${400 + count}&f=${count % 4 < 2 ? 'webp' : 'jpeg'}`)

async function processes({ origin }: RunningServer): Promise<string> {
  const headers = { Authorization: `Bearer ${SECRET}` }
  const counts: Record<string, number> = {}
  let next = 0
  const client = async (): Promise<void> => {
    while (next < Number(values.processes)) {
      const job = { destination: `/out/${next++}.webp`, transformations: [{ type: 'resize', width: 100 }] }
      const body = JSON.stringify({ service_id: 1, source: '/small.jpg', jobs: [job] })
      const created = (await (await fetch(`${origin}/request`, { method: 'POST', headers, body })).json()) as { process_id: string }
      const status = await untilEnded(`${origin}/request/${created.process_id}`, headers)
      counts[status] = (counts[status] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return Object.entries(counts)
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ')
}

async function untilEnded(url: string, headers: Record<string, string>): Promise<string> {
  for (;;) {
    const { status } = (await (await fetch(url, { headers })).json()) as { status: string }
    if (status !== 'PENDING' && status !== 'PROCESSING' && status !== 'QUEUED') return status
    await sleep(20)
  }
}

const SITUATIONS: Record<string, [name: string, work: (server: RunningServer) => Promise<string | void>]> = {
  idle: ['idle', () => sleep(IDLE_MS)],
  hits: [`${seconds} s of cached hits`, hits],
  renders: [`${seconds} s of renders of 12 and 24 MP`, renders],
  processes: [`${values.processes} processes`, processes],
}

await main()
