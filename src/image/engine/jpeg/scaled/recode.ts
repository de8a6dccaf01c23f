import type { Geometry } from '../../../geometry.ts'
import { type Orientation, SYMMETRY, turnsRows } from '../../../orientation.ts'
import { decodeJpeg } from '../decode/decoder.ts'
import { createJpegEncoder, type JpegEncodeOptions } from '../encode/encoder.ts'
import { layOutFrame } from '../encode/frame.ts'
import { type JpegHeader, probeJpeg } from '../header.ts'
import { type Pace, readingNs } from '../../pace.ts'
import type { PlaneStream } from '../../plane-stream.ts'
import type { Conversion } from '../../../icc/conversion.ts'
import type { ScaledJpegCore } from './convert.ts'
import { convertingEncoder } from './converting-encoder.ts'
import { keepsSubsampling, planScaledDecode } from './decode-scale.ts'
import { bufferedMcuRows, heldSink, planeJobs, type PlaneSink, pump, streamingSink } from './planes.ts'

/** The colour of the file is kept: gray stays gray. */
export type RecodeOptions = Omit<JpegEncodeOptions, 'colour'>

/** One result: a part of the picture, in upright source pixels, and its size; and how it is encoded. */
export interface Recoding {
  readonly geometry: Geometry
  readonly options: RecodeOptions
  /** How its colours become sRGB; `null`: they stay as they are. */
  readonly conversion: Conversion | null
}

/**
 * JPEG to JPEG in one pass: decodes at the best scale, cuts, resamples and turns upright. Grey and YCbCr pictures stay in their planes,
 * so that nothing is rounded through RGB. Colours are converted row by row with chroma of 4:2:0; grays that are to be converted, and other colours, give
 * `null`. `warnings` takes what was wrong with the file. Lets others compute at `pace`.
 * Several results must be decoded alike (`jpegPass`): each has the bytes that it has alone.
 * @throws AppError as `decodeJpeg` and `createJpegEncoder` do.
 */
export async function jpegToJpegs(
  core: ScaledJpegCore,
  file: Uint8Array,
  orientation: Orientation,
  results: readonly [Recoding, ...Recoding[]],
  warnings: Set<string>,
  pace: Pace,
): Promise<readonly Uint8Array[] | null> {
  const header = probeJpeg(file)
  if (header.colour !== 'gray' && header.colour !== 'ycbcr') return null
  if (results.some(({ conversion, options }) => conversion && (conversion.kind === 'gray' || options.subsampling !== '4:2:0'))) return null
  const mark = core.mark()
  try {
    const [{ geometry, options }] = results
    const isSubsampled = options.subsampling === '4:2:0' && keepsSubsampling(header)
    const stream = decodeJpeg(core, file, { ...planScaledDecode(header, orientation, geometry), keepsSubsampling: isSubsampled })
    const sinks = results.map((result) => createSink(core, header, stream, orientation, result, results.length > 1 || stream.grows))
    await pump(stream, sinks, pace, readingNs(file.length, header.width * header.height) / (stream.components[0]?.height ?? 1))
    for (const warning of stream.warnings) warnings.add(warning)
    const files: Uint8Array[] = []
    for (const sink of sinks) files.push(await sink.finish(pace))
    return files
  } finally {
    core.release(mark)
  }
}

/** `isShared`: others allocate while this one works. */
function createSink(
  core: ScaledJpegCore,
  header: JpegHeader,
  stream: PlaneStream,
  orientation: Orientation,
  { geometry, options, conversion }: Recoding,
  isShared: boolean,
): PlaneSink {
  const colour = header.colour === 'gray' ? 'gray' : 'ycbcr'
  const frame = layOutFrame(geometry, colour, options.subsampling)
  const jobs = planeJobs(stream.components, planScaledDecode(header, orientation, geometry), orientation, geometry, frame.components)
  const planes = frame.components.map(({ height, down }) => ({ height, rowsPerMcu: down * 8 }))
  const isHeld = turnsRows(orientation)
  const buffered = isHeld ? 1 : bufferedMcuRows(jobs, planes, frame.mcuRows)
  const convert = conversion && conversion.kind !== 'gray' ? convertingEncoder(core, geometry.width, conversion) : null
  const plain = createJpegEncoder(core, geometry, { ...options, colour, reservesTokens: isShared }, buffered)
  const encoder = convert ? convert(plain) : plain
  return isHeld ? heldSink(core, jobs, encoder, orientation) : streamingSink(core, jobs, encoder, SYMMETRY[orientation].mirrorX)
}
