import { createCorePool } from '../adapters/core-pool.ts'
import { loadFont } from '../adapters/font-modules.ts'
import { wasmModules } from '../adapters/modules/wasm-modules.ts'
import type { Config } from '../config/load.ts'
import { openVersion, readWhole } from '../service/files/content/read-whole.ts'
import type { SourceFile } from '../service/files/recent-files.ts'
import type { FileStore } from '../service/ports.ts'
import type { MemoryBudget } from '../service/render/memory-budget.ts'
import type { PlanRunner } from '../service/render/plan-runner.ts'
import { createRenderers, type Renderer } from '../service/render/renderers/pool.ts'
import { createRendererRunner } from '../service/render/renderers/run-on-renderers.ts'
import { createRunByHead, type RunByHeadDeps } from '../service/render/run-by-head.ts'
import { createRunPlan } from '../service/render/run-plan.ts'
import { createRunShared } from '../service/render/run-shared.ts'
import type { SecondOpinionDeps } from '../service/render/second-opinion.ts'
import { createTurns } from '../service/render/turns.ts'
import { clock, hashBytes, log, wait } from './platform.ts'

type Settings = Pick<Config, 'limits' | 'memory' | 'engine'> & Pick<SecondOpinionDeps, 'reportFault'>

/** A runner, and what this isolate itself reads headers with. */
type ComposedRunner = PlanRunner & { readonly heads: RunByHeadDeps }

/** Plans run here: one event loop for pixels and answers. */
export function runInIsolate({ limits, memory, engine, reportFault }: Settings, files: FileStore, budget: MemoryBudget): ComposedRunner {
  const running = {
    budget,
    clock,
    limits: { ...limits, onRenderers: false, memoryBytes: memory.totalBytes }, // their encoders are in the renderer's bundle alone
    turns: createTurns(clock, wait),
    engine,
    hashBytes,
    reportFault,
    openContext: createCorePool(wasmModules, loadFont).openContext,
    files,
    readFile: (account: string, file: SourceFile) => readWhole(files, account, file, limits.maxFileBytes),
  }
  return {
    heads: running,
    run: createRunByHead(running, createRunPlan(running)),
    runSharedOn: (find) => createRunShared({ ...running, find, maxSharedBytes: memory.totalBytes / 2 }),
  }
}

/** Plans run on renderers; this isolate hands files and pictures on, and reads headers itself. */
export function runOnRenderers(
  { limits, memory, engine, reportFault }: Settings,
  files: FileStore,
  budget: MemoryBudget,
  renderers: readonly Renderer[],
): ComposedRunner {
  const runner = createRendererRunner({
    renderers: createRenderers(renderers, { clock, wait, log, maxWaiting: memory.maxWaiting * (1 + renderers.length) }),
    budget,
    openVersion: (account, file) => openVersion(files, account, file, limits.maxFileBytes),
    clock,
    limits,
    engine,
    reportFault,
  })
  const heads = {
    files,
    budget,
    clock,
    limits,
    turns: createTurns(clock, wait),
    openContext: createCorePool(wasmModules, loadFont).openContext,
  }
  return { ...runner, heads, run: createRunByHead(heads, runner.run) }
}
