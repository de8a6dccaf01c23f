import { keptBytes } from './codecs/kept.ts'
import { COSTS } from './costs.ts'
import type { GainMapPlan, KeptMap } from './codecs/gain-map.ts'
import { SSIM_NS_PER_PIXEL } from './engine/pixels/ssim.ts'
import { operation, type FormatName, type Step, type WrittenName } from './plan.ts'
import { MOST_TRIALS } from './quality/aim.ts'
import { sampleShape } from './quality/sample.ts'
import type { Search } from './quality/search.ts'
import type { Shape } from './raster.ts'

/** A file, and in which size it is decoded. */
export interface Decoding {
  readonly source: FormatName
  readonly fileBytes: number
  /** The file's own shape, its frames, and whether it is the lossless kind of its format. */
  readonly probe: Shape & { readonly frames?: number; readonly isLossless?: boolean }
  /** The decoder's result. */
  readonly geometry: Shape
}

/** What is known of an execution before it runs. */
export interface Work extends Decoding {
  readonly steps: readonly Step[]
  /** Before each step, and after the last. */
  readonly shapes: readonly Shape[]
  readonly output: { readonly format: FormatName; readonly options: unknown }
  readonly isRecoded: boolean
  readonly isAnimated: boolean
  readonly transcoding: string | null
  readonly search: Search | null
  readonly gainMap: GainMapPlan
}

/** The efforts at which encoders were measured. One between two counts as the higher. */
export const MEASURED_EFFORTS = [20, 40, 60, 80, 100] as const

/** Of a pixel of a step's input or result, whichever has more, in nanoseconds. */
export const stepNs = ({ op, params }: Step): number => COSTS.steps[op] * (operation(op).relativeWork?.(params) ?? 1)

/** Of a byte and a pixel of a file whose coefficients are coded anew, in nanoseconds (`npm run bench:lossless-jpeg`). */
const TRANSCODE = { byte: 20, pixel: 1 }

const pixelsOf = ({ width, height }: Shape): number => width * height

/** About how long a file is decoded, in nanoseconds of one core. */
export function decodeNs({ source, fileBytes, probe, geometry }: Decoding): number {
  const lossless = probe.isLossless ? COSTS.lossless[source] : undefined
  const { byte, stored, shown } = lossless?.decode ?? COSTS.decode[source]
  return byte * fileBytes + stored * pixelsOf(probe) + shown * pixelsOf(geometry)
}

/** Of a pixel of the result. */
function encodeNs({ format, options }: Work['output']): number {
  const { effort, lossless } = options as { readonly effort?: number; readonly lossless?: boolean } // all encoders have an effort
  const named = lossless ? COSTS.lossless[format] : undefined
  const { usual, byEffort } = named?.encode ?? COSTS.encode[format as WrittenName] // the planner chose one that is written
  return effort === undefined ? usual : (byEffort[MEASURED_EFFORTS.findIndex((measured) => effort <= measured)] ?? usual)
}

/**
 * About how long an execution computes, in milliseconds of one core of the machine that src/image/costs.ts was measured on. A step that looks at its picture
 * first has it made once more. Decoding layers is not in it.
 */
export function estimateMs(work: Work): number {
  return pictureMs(work) + searchMs(work) + (work.gainMap && 'kept' in work.gainMap ? mapMs(work.gainMap.kept) : 0)
}

/** Full encodes that look for a limit of bytes, beyond the first, as they mostly are. */
const USUAL_FULL_ENCODES = 2

/** Of what is encoded, and decoded again, to find a quality. A picture that is not kept is made anew for the reduced one, and for each further encode. */
function searchMs(work: Work): number {
  const { search, shapes, geometry, output } = work
  if (!search) return 0
  const shape = shapes.at(-1) ?? geometry
  const more = search.maxBytes === null ? 0 : USUAL_FULL_ENCODES
  const again = (pictureMs(work) * 1e6 - encodeNs(output) * pixelsOf(shape)) * (keptBytes(shape) > 0 ? 0 : 1 + more)
  const { stored, shown } = COSTS.decode[output.format]
  const trial = search.isLossy ? pixelsOf(sampleShape(shape)) * (encodeNs(output) + stored + shown + SSIM_NS_PER_PIXEL) : 0
  return (again + MOST_TRIALS * trial + more * encodeNs(output) * pixelsOf(shape)) / 1e6
}

/** Of a gain map, which goes from file to file. */
function mapMs({ map, geometry }: KeptMap): number {
  const decoding: Decoding = { source: 'jpeg', fileBytes: map.file.length, probe: map.source.header, geometry }
  return (decodeNs(decoding) + COSTS.recode * pixelsOf(geometry)) / 1e6
}

/** Of an animation: its file is read once, and all else is done for each frame. */
function framesMs(work: Work): number {
  const frames = work.probe.frames ?? 1
  return frames * pictureMs({ ...work, isAnimated: false, fileBytes: work.fileBytes / frames })
}

function pictureMs(work: Work): number {
  const { geometry, steps, shapes, output, isRecoded, isAnimated } = work
  if (isAnimated) return framesMs(work)
  const last = pixelsOf(shapes.at(-1) ?? geometry)
  if (work.transcoding) return (TRANSCODE.byte * work.fileBytes + TRANSCODE.pixel * pixelsOf(work.probe)) / 1e6
  if (isRecoded) return (decodeNs(work) + COSTS.recode * last) / 1e6
  let [looked, made] = [0, decodeNs(work)]
  for (const [i, step] of steps.entries()) {
    if (operation(step.op).resolve) looked += made
    made += stepNs(step) * Math.max(pixelsOf(shapes[i] ?? geometry), pixelsOf(shapes[i + 1] ?? geometry))
  }
  return (looked + made + encodeNs(output) * last) / 1e6
}
