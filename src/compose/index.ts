import { createDiskRoom } from '../adapters/disk-room.ts'
import { createBoundRenderer } from '../adapters/renderer-binding.ts'
import type { Config } from '../config/load.ts'
import { createDurableCounts } from '../durable/metrics-client.ts'
import type { Env } from '../env.ts'
import { createCounter } from '../service/counts/counts.ts'
import { createSharedCounts } from '../service/counts/shared-counts.ts'
import { createMakeLater } from '../service/jobs/make-later.ts'
import { createMemoryBudget } from '../service/render/memory-budget.ts'
import { ENDLESS_ROOM, type DiskState, type Room } from '../service/ports.ts'
import type { Renderer } from '../service/render/renderers/pool.ts'
import { createEdge, type FindWorkersCache, workersCacheOfRuntime } from './edge.ts'
import { createFiles } from './files.ts'
import { createHandles } from './handles.ts'
import { createHttp } from './http.ts'
import { clock, every, log, newJobId, wait } from './platform.ts'
import { createDurableWork } from './processes.ts'
import { createRecords } from './records.ts'
import { createRendering } from './rendering.ts'
import { createRunners } from './runners.ts'

/** What tests have otherwise. */
export interface ServiceOptions {
  /** Counts wait so long in an isolate before they are added to the others': they are lost when it ends before. */
  readonly sendCountsEveryMs?: number
  readonly findWorkersCache?: FindWorkersCache
}

/** Builds adapters → services → HTTP. Nothing but this folder, config/ and index.ts sees `env`. */
export function createService(
  config: Config,
  env: Env,
  { sendCountsEveryMs: sendEveryMs = 5000, findWorkersCache = workersCacheOfRuntime }: ServiceOptions = {},
) {
  const metrics = createCounter()
  const room = env.DISK ? roomOf(env.DISK) : ENDLESS_ROOM
  const records = createRecords(config, env, room)
  const store = createDurableCounts(env.METRICS)
  const shared = createSharedCounts({ counter: metrics, store, newSender: newJobId, clock, wait, log, sendEveryMs })
  const budget = createMemoryBudget({ ...config.memory, clock, wait })
  const freshness = createEdge(config.cache.workersCache, room, metrics, findWorkersCache)
  const stored = createFiles(config, env, records, budget, room, freshness)
  const makeLater = createMakeLater(records.processes)
  const rendering = createRendering(config, stored, metrics, budget, freshness.edge, renderersOf(env), makeLater)
  const work = createDurableWork({
    config,
    env,
    records,
    stored,
    metrics,
    sendCounts: shared.sendLater,
    runners: createRunners(config, stored, rendering),
  })
  const handles = createHandles(config, env, stored, budget.tryAcquire, room)
  const app = createHttp(
    config,
    { metrics, shared, isBehindWorkersCache: () => findWorkersCache() !== undefined },
    stored,
    handles,
    rendering,
    work,
  )
  const { uploadEffects, accountEffects, joinSentParts } = stored
  const { handleEffects, claimEffects, joinParts } = handles
  async function sweep(): Promise<void> {
    await work.sweep()
    await handles.sweepCopies()
    await handles.sweepStaged()
  }
  return { app, work, sweep, sendCounts: shared.send, uploadEffects, accountEffects, handleEffects, claimEffects, joinParts, joinSentParts }
}

/** The bindings RENDERER, RENDERER_0, RENDERER_1 …, as many as there are. */
const renderersOf = (env: Env): readonly Renderer[] =>
  Object.entries(env)
    .filter(([name]) => /^RENDERER(_\d+)?$/.test(name))
    .map(([name, binding]) => createBoundRenderer(name, binding as Fetcher)) // by its name

/** The disk as the machine that runs this service tells it. */
function roomOf(disk: Fetcher): Room {
  const ask = async (): Promise<DiskState> => (await disk.fetch('http://disk/')).json() // written by local/disk/keeper.ts
  return createDiskRoom({ ask, clock, every })
}
