import { AppError } from '../../errors.ts'
import { estimateMs } from '../../image/estimate.ts'
import { glimpse, type Glimpse } from '../../image/glimpse/glimpse.ts'
import { codec, type PlanLimits, project, type TransformPlan } from '../../image/plan.ts'
import { planExecution, sniffFormat } from '../../image/planner.ts'
import { uprightShape } from '../../image/orientation.ts'
import type { Shape } from '../../image/raster.ts'
import { readHead } from '../files/content/read-whole.ts'
import type { SourceFile } from '../files/recent-files.ts'
import type { FileStore } from '../ports.ts'
import { compute, type ComputeDeps } from '../render/compute.ts'
import type { MemoryBudget } from '../render/memory-budget.ts'
import { createTimings } from '../render/timings.ts'
import type { Clock } from '../ports.ts'

export interface QuickLookDeps extends ComputeDeps {
  readonly files: FileStore
  readonly budget: MemoryBudget
  readonly clock: Clock
  readonly limits: PlanLimits
}

/** What the beginning of a file tells of a plan. */
export interface QuickLook {
  /** How long the plan computes; infinite when the beginning does not tell. */
  readonly estimatedMs: number
  /** Of the result. */
  readonly shape: Shape
  /** A small picture in the place of the result. @param leftMs how long it may take when its turn has come. */
  glimpse(leftMs: () => number): Promise<Glimpse>
}

/** Bytes at the beginning of a file: its header, and a thumbnail or the first of its pixels. */
const HEAD_BYTES = 262_144
/** The head, and what decoding a glimpse takes. */
const LOOK_BYTES = 6_000_000
/** It is small, and somebody waits for nothing else: it goes before all other work. */
const FIRST = { lane: 'request', order: () => 0, isWanted: () => true } as const

export type TakeQuickLook = <T>(
  account: string,
  source: SourceFile,
  plan: TransformPlan,
  use: (look: QuickLook) => Promise<T>,
) => Promise<T>

/**
 * Reads the beginning of a file and hands on what it tells, as long as `use` takes.
 * @throws AppError when the file cannot be read, its header is damaged or the plan cannot apply to it; and what `use` throws.
 */
export const createQuickLook = (deps: QuickLookDeps): TakeQuickLook =>
  async function takeQuickLook(account, source, plan, use) {
    const lease = await deps.budget.acquire({ bytes: LOOK_BYTES }, FIRST)
    try {
      const head = await readHead(deps.files, account, source, HEAD_BYTES)
      return await use({
        estimatedMs: estimateByHead(plan, head, source.size, deps.limits),
        shape: shapeByHead(plan, head, deps.limits),
        glimpse: (leftMs) =>
          compute(deps, FIRST, createTimings(deps.clock), (context, measure) =>
            measure('glimpse', () => glimpse(plan, head, source.size, deps.limits, context, leftMs)),
          ),
      })
    } finally {
      lease.release()
    }
  }

/** The whole file stands for its beginning in the estimate. A format whose header needs more of the file has none. */
function estimateByHead(plan: TransformPlan, head: Uint8Array, fileBytes: number, limits: PlanLimits): number {
  try {
    const execution = planExecution(plan, head, limits)
    return head.length === fileBytes ? execution.estimatedMs : estimateMs({ ...execution, fileBytes })
  } catch (thrown) {
    if (head.length < fileBytes && thrown instanceof AppError && thrown.code === 'invalid_image') return Infinity
    throw thrown
  }
}

function shapeByHead(plan: TransformPlan, head: Uint8Array, limits: PlanLimits): Shape {
  const probe = codec(sniffFormat(head)).probe(head, plan.page)
  const upright = uprightShape(probe, probe.orientation)
  return project(plan, upright, limits).at(-1) ?? upright
}
