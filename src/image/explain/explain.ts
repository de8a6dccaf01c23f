import type { Probe } from '../codecs/define.ts'
import { gainMapNote } from '../codecs/gain-map.ts'
import { stepNs } from '../estimate.ts'
import type { Rectangle, ResampleKernel } from '../geometry.ts'
import { type Orientation, uprightShape } from '../orientation.ts'
import { type FormatName, operation, projectSteps, type Step, type TransformPlan } from '../plan.ts'
import { type Execution, needsPixels, stepsBytes, turnsFirst } from '../planner.ts'
import type { Shape } from '../raster.ts'

/**
 * How a step is run: by the decoder while it decodes; on rows as a turn, a scaling, pixel by pixel or row by row; with a window of rows that slides down; with a layer
 * that is made first; after a look at the whole picture; or with the whole picture in memory.
 */
export type Manner = 'decoder' | 'turn' | 'scaling' | 'pointwise' | 'rows' | 'window' | 'layer' | 'statistics first' | 'whole raster'

export interface ExplainedStep {
  readonly op: Step['op']
  readonly params: Step['params']
  readonly manner: Manner
  readonly from: Shape
  readonly to: Shape
  /** By estimate; what the decoder does is in its own. */
  readonly milliseconds: number
  /** That the step holds while rows pass, at most. */
  readonly bytes: number
}

/** From where the result's bytes come. */
export type Way = 'header' | 'coefficients' | 'file to file' | 'search' | 'frames' | 'rows'

export interface ExplainedRun {
  readonly source: Shape & {
    readonly format: FormatName
    readonly bytes: number
    readonly orientation: Orientation
    readonly frames: number
    readonly hasAlpha: boolean
  }
  /** What the decoder gives: a part of the upright picture in a size, turned. */
  readonly decoder: Shape & { readonly window: Rectangle; readonly kernel: ResampleKernel; readonly orientation: Orientation }
  /** In the order in which they run. */
  readonly steps: readonly ExplainedStep[]
  readonly way: Way
  readonly output: Shape & { readonly format: FormatName; readonly options: unknown }
  /** What becomes of the source's gain map; `null` without one. */
  readonly gainMap: string | null
  /** The better format that would be made later. */
  readonly later: 'avif' | null
  readonly estimate: { readonly milliseconds: number; readonly memoryBytes: number }
}

/**
 * Tells of an execution what it would do, in which order and at what price. Runs nothing. `stored`: the header of the file, without the plan's turns.
 * @throws AppError of `projectSteps`.
 */
export function explainExecution(execution: Execution, stored: Probe): ExplainedRun {
  const { plan, source, probe, geometry, output, gainMap, later, estimatedMs, peakBytes, fileBytes } = execution
  const steps = explainSteps(execution, uprightShape(stored, stored.orientation))
  const { width, height } = steps.at(-1)?.to ?? geometry
  return {
    source: {
      format: source,
      width: stored.width,
      height: stored.height,
      bytes: fileBytes,
      orientation: stored.orientation,
      frames: stored.frames,
      hasAlpha: stored.hasAlpha,
    },
    decoder: {
      window: geometry.window,
      width: geometry.width,
      height: geometry.height,
      kernel: geometry.kernel,
      orientation: probe.orientation,
    },
    steps,
    way: wayOf(execution, plan),
    output: { format: output.format, options: output.options, width, height },
    gainMap: gainMap && gainMapNote(gainMap),
    later: later ?? null,
    estimate: { milliseconds: estimatedMs, memoryBytes: peakBytes },
  }
}

function wayOf({ transcoding, search, isRecoded, isAnimated }: Execution, plan: TransformPlan): Way {
  if (!needsPixels(plan)) return 'header'
  if (transcoding) return 'coefficients'
  if (search) return 'search'
  if (isRecoded) return 'file to file'
  return isAnimated ? 'frames' : 'rows'
}

function explainSteps({ plan, probe, steps, shapes, limits, stages }: Execution, upright: Shape): readonly ExplainedStep[] {
  if (!needsPixels(plan)) return []
  const ordered = turnsFirst(plan.steps)
  // What tells of its picture has one step more, which makes it small.
  const left = plan.info ? steps.slice(0, -1) : steps
  const joined = ordered.slice(0, Math.max(0, ordered.length - left.length))
  const before = projectSteps(joined, upright, limits)
  let isOpaque = !probe.hasAlpha
  return [
    ...joined.map((step, i) => ({ ...step, manner: 'decoder' as const, ...shapesAt(before, i), milliseconds: 0, bytes: 0 })),
    ...left.map((step, i) => {
      const at = shapesAt(shapes, i)
      const most = Math.max(pixelsOf(at.from), pixelsOf(at.to))
      const bytes = stepsBytes([step], [at.from, at.to], isOpaque, stages)
      isOpaque &&= operation(step.op).addsTransparency?.(step.params) !== true
      return { ...step, manner: mannerOf(step), ...at, milliseconds: (stepNs(step) * most) / 1e6, bytes }
    }),
  ]
}

const pixelsOf = ({ width, height }: Shape): number => width * height

const shapesAt = (shapes: readonly Shape[], i: number): { readonly from: Shape; readonly to: Shape } => {
  const [from, to] = [shapes[i] as Shape, shapes[i + 1] as Shape] // one more than steps
  return { from: { width: from.width, height: from.height }, to: { width: to.width, height: to.height } }
}

/** Large enough that no window of rows is as much as half of it. */
const REFERENCE: Shape = { width: 8000, height: 8000 }

function mannerOf({ op, params }: Step): Manner {
  const { symmetry, geometry, resolve, inputs, files, isPointwise, plan, workingBytes } = operation(op)
  if (symmetry?.(params)) return 'turn'
  if (geometry) return 'scaling'
  if (resolve) return 'statistics first'
  if ((inputs ?? files) !== undefined) return 'layer'
  if (isPointwise) return 'pointwise'
  if (!workingBytes) return 'rows'
  return workingBytes(params, REFERENCE, plan(params, REFERENCE), true) >= 2 * pixelsOf(REFERENCE) ? 'whole raster' : 'window'
}
