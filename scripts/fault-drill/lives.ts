import { api, eventually, sleep, type Served } from './client.ts'
import { errandsOf, type Errand } from './errands.ts'
import { JOBS, type Photo } from './jobs.ts'

/** What has happened so far. */
export interface Drill extends Served {
  readonly ids: string[]
  readonly errands: Errand[]
  readonly problems: string[]
  kills: number
}

export interface LivesOptions {
  readonly processes: number
  readonly kills: number
  /** Longest time from a start to the next kill. */
  readonly maxLifeMs: number
  readonly photos: readonly Photo[]
  readonly callback: string
  readonly progress: (line: string) => void
  /** Kills the whole server and starts it again. */
  readonly restart: () => Promise<void>
}

/** One process in so many is sent twice on purpose. */
const TWICE = 4
/** How long a kill waits for work that it can hit. */
const BUSY_MS = 10_000

/** Spreads the work over the lives between the kills: each kill hits processes that are being worked on, and files that have just come. */
export async function liveThroughKills(drill: Drill, options: LivesOptions): Promise<void> {
  const { processes, kills, maxLifeMs, photos, progress, restart } = options
  const begun: Promise<void>[] = []
  const create = (n: number): void => void begun.push(createProcess(drill, n, options))
  for (let life = 0; life <= kills; life++) {
    const [from, to] = [life, life + 1].map((each) => Math.round((each * processes) / (kills + 1))) as [number, number]
    const { early, late } = errandsOf(life, photos)
    const half = Math.ceil((from + to) / 2)
    for (let n = from; n < half; n++) create(n)
    drill.errands.push(...early, ...late)
    begun.push(...early.map((errand) => errand.begin(drill)))
    if (life < kills) await sleep(Math.random() * maxLifeMs)
    for (let n = half; n < to; n++) create(n)
    if (life === kills) begun.push(...late.map((errand) => errand.begin(drill)))
    else {
      const isBusy = await waitForWork(drill)
      await Promise.all(late.map((errand) => errand.begin(drill)))
      await restart()
      drill.kills++
      if (!isBusy) drill.problems.push(`kill ${drill.kills} hit nothing`)
      progress(`kill ${drill.kills}/${kills} after ${drill.ids.filter(Boolean).length}/${processes} created`)
    }
  }
  await Promise.all(begun)
}

async function waitForWork(drill: Drill): Promise<boolean> {
  for (const deadline = Date.now() + BUSY_MS; Date.now() < deadline; await sleep(20)) {
    const { items } = (await eventually(() => api(drill, '/request?kind=batch&status=PROCESSING&limit=1'))) as { items: readonly unknown[] }
    if (items.length > 0) return true
  }
  return false
}

/** A create whose answer was lost is sent again under its key, and some are sent twice: that must not make a second process. */
async function createProcess(drill: Drill, n: number, { photos, callback }: LivesOptions): Promise<void> {
  const body = JSON.stringify({ service_id: 1, callback, source: photos[n % photos.length]?.path, jobs: JOBS.map((job) => job.request(n)) })
  const init = { method: 'POST', headers: { 'Idempotency-Key': `drill-${n}` }, body }
  const send = async (): Promise<string> => ((await eventually(() => api(drill, '/request', init))) as { process_id: string }).process_id
  const ids = new Set(await Promise.all(n % TWICE === 0 ? [send(), send()] : [send()]))
  if (ids.size > 1) drill.problems.push(`request ${n} became several processes`)
  drill.ids[n] = [...ids][0] ?? ''
}
