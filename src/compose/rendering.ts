import { createCorePool } from '../adapters/core-pool.ts'
import { createEdgeResultCache } from '../adapters/edge-result-cache.ts'
import { loadFont } from '../adapters/font-modules.ts'
import { wasmModules } from '../adapters/wasm-modules.ts'
import type { Config } from '../config/load.ts'
import type { Metrics } from '../service/metrics.ts'
import { countRuns, countSharedRuns } from '../service/render/count-runs.ts'
import { createMemoryBudget } from '../service/render/memory-budget.ts'
import { createRender } from '../service/render/render.ts'
import { createRunPlan } from '../service/render/run-plan.ts'
import { createRunShared } from '../service/render/run-shared.ts'
import { createSave } from '../service/render/save.ts'
import type { Files } from './files.ts'
import { clock, hash } from './platform.ts'

export type Rendering = ReturnType<typeof createRendering>

/** What makes pixels: the engine, the memory that it may take, the tiers that keep results. */
export function createRendering({ limits, cache, memory }: Config, { files, results, upload }: Files, metrics: Metrics) {
  const budget = createMemoryBudget({ ...memory, clock })
  const running = { files, limits, budget, openContext: createCorePool(wasmModules, loadFont).openContext }
  const render = createRender({
    files,
    results,
    edge: createEdgeResultCache(caches.default),
    run: countRuns(createRunPlan(running), metrics),
    hash,
    autoThresholdMs: cache.autoThresholdMs,
    wait: (milliseconds) => scheduler.wait(milliseconds),
  })
  return {
    budget,
    render,
    runShared: countSharedRuns(createRunShared({ ...running, maxSharedBytes: memory.totalBytes / 2 }), metrics),
    save: createSave({ files, render, upload }),
  }
}
