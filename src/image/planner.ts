import { AppError } from '../errors.ts'
import type { Probe } from './codecs/define.ts'
import { wholeImage, type Geometry } from './geometry.ts'
import { fuse } from './fuse.ts'
import { compose, uprightShape } from './orientation.ts'
import {
  codec,
  FORMAT_NAMES,
  operation,
  project,
  projectSteps,
  type FormatName,
  type PlanLimits,
  type Step,
  type TransformPlan,
} from './plan.ts'
import type { Shape } from './raster.ts'

/** The cheapest way that we know to run a plan on one file, and what it costs. */
export interface Execution {
  readonly source: FormatName
  /** The file's header. Its orientation is joined with the plan's leading turns and mirrors. */
  readonly probe: Probe
  /** What the decoder does by itself: the plan's leading cuts and its first scaling, in pixels of the turned picture. */
  readonly geometry: Geometry
  /** What is left to do on rasters. */
  readonly steps: readonly Step[]
  /** The planned shape that enters each of the steps that are left. */
  readonly shapes: readonly Shape[]
  readonly output: { readonly format: FormatName; readonly options: unknown }
  /** Whether the output format drops alpha that the picture may have. */
  readonly flattens: boolean
  /** Upper bound of the memory that the run holds at any moment, the file included. */
  readonly peakBytes: number
  /** The part of `peakBytes` that the steps and the encoder may take, without the decoded picture. */
  readonly stepsBytes: number
  readonly limits: PlanLimits
}

/** The format of a file by its content. @throws AppError `unsupported_format`. */
export function sniffFormat(file: Uint8Array): FormatName {
  const head = file.subarray(0, 64)
  const found = FORMAT_NAMES.find((name) => codec(name).can.decode && codec(name).sniff(head))
  if (found === undefined)
    throw new AppError('unsupported_format', { reason: `Expected one of ${FORMAT_NAMES.join(', ')}; the content is none of them.` })
  return found
}

/** Reads the header and decides. Decodes nothing. @throws AppError of `probe`, of `project`, `unsupported_format`. */
export function planExecution(plan: TransformPlan, file: Uint8Array, limits: PlanLimits): Execution {
  const source = sniffFormat(file)
  const decoder = codec(source)
  const stored = decoder.probe(file)
  const upright = uprightShape(stored, stored.orientation)
  checkPage(plan, stored)
  const shapes = project(plan, upright, limits)
  const { geometry, turn, fused } = fuse(plan.steps, { ...wholeImage(upright), ...(plan.page !== undefined && { page: plan.page }) })
  const probe = { ...stored, orientation: compose(stored.orientation, turn) }
  const format = outputFormat(plan, source)
  const encoder = codec(format)
  const options = encoder.options.parse({ quality: plan.output.quality, effort: plan.output.effort }) as never // for that encoder alone
  const steps = plan.steps.slice(fused)
  const output = { format, options }
  const flattens = !encoder.can.alpha
  const isRecoded = steps.length === 0 && format === source
  const recoding = isRecoded ? encoder.recodeBytes?.(probe, geometry, options) : null
  const stepsBytes = costOf({ steps, output, probe, flattens }, shapes.slice(fused), geometry) + (shrinks(steps) ? SHRUNK_BYTES : 0)
  return {
    source,
    probe,
    geometry,
    steps,
    shapes: shapes.slice(fused, -1),
    output,
    flattens,
    // Added, not the greater of both: WASM memory that the decoder grew stays while the steps run.
    peakBytes: file.length + (recoding ?? decoder.decodeBytes(probe, geometry, file.length) + stepsBytes),
    stepsBytes,
    limits,
  }
}

/**
 * What the steps behind one that shrinks may take beyond the plan: a picture that lost its edges has another aspect ratio, and a width alone
 * then makes it higher than planned.
 */
const SHRUNK_BYTES = 32_000_000

const shrinks = (steps: readonly Step[]): boolean => steps.slice(0, -1).some(({ op }) => operation(op).shrinks)

/**
 * Plans the steps from number `next` on anew, for a picture that a step has made smaller than planned.
 * @throws AppError `output_too_large` when they would make it larger than the limits, or take more memory than the plan has.
 */
export function replan({ steps, limits, stepsBytes, ...execution }: Execution, next: number, shape: Shape): void {
  const rest = steps.slice(next)
  const needed = costOf({ ...execution, steps: rest }, projectSteps(rest, shape, limits), shape)
  if (needed <= stepsBytes) return
  const reason = `Expected steps that take at most ${stepsBytes} bytes, received ${needed}: what is left of the picture is scaled too far.`
  throw new AppError('output_too_large', { field: rest[0]?.op, reason })
}

function checkPage({ page }: TransformPlan, { frames }: Probe): void {
  if (page === undefined || page <= frames) return
  throw new AppError('invalid_parameter', { field: 'page', reason: `Expected a page up to ${frames}, received ${page}.` })
}

const outputFormat = ({ output }: TransformPlan, source: FormatName): FormatName =>
  output.format === 'source' ? (codec(source).can.encode ? source : 'jpeg') : output.format

const rasterBytes = ({ width, height }: Shape): number => width * height * 4

/** Upper bound of the bytes that the steps and the encoder hold, without the decoded picture. `shapes`: before each step, and after the last. */
function costOf(
  { steps, output, probe, flattens }: Pick<Execution, 'steps' | 'output' | 'probe' | 'flattens'>,
  shapes: readonly Shape[],
  first: Shape,
): number {
  const last = shapes.at(-1) ?? first
  const costs = steps.map(({ op, params }, i) => {
    const [from, to] = [shapes[i] ?? first, shapes[i + 1] ?? last]
    return rasterBytes(from) + rasterBytes(to) + (operation(op).workingBytes?.(params, from, to) ?? 0)
  })
  const flattened = flattens && probe.hasAlpha ? rasterBytes(last) : 0
  const encoded = codec(output.format).encodeBytes(last, output.options as never, steps.length === 0 && !probe.hasAlpha) // of that very format
  return Math.max(...costs, (steps.length === 0 ? 0 : rasterBytes(last)) + flattened + encoded)
}
