import { createTextMetrics } from '../adapters/text-metrics.ts'
import type { Config } from '../config/load.ts'
import type { Env } from '../env.ts'
import { createMemoryBudget } from '../service/render/memory-budget.ts'
import { createFiles } from './files.ts'
import { createHttp } from './http.ts'
import { clock, wait } from './platform.ts'
import { createDurableWork } from './processes.ts'
import { createRecords } from './records.ts'
import { createRendering } from './rendering.ts'
import { createRunners } from './runners.ts'

/** Builds adapters → services → HTTP. Nothing but this folder, config/ and index.ts sees `env`. */
export function createService(config: Config, env: Env) {
  const metrics = createTextMetrics()
  const records = createRecords(config, env)
  const budget = createMemoryBudget({ ...config.memory, clock, wait })
  const stored = createFiles(config, env, records, budget)
  const rendering = createRendering(config, stored, metrics, budget)
  const work = createDurableWork({ config, env, records, stored, metrics, runners: createRunners(stored, rendering) })
  const app = createHttp(config, metrics, stored, rendering, work)
  return { app, work, uploadEffects: stored.uploadEffects, accountEffects: stored.accountEffects }
}
