// Throughput of small processes through `npm start`: `npm run bench:batch`, `… -- --processes 200`.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { startServer, type RunningServer } from '../test/e2e/support/server.ts'

const SECRET = 'secret-of-the-bench'
/** Requests at the same time. */
const CLIENTS = 8
/** Linux counts CPU time in hundredths of a second. */
const TICK_MS = 10

const { values } = parseArgs({
  options: { processes: { type: 'string', default: '1000' }, 'skip-build': { type: 'boolean', default: false } },
})
const total = Number(values.processes)

interface Metrics {
  readonly finished: number
  readonly failed: number
}

async function main(): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'emulsion-bench-'))
  const server = await startServer(state, {
    EMULSION_BATCH_SECRET: SECRET,
    EMULSION_BATCH_REQUESTS_PER_MINUTE: '1000000',
    EMULSION_STORAGE_EVENTS: 'bucket',
    // What an isolate has on Cloudflare: 128 MB for JavaScript and WASM together; here 128 MB of heap and 64 MB a WASM instance.
    MINIFLARE_WORKERD_V8_FLAGS: '--max-old-space-size=128 --wasm-max-mem-pages=1024',
    ...(values['skip-build'] && { EMULSION_SKIP_BUILD: 'true' }),
  })
  try {
    await putSource(server)
    const before = usageOfWorkerd(server)
    const started = performance.now()
    const ending = untilEnded(server)
    const ids = await createAll(server)
    const created = performance.now()
    await ending
    const ended = performance.now()
    const after = usageOfWorkerd(server)
    const times = (await inParallel(ids, (id) => millisecondsToEnd(server, id))).toSorted((a, b) => a - b)
    const at = (share: number): number => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0)
    const table = {
      processes: total,
      'created a second': round((total / (created - started)) * 1000),
      'finished a second': round((total / (ended - started)) * 1000),
      'ms to FINISHED, median': at(0.5),
      'ms to FINISHED, p95': at(0.95),
      'ms to FINISHED, longest': at(1),
      'ms of CPU a process': round((after.cpuMs - before.cpuMs) / total),
      'MB resident of workerd, peak': round(after.peakResidentBytes / 1e6),
    }
    console.table(Object.fromEntries(Object.entries(table).map(([name, value]) => [name, { value }])))
  } finally {
    await server.stop('SIGKILL')
    rmSync(state, { recursive: true, force: true })
  }
}

const round = (value: number): number => Number(value.toFixed(1))
const progress = (text: string): unknown => process.stdout.write(process.stdout.isTTY ? `\r${text.padEnd(70)}` : `${text}\n`)

/** A photograph of 320 × 213: what is measured is the mechanism, not the codecs. */
async function putSource({ origin, account, secretKey }: RunningServer): Promise<void> {
  const body = await sharp(readFileSync(join(import.meta.dirname, '../samples/lake.jpg')))
    .resize(320)
    .jpeg()
    .toBuffer()
  const headers = { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'image/jpeg' }
  const response = await fetch(`${origin}/v2/accounts/${account}/uploads/binary?filePath=/small.jpg`, {
    method: 'POST',
    headers,
    body: new Uint8Array(body),
  })
  if (!response.ok) throw new Error(`The source was not stored: ${response.status}`)
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const open = items.entries()
  const client = async (): Promise<void> => {
    for (const [i, item] of open) results[i] = await work(item)
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return results
}

async function createAll({ origin }: RunningServer): Promise<readonly string[]> {
  return inParallel(
    Array.from({ length: total }, (_, n) => n),
    async (n) => {
      const jobs = [{ destination: `/out/${n}.webp`, transformations: [{ type: 'resize', width: 100 }] }]
      const response = await fetch(`${origin}/request`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${SECRET}` },
        body: JSON.stringify({ service_id: 1, source: '/small.jpg', jobs }),
      })
      if (!response.ok) throw new Error(`A process was not created: ${response.status} ${await response.text()}`)
      return ((await response.json()) as { process_id: string }).process_id
    },
  )
}

async function untilEnded(server: RunningServer): Promise<void> {
  let last = ''
  for (;;) {
    const { finished, failed } = await readMetrics(server)
    const line = `finished ${finished}/${total}, failed ${failed}`
    if (line !== last) progress(line)
    last = line
    if (finished + failed >= total) {
      process.stdout.write('\n')
      if (failed > 0) throw new Error(`${failed} processes failed`)
      return
    }
    await new Promise((done) => setTimeout(done, 200))
  }
}

async function readMetrics({ origin }: RunningServer): Promise<Metrics> {
  const lines = (await (await fetch(`${origin}/-/metrics`)).text()).split('\n')
  const value = (series: string): number =>
    Number(
      lines
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')
        .at(-1) ?? 0,
    )
  const processes = (status: string): number => value(`emulsion_processes{kind="batch",status="${status}"}`)
  return { finished: processes('FINISHED'), failed: processes('FAILED') }
}

/** From the first event to the last, by the server's own clock. */
async function millisecondsToEnd({ origin }: RunningServer, id: string): Promise<number> {
  const response = await fetch(`${origin}/request/${id}/events`, { headers: { Authorization: `Bearer ${SECRET}` } })
  const times = [...(await response.text()).matchAll(/"at":"([^"]+)"/g)].map(([, at]) => Date.parse(at ?? ''))
  return (times.at(-1) ?? 0) - (times[0] ?? 0)
}

interface Usage {
  readonly peakResidentBytes: number
  /** User and system time since its start. */
  readonly cpuMs: number
}

/** What Linux counts of workerd, the child of the server that does the work. */
function usageOfWorkerd({ process: { pid } }: RunningServer): Usage {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const [status, stat] = [readIfThere(`/proc/${name}/status`), readIfThere(`/proc/${name}/stat`)]
    if (!/^Name:\s+workerd/m.test(status) || !new RegExp(`^PPid:\\s+${pid}$`, 'm').test(status)) continue
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      peakResidentBytes: Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024,
      cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    }
  }
  throw new Error('workerd was not found')
}

/** A process may end while we look. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

await main()
