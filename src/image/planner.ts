import { AppError } from '../errors.ts'
import type { Codec, Probe } from './codecs/define.ts'
import { wholeImage, type Geometry } from './geometry.ts'
import { compose, turnGeometry, uprightShape, type Orientation } from './orientation.ts'
import { codec, FORMAT_NAMES, operation, project, type FormatName, type PlanLimits, type Step, type TransformPlan } from './plan.ts'
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
  const flattens = !encoder.can.alpha
  return {
    source,
    probe,
    geometry,
    steps,
    shapes: shapes.slice(fused, -1),
    output: { format, options },
    flattens,
    peakBytes: peak({
      decoder,
      encoder,
      options,
      probe,
      geometry,
      steps,
      shapes: shapes.slice(fused),
      fileBytes: file.length,
      flattens,
      isSameFormat: format === source,
    }),
  }
}

function checkPage({ page }: TransformPlan, { frames }: Probe): void {
  if (page === undefined || page <= frames) return
  throw new AppError('invalid_parameter', { field: 'page', reason: `Expected a page up to ${frames}, received ${page}.` })
}

const outputFormat = ({ output }: TransformPlan, source: FormatName): FormatName =>
  output.format === 'source' ? (codec(source).can.encode ? source : 'jpeg') : output.format

interface Fused {
  readonly geometry: Geometry
  /** How the decoder turns the upright picture. */
  readonly turn: Orientation
  /** How many steps the decoder does. */
  readonly fused: number
}

/**
 * Joins leading cuts and then one scaling into a single window and size, and the turns by right angles and mirrors before, between and right
 * behind them into one orientation. A cut before a scaling is exact, and so is a symmetry anywhere; what follows works on a small raster
 * and gains nothing by joining.
 */
function fuse(steps: readonly Step[], whole: Geometry): Fused {
  let [geometry, turn, source]: [Geometry, Orientation, Shape] = [whole, 1, whole]
  let isScaled = false
  for (const [index, { op, params }] of steps.entries()) {
    const symmetry = operation(op).symmetry?.(params)
    if (symmetry) {
      geometry = turnGeometry(geometry, source, symmetry)
      source = uprightShape(source, symmetry)
      turn = compose(turn, symmetry)
      continue
    }
    const next: Geometry | undefined = isScaled ? undefined : operation(op).geometry?.(params, geometry)
    if (!next) return { geometry, turn, fused: index }
    const window = { ...next.window, x: geometry.window.x + next.window.x, y: geometry.window.y + next.window.y }
    geometry = { ...geometry, ...next, window }
    isScaled = next.width !== next.window.width || next.height !== next.window.height
  }
  return { geometry, turn, fused: steps.length }
}

const rasterBytes = ({ width, height }: Shape): number => width * height * 4

interface Costed extends Pick<Execution, 'probe' | 'geometry' | 'steps' | 'flattens'> {
  readonly decoder: Codec
  readonly encoder: Codec
  readonly options: never
  /** The shape before each step, and the last one's. */
  readonly shapes: readonly Shape[]
  readonly fileBytes: number
  readonly isSameFormat: boolean
}

function peak({ decoder, encoder, options, probe, geometry, steps, shapes, fileBytes, flattens, isSameFormat }: Costed): number {
  const recoding = steps.length === 0 && isSameFormat ? encoder.recodeBytes?.(probe, geometry, options) : null
  if (recoding != null) return fileBytes + recoding
  const last = shapes.at(-1) ?? geometry
  const costs = steps.map(({ op, params }, i) => {
    const [from, to] = [shapes[i] ?? geometry, shapes[i + 1] ?? last]
    return rasterBytes(from) + rasterBytes(to) + (operation(op).workingBytes?.(params, from, to) ?? 0)
  })
  const flattened = flattens && probe.hasAlpha ? rasterBytes(last) : 0
  const encoding =
    (steps.length === 0 ? 0 : rasterBytes(last)) + flattened + encoder.encodeBytes(last, options, steps.length === 0 && !probe.hasAlpha)
  // Added, not the greater of both: WASM memory that the decoder grew stays while the steps run.
  return fileBytes + decoder.decodeBytes(probe, geometry, fileBytes) + Math.max(...costs, encoding)
}
