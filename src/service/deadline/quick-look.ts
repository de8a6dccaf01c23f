import { AppError } from '../../errors.ts'
import { estimateMs } from '../../image/estimate.ts'
import { glimpse, type Glimpse } from '../../image/glimpse/glimpse.ts'
import { codec, type PlanLimits, project, type TransformPlan } from '../../image/plan.ts'
import { planExecution, sniffFormat } from '../../image/planner.ts'
import { uprightShape } from '../../image/orientation.ts'
import type { Shape } from '../../image/raster.ts'
import { readHead } from '../files/content/read-whole.ts'
import type { SourceFile } from '../files/recent-files.ts'
import type { Clock, FileStore, Wait } from '../ports.ts'
import { compute, type ComputeDeps } from '../render/compute.ts'
import type { MemoryBudget } from '../render/memory-budget.ts'
import type { Timings } from '../render/timings.ts'
import { createWaitingLine } from '../render/waiting-line.ts'

export interface QuickLookDeps extends ComputeDeps {
  readonly files: FileStore
  readonly budget: MemoryBudget
  readonly clock: Clock
  readonly wait: Wait
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
/** So many are taken at a time. Others wait in a line that is never full: in it is who has the least time. */
const PLACES = 4
/** Of a look whose request ended without a word. */
const MAX_LOOK_MS = 2000
/** It is small, and somebody waits for nothing else: it goes before all other work. */
const FIRST = { lane: 'request', order: () => 0, isWanted: () => true } as const
/** And nobody is refused a look because others wait for memory. */
const FIRST_IN_LINE = { ...FIRST, lane: 'batch' } as const

export interface QuickLooks {
  /**
   * Reads the beginning of a file and hands on what it tells, as long as `use` takes.
   * @throws AppError when the file cannot be read, its header is damaged or the plan cannot apply to it; and what `use` throws.
   */
  take<T>(account: string, source: SourceFile, plan: TransformPlan, timings: Timings, use: (look: QuickLook) => Promise<T>): Promise<T>
  /** Whether nobody takes one or waits for one. */
  areOver(): boolean
}

export function createQuickLooks(deps: QuickLookDeps): QuickLooks {
  const line = createWaitingLine<null>(deps.clock, deps.wait)
  const taken = new Set<{ readonly since: number }>()

  function dropLost(): void {
    for (const one of taken) if (deps.clock.now() - one.since > MAX_LOOK_MS) taken.delete(one)
  }

  function takePlace(): { readonly since: number } | null {
    dropLost()
    if (taken.size >= PLACES) return null
    const mine = { since: deps.clock.now() }
    taken.add(mine)
    return mine
  }

  async function take<T>(
    account: string,
    source: SourceFile,
    plan: TransformPlan,
    timings: Timings,
    use: (look: QuickLook) => Promise<T>,
  ): Promise<T> {
    const mine = await timings.measure('queue', () => line.enter(FIRST, 0, null, takePlace))
    try {
      const lease = await timings.measure('queue', () => deps.budget.acquire({ bytes: LOOK_BYTES }, FIRST_IN_LINE))
      try {
        const head = await timings.measure('head', () => readHead(deps.files, account, source, HEAD_BYTES))
        return await use({
          estimatedMs: estimateByHead(plan, head, source.size, deps.limits),
          shape: shapeByHead(plan, head, deps.limits),
          glimpse: (leftMs) =>
            compute(deps, FIRST, timings, (context, measure) =>
              measure('glimpse', () => glimpse(plan, head, source.size, deps.limits, context, leftMs)),
            ),
        })
      } finally {
        lease.release()
      }
    } finally {
      taken.delete(mine)
    }
  }

  return {
    take,
    areOver() {
      dropLost()
      return taken.size === 0 && line.wishes().length === 0
    },
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
