import type { FindFile } from './plan-inputs.ts'
import type { RunPlan } from './run-plan.ts'
import type { RunShared } from './run-shared.ts'

/** Runs plans: in this isolate or on renderers. test/contracts/plan-runner.ts holds both to one contract. */
export interface PlanRunner {
  readonly run: RunPlan
  /** Runs several plans on one source. Finds the other files that they read as it is told. */
  readonly runSharedOn: (find: FindFile) => RunShared
}
