import { AppError } from '../errors.ts'
import type { ImageContext } from '../image/context.ts'
import { execute, type Encoded } from '../image/execute.ts'
import { wholeImage } from '../image/geometry.ts'
import { uprightShape } from '../image/orientation.ts'
import { codec, operation, type PlanLimits, type TransformPlan } from '../image/plan.ts'
import { planExecution, sniffFormat, type Execution } from '../image/planner.ts'
import type { Raster } from '../image/raster.ts'
import type { MemoryBudget } from './memory-budget.ts'
import type { FileInfo, FileStore } from './ports.ts'
import type { Timings } from './timings.ts'

export interface RunPlanDeps {
  readonly files: FileStore
  readonly limits: PlanLimits & { readonly maxFileBytes: number }
  readonly budget: MemoryBudget
  /** A context for one job; `release` drops what the job used. */
  readonly openContext: () => { readonly context: ImageContext; readonly release: () => void }
}

export interface RunRequest {
  readonly account: string
  readonly source: FileInfo
  readonly plan: TransformPlan
}

export type RunPlan = (request: RunRequest, timings: Timings) => Promise<Encoded>

/**
 * Fetches the source, plans, waits for memory, runs.
 * @throws AppError `file_too_large`, `file_not_found`, `overloaded`, and what planning and running may throw.
 */
export const createRunPlan = ({ files, limits, budget, openContext }: RunPlanDeps): RunPlan =>
  async function run({ account, source, plan }, timings) {
    const file = await timings.measure('fetch', () => readFile(files, account, source, limits.maxFileBytes))
    const execution = await timings.measure('probe', () => planExecution(plan, file, limits))
    const lease = await timings.measure('queue', () => budget.acquire(execution.peakBytes))
    const { context, release } = openContext()
    try {
      const inputs = await readInputs(files, account, execution, limits, context)
      return await execute(execution, file, inputs, context, timings.measure)
    } finally {
      release()
      lease.release()
    }
  }

async function readFile(files: FileStore, account: string, info: FileInfo, maxFileBytes: number): Promise<Uint8Array> {
  if (info.size > maxFileBytes)
    throw new AppError('file_too_large', { reason: `Expected at most ${maxFileBytes} bytes, received ${info.size}.` })
  const open = await files.open(account, info.path)
  if (!open) throw new AppError('file_not_found', { field: info.path })
  return new Uint8Array(await new Response(open.body).arrayBuffer())
}

/** The extra images of each remaining step, decoded whole and upright. */
async function readInputs(
  files: FileStore,
  account: string,
  { steps }: Execution,
  limits: RunPlanDeps['limits'],
  context: ImageContext,
): Promise<Raster[][]> {
  const perStep: Raster[][] = []
  for (const { op, params } of steps) {
    const rasters: Raster[] = []
    for (const { path } of operation(op).inputs?.(params) ?? []) {
      const info = await files.head(account, path)
      if (!info) throw new AppError('file_not_found', { field: path })
      const file = await readFile(files, account, info, limits.maxFileBytes)
      const format = codec(sniffFormat(file))
      const probe = format.probe(file)
      if (probe.width * probe.height > limits.maxPixels) throw new AppError('too_many_pixels', { field: path })
      rasters.push(await format.decode(file, probe, wholeImage(uprightShape(probe, probe.orientation)), context))
    }
    perStep.push(rasters)
  }
  return perStep
}
