import { createCorePool } from '../adapters/core-pool.ts'
import { createEdgeResultCache } from '../adapters/edge-result-cache.ts'
import { loadFont } from '../adapters/font-modules.ts'
import { wasmModules } from '../adapters/wasm-modules.ts'
import type { Config } from '../config/load.ts'
import type { Metrics } from '../service/metrics.ts'
import { readWhole } from '../service/files/content/read-whole.ts'
import type { SourceFile } from '../service/files/recent-files.ts'
import type { Room } from '../service/ports.ts'
import type { FindFile } from '../service/render/plan-inputs.ts'
import { countRuns, countSharedRuns } from '../service/render/count-runs.ts'
import type { MemoryBudget } from '../service/render/memory-budget.ts'
import { createRender } from '../service/render/render.ts'
import { createRunPlan } from '../service/render/run-plan.ts'
import { createRunShared, type RunShared } from '../service/render/run-shared.ts'
import { createSave } from '../service/render/save.ts'
import { createTurns } from '../service/render/turns.ts'
import type { Files } from './files.ts'
import { clock, hash, log, wait } from './platform.ts'

export type Rendering = ReturnType<typeof createRendering>

/** What makes pixels: the engine, the memory that it may take, the tiers that keep results. */
export function createRendering(
  { limits, cache, memory }: Config,
  { files, recent, results, upload }: Files,
  metrics: Metrics,
  budget: MemoryBudget,
  room: Room,
) {
  const running = {
    budget,
    clock,
    limits: { ...limits, memoryBytes: memory.totalBytes },
    turns: createTurns(clock, wait),
    openContext: createCorePool(wasmModules, loadFont).openContext,
    readFile: (account: string, file: SourceFile) => readWhole(files, account, file, limits.maxFileBytes),
  }
  const render = createRender({
    recent,
    results,
    edge: createEdgeResultCache(caches.default, room),
    run: countRuns(createRunPlan(running), metrics),
    hash,
    limits,
    autoThresholdMs: cache.autoThresholdMs,
    wait,
    log,
  })
  return {
    budget,
    render,
    /** Finds the files that it reads as it is told. */
    runSharedOn: (find: FindFile): RunShared =>
      countSharedRuns(createRunShared({ ...running, find, maxSharedBytes: memory.totalBytes / 2 }), metrics),
    save: createSave({ files, render, upload }),
  }
}
