import { AppError } from '../errors.ts'
import type { Codec, Probe } from './codecs/define.ts'
import { wholeImage, type Geometry } from './geometry.ts'
import { uprightShape } from './orientation.ts'
import { codec, FORMAT_NAMES, operation, project, type FormatName, type PlanLimits, type Step, type TransformPlan } from './plan.ts'
import type { Shape } from './raster.ts'

/** The cheapest way that we know to run a plan on one file, and what it costs. */
export interface Execution {
  readonly source: FormatName
  readonly probe: Probe
  /** What the decoder does by itself: the plan's leading cuts and its first scaling. */
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
  const probe = decoder.probe(file)
  const upright = uprightShape(probe, probe.orientation)
  checkPage(plan, probe)
  const shapes = project(plan, upright, limits)
  const { geometry, fused } = fuse(plan.steps, { ...wholeImage(upright), ...(plan.page !== undefined && { page: plan.page }) })
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

/**
 * Joins leading cuts and then one scaling into a single window and size. A cut before a scaling is exact; what follows the first scaling
 * works on a small raster and gains nothing by joining.
 */
function fuse(steps: readonly Step[], whole: Geometry): { readonly geometry: Geometry; readonly fused: number } {
  let geometry = whole
  for (const [index, { op, params }] of steps.entries()) {
    const next = operation(op).geometry?.(params, geometry)
    if (!next) return { geometry, fused: index }
    const window = { ...next.window, x: geometry.window.x + next.window.x, y: geometry.window.y + next.window.y }
    geometry = { ...geometry, ...next, window }
    if (next.width !== next.window.width || next.height !== next.window.height) return { geometry, fused: index + 1 }
  }
  return { geometry, fused: steps.length }
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
