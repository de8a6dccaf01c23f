import type { Config } from '../config/load.ts'
import { createQuotas } from '../service/protection/quotas.ts'
import type { Metrics } from '../service/metrics.ts'
import type { EdgeCache } from '../service/ports.ts'
import type { FindFile } from '../service/render/plan-inputs.ts'
import { createInTime } from '../service/deadline/in-time.ts'
import { createQuickLooks } from '../service/deadline/quick-look.ts'
import type { MakeLater } from '../service/jobs/make-later.ts'
import { createExplain } from '../service/explain/explain.ts'
import { createPlanWork } from '../service/explain/plan-work.ts'
import { countRuns, countSharedRuns } from '../service/render/count-runs.ts'
import type { MemoryBudget } from '../service/render/memory-budget.ts'
import type { Renderer } from '../service/render/renderers/pool.ts'
import { createFindShape } from '../service/render/results/find-shape.ts'
import { createRender } from '../service/render/render.ts'
import { createRunOnParts } from '../service/render/parts/run-on-parts.ts'
import { createLoad } from '../service/render/results/load.ts'
import { createFindSources } from '../service/render/results/sources.ts'
import type { RunShared } from '../service/render/run-shared.ts'
import type { EngineFault } from '../service/render/second-opinion.ts'
import { createSave } from '../service/render/save.ts'
import type { Files } from './files.ts'
import { runInIsolate, runOnRenderers } from './plan-runners.ts'
import { clock, hash, log, wait } from './platform.ts'
import { rulesOfAccounts } from './protection.ts'

export type Rendering = ReturnType<typeof createRendering>

/** What makes pixels: the engine, the memory that it may take, the tiers that keep results. */
export function createRendering(
  config: Config,
  { files, filesByHandle, recent, results, snapshots, upload, accounts }: Files,
  metrics: Metrics,
  budget: MemoryBudget,
  edge: EdgeCache,
  renderers: readonly Renderer[],
  makeLater: MakeLater,
) {
  const { limits, cache, engine } = config
  const reportFault = (account: string, fault: EngineFault): void => {
    metrics.add('emulsion_second_opinions_total', { outcome: fault.outcome })
    log({ level: 'error', message: 'the pixel engine failed', account, ...fault })
  }
  const running = { ...config, reportFault }
  const runner =
    renderers.length > 0 ? runOnRenderers(running, filesByHandle, budget, renderers) : runInIsolate(running, filesByHandle, budget)
  const load = createLoad(clock, Math.max(1, renderers.length))
  const rulesOf = rulesOfAccounts(config)
  const findSources = createFindSources({ recent, hash, limits, rulesOf, engine })
  const quotasOf = new Map(config.accounts.map(({ id, quotas: own }) => [id, own]))
  const quotas = createQuotas({ quotasOf: (account) => quotasOf.get(account) ?? null, ledger: accounts, clock, log })
  const { maxFileBytes } = limits
  const runOnParts = createRunOnParts({ ...runner.heads, recent, results, hash, wait, log, maxFileBytes }, runner.run)
  const render = createRender({
    recent,
    results,
    edge,
    run: load.count(countRuns(runOnParts, metrics)),
    rulesOf,
    quotas,
    hash,
    limits,
    engine,
    autoThresholdMs: cache.autoThresholdMs,
    wait,
    log,
  })
  // The Worker by itself writes no AVIF: its encoder is in the renderer's bundle alone.
  const planLimits = renderers.length > 0 ? limits : { ...limits, onRenderers: false, memoryBytes: config.memory.totalBytes }
  return {
    budget,
    render,
    findShape: createFindShape(recent, render),
    /** Its encoder is in the renderer's bundle alone. */
    writesAvif: renderers.length > 0,
    explain: createExplain({
      findSources,
      snapshots,
      planWork: createPlanWork({ files: filesByHandle, budget, clock, limits: planLimits }),
      edge,
      results,
      hash,
      load,
    }),
    renderInTime: createInTime({
      render,
      findSources,
      quickLooks: createQuickLooks({ ...runner.heads, wait, limits: planLimits }),
      seeTo: makeLater,
      results,
      load,
      hash,
      clock,
      wait,
    }),
    /** Finds the files that it reads as it is told. */
    runSharedOn: (find: FindFile): RunShared => countSharedRuns(runner.runSharedOn(find), metrics),
    save: createSave({ files, render, upload }),
  }
}
