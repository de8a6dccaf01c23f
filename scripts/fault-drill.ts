// The fault drill: processes on real photographs, uploads, saves, copies and rules, while the whole server is killed again and again. At the
// end everything that was taken on must be done, once. `npm run drill`, `npm run drill -- --short`, `npm run drill -- --sabotage NAME`.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildWorker } from '../src/local/build.ts'
import { DEFAULT_POLICY } from '../src/service/processes/policy.ts'
import { startServer, type RunningServer } from '../test/e2e/support/server.ts'
import { api, eventually, putPicture, readFile, SECRET, type Served } from './fault-drill/client.ts'
import { checkDestination, JOBS, type Photo } from './fault-drill/jobs.ts'
import { liveThroughKills, type Drill } from './fault-drill/lives.ts'
import { callbackPatienceMs } from './fault-drill/patience.ts'
import { openReceiver } from './fault-drill/receiver.ts'
import { createReport, type DrillReport } from './fault-drill/report.ts'
import { isSabotage, sabotaged, SABOTAGES, type Sabotage } from './fault-drill/sabotage.ts'
import { printProgress, printVerdict } from './fault-drill/verdict.ts'
import { errandProblems, listStatuses, untilDone } from './fault-drill/wait.ts'
import { readWrites, type Write } from './fault-drill/writes.ts'

export interface DrillOptions {
  readonly processes: number
  readonly kills: number
  /** Longest time from a start to the next kill. */
  readonly maxLifeMs: number
  /** Whether one storage call in ten fails, and every second callback. */
  readonly faults: boolean
  /** A deliberate fault of the server, which the report must show. */
  readonly sabotage: Sabotage | null
  readonly photos: string
  /** For the work that is not done when the last kill is over, in milliseconds. Callbacks have their own patience. */
  readonly workMs: number
  /** Attempts that the kills must have hit at least: otherwise they prove nothing. */
  readonly minLost: number
  readonly progress: (line: string) => void
}

const CALLBACK_KEY = Buffer.alloc(32, 7)
/** Share of the callbacks that the receiver refuses under `faults`. */
const REFUSED = 0.5
const ROOT = resolve(import.meta.dirname, '..')

export async function runDrill(options: DrillOptions): Promise<DrillReport> {
  const state = mkdtempSync(join(tmpdir(), 'emulsion-drill-'))
  const photos: Photo[] = readdirSync(options.photos)
    .filter((name) => /\.jpe?g$/.test(name))
    .slice(0, 6)
    .map((name) => ({ path: `/photos/${name}`, bytes: readFileSync(join(options.photos, name)) }))
  const refused = options.faults ? REFUSED : 0
  const receiver = await openReceiver(CALLBACK_KEY, refused)
  const dist = await build(options)
  const start = (): Promise<RunningServer> =>
    startServer(state, {
      EMULSION_SKIP_BUILD: 'true',
      EMULSION_DIST: dist,
      EMULSION_BATCH_SECRET: SECRET,
      EMULSION_CALLBACK_KEY: `whsec_${CALLBACK_KEY.toString('base64')}`,
      EMULSION_ALLOW_HOSTS: `127.0.0.1:${receiver.port}`,
    })
  const drill: Drill = { server: await start(), ids: [], errands: [], problems: [], kills: 0 }
  const writes: Write[] = []
  try {
    for (const { path, bytes } of photos) await eventually(() => putPicture(drill, path, bytes))
    const restart = async (): Promise<void> => {
      await drill.server.stop('SIGKILL')
      writes.push(...readWrites(drill.server.output()))
      drill.server = await start()
    }
    await liveThroughKills(drill, { ...options, photos, callback: receiver.url, restart })
    const callbacksMs = callbackPatienceMs(drill.ids.length, refused, DEFAULT_POLICY)
    await untilDone(drill, { ...options, callbacksMs, receiver })
    writes.push(...readWrites(drill.server.output()))
    return await createReport({
      ...drill,
      minLost: options.minLost,
      errands: drill.errands.length,
      writes,
      problems: [...drill.problems, ...(await errandProblems(drill))],
      listed: [...(await listStatuses(drill)).keys()],
      api: (path) => eventually(() => api(drill, path)),
      check: (n) => checkAll(drill, n, photos),
      receiver,
    })
  } finally {
    await drill.server.stop('SIGKILL')
    await receiver.close()
    rmSync(state, { recursive: true, force: true })
  }
}

/** Builds the Worker on a storage that tells its writes, and fails where that is asked for. Answers the folder. */
async function build({ faults, sabotage: name }: DrillOptions): Promise<string> {
  const dist = `build/drill${faults ? '-faults' : ''}${name === null ? '' : `-${name}`}`
  await buildWorker(dist, faults ? 'test/e2e/faulty-storage/index.ts' : 'test/e2e/faulty-storage/witness/index.ts')
  const worker = join(ROOT, dist, 'index.js')
  if (name !== null) writeFileSync(worker, sabotaged(readFileSync(worker, 'utf8'), name))
  return dist
}

async function checkAll(served: Served, n: number, photos: readonly Photo[]): Promise<readonly string[]> {
  const problems: string[] = []
  for (const job of JOBS) {
    const bytes = await eventually(() => readFile(served, job.destination(n)))
    const problem = await checkDestination(job, photos[n % photos.length] as Photo, bytes) // photos is not empty
    if (problem !== null) problems.push(`${job.destination(n)}: ${problem}`)
  }
  return problems
}

export const SHORT = { processes: 24, kills: 3, maxLifeMs: 1500, workMs: 90_000, minLost: 1 }
const LONG = { processes: 200, kills: 14, maxLifeMs: 4000, workMs: 900_000, minLost: 30 }
/** Enough of the short form to show a sabotage; what never comes is waited for no longer than this. */
const SABOTAGED = { processes: 12, kills: 1, maxLifeMs: 1000, workMs: 45_000, minLost: 1 }

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      faults: { type: 'boolean', default: false },
      sabotage: { type: 'string' },
      photos: { type: 'string', default: join(ROOT, 'samples') },
      processes: { type: 'string' },
      kills: { type: 'string' },
    },
  })
  const name = values.sabotage ?? null
  if (name !== null && !isSabotage(name)) throw new Error(`Expected one of ${Object.keys(SABOTAGES).join(', ')}, received ${name}.`)
  const size = name !== null ? SABOTAGED : values.short ? SHORT : LONG
  const report = await runDrill({
    ...size,
    ...(values.processes !== undefined && { processes: Number(values.processes), minLost: 1 }),
    ...(values.kills !== undefined && { kills: Number(values.kills), minLost: 1 }),
    faults: values.faults,
    sabotage: name,
    photos: values.photos,
    progress: printProgress,
  })
  return printVerdict(report, name === null ? null : { name, ...SABOTAGES[name] })
}

if (process.argv[1] === import.meta.filename) process.exit(await main())
