import { AppError } from '../../errors.ts'
import type { TransformPlan } from '../../image/plan.ts'
import type { Metrics } from '../metrics.ts'
import { pixelsOf } from './pixel-note.ts'
import type { RunPlan } from './run-plan.ts'
import type { RunShared } from './run-shared.ts'
import type { Timings } from './timings.ts'

function observePhases(metrics: Metrics, timings: Timings): void {
  const { read, made } = pixelsOf(timings)
  if (read > 0) metrics.add('emulsion_pixels_total', { of: 'source' }, read)
  if (made > 0) metrics.add('emulsion_pixels_total', { of: 'result' }, made)
  for (const [phase, milliseconds] of timings.entries()) metrics.observe('emulsion_phase_seconds', { phase }, milliseconds / 1000)
}

const formatOf = (plan: TransformPlan | undefined): string => (plan?.info ? 'info' : (plan?.output.format ?? 'source'))

/** Counts the outcome of each run and the time of its phases. */
export const countRuns =
  (run: RunPlan, metrics: Metrics): RunPlan =>
  async (request, timings) => {
    const format = formatOf(request.plan)
    try {
      const result = await run(request, timings)
      metrics.add('emulsion_renders_total', { format, outcome: 'ok' })
      return result
    } catch (thrown) {
      metrics.add('emulsion_renders_total', { format, outcome: AppError.from(thrown).code })
      throw thrown
    } finally {
      observePhases(metrics, timings)
    }
  }

/** The same for runs of several plans: each plan's outcome counts. */
export const countSharedRuns =
  (run: RunShared, metrics: Metrics): RunShared =>
  async (request, timings, onOutcome) => {
    try {
      await run(request, timings, (plan, outcome) => {
        const format = formatOf(request.plans[plan])
        metrics.add('emulsion_renders_total', { format, outcome: outcome instanceof AppError ? outcome.code : 'ok' })
        return onOutcome(plan, outcome)
      })
    } finally {
      observePhases(metrics, timings)
    }
  }
