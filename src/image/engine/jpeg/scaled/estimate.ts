import type { Geometry } from '../../../geometry.ts'
import { type Orientation, turnsRows } from '../../../orientation.ts'
import type { Shape } from '../../../raster.ts'
import { type JpegFrame, planFrame } from '../decode/frame.ts'
import { estimateEncodeBytes } from '../encode/encoder.ts'
import { layOutFrame } from '../encode/frame.ts'
import { type JpegHeader, probeJpeg } from '../header.ts'
import type { Conversion } from '../../../icc/conversion.ts'
import { jpegConversion } from '../icc.ts'
import { toSrgbBytes } from '../../pixels/to-srgb.ts'
import { nextSegment, SOS } from '../markers.ts'
import { bandRows } from '../decode/bands.ts'
import { partMcuRows as progressivePart, RECORD_BYTES, valueBytes } from '../decode/progressive.ts'
import { partMcuRows as sequentialPart } from '../decode/sequential.ts'
import { convertingEncoderBytes } from './converting-encoder.ts'
import { bufferedMcuRows, planeBytes, planeJobs } from './planes.ts'
import { scaleRowsBytes } from '../../resample/rows.ts'
import type { RecodeOptions } from './recode.ts'
import { inSamples, keepsSubsampling, planScaledDecode, type ScaledDecode } from './decode-scale.ts'

/** What every job has: the core's own data and first pages, the decoder's input buffers and maps. */
export const BASE_BYTES = 512 * 1024
/** A chunk of the progressive coefficient store, and blocks that it holds at least. */
const CHUNK_BYTES = 32768
const BLOCKS_PER_CHUNK = 240
/** Rows of a component that the conversion to RGBA may keep between bands, and those that it makes at once. */
const KEPT_ROWS = 64
const RGBA_ROWS = 16

const align16 = (bytes: number): number => (bytes + 15) & ~15

/** What the estimate needs to know of a file. */
export interface JpegSource {
  readonly header: JpegHeader
  readonly fileBytes: number
  /** Whether the first scan has all components. */
  readonly isInterleaved: boolean
  /** How its colours become sRGB; `null`: they are. */
  readonly conversion: Conversion | null
}

/** Reads the markers up to the first scan. @throws AppError as `probeJpeg` does. */
export function readJpegSource(file: Uint8Array): JpegSource {
  const header = probeJpeg(file)
  let segment = nextSegment(file, 2)
  while (segment && segment.code !== SOS) segment = nextSegment(file, segment.end)
  return {
    header,
    fileBytes: file.length,
    conversion: jpegConversion(file, header),
    isInterleaved: segment !== null && file[segment.start] === header.components.length,
  }
}

/**
 * Upper bound of the core's memory in which `jpegToJpegs` (with `output`, for one result) or `jpegRows` without a turn (without) runs, whatever the file holds. Pure. The
 * file and the encoded bytes are outside of the core and not counted.
 */
export function estimateScaledBytes(source: JpegSource, orientation: Orientation, geometry: Geometry, output?: RecodeOptions): number {
  const { header } = source
  const isPlanar = header.colour === 'gray' || header.colour === 'ycbcr'
  const plan = planScaledDecode(header, orientation, geometry)
  const frame = planFrame(header, plan.scale, plan.region, output?.subsampling === '4:2:0' && isPlanar && keepsSubsampling(header))
  const decoding = BASE_BYTES + decodeBytes(source, frame)
  if (!output) return decoding + rgbaBytes(frame, plan) + toSrgbBytes(source.conversion) + profileBytes(header)
  const colour = header.colour === 'gray' ? 'gray' : 'ycbcr'
  const encoded = layOutFrame(geometry, colour, output.subsampling)
  const components = frame.components.map((component) => component.plane)
  const jobs = planeJobs(components, plan, orientation, geometry, encoded.components)
  const planes = encoded.components.map(({ height, down }) => ({ height, rowsPerMcu: down * 8 }))
  const buffered = turnsRows(orientation) ? 1 : bufferedMcuRows(jobs, planes, encoded.mcuRows)
  const converting = source.conversion ? toSrgbBytes(source.conversion) + profileBytes(header) + convertingEncoderBytes(geometry.width) : 0
  return decoding + converting + planeBytes(jobs, orientation) + estimateEncodeBytes(geometry, { ...output, colour }, buffered)
}

/** The profile while it is read and as it is remembered, and its table as 32-bit numbers. */
const profileBytes = ({ icc }: JpegHeader): number => 4 * icc.reduce((sum, { start, end }) => sum + end - start, 0)

function rgbaBytes(frame: JpegFrame, plan: ScaledDecode): number {
  const planes = frame.components.map((component) => component.plane)
  const width = Math.max(...planes.map((plane) => plane.width))
  const rows = align16(width) * (4 * RGBA_ROWS + planes.length * (KEPT_ROWS + 2)) + 1024
  return rows + resampleBytes(frame, plan)
}

/** Bytes that one more result of the same pass adds. */
export function resamplerBytes({ header }: JpegSource, orientation: Orientation, geometry: Geometry): number {
  const plan = planScaledDecode(header, orientation, geometry)
  return resampleBytes(planFrame(header, plan.scale, plan.region, false), plan)
}

function resampleBytes({ components }: JpegFrame, { stored }: ScaledDecode): number {
  const planes = components.map((component) => component.plane)
  const source: Shape = { width: Math.max(...planes.map(({ width }) => width)), height: Math.max(...planes.map(({ height }) => height)) }
  const finest = planes.find(({ width }) => width === source.width)
  if (!finest) return 0
  return scaleRowsBytes(source, { ...stored, window: inSamples(stored.window, finest) })
}

function decodeBytes({ header, fileBytes, isInterleaved }: JpegSource, frame: JpegFrame): number {
  const { components, columns } = frame
  const isProgressive = header.process === 'progressive'
  const { mcuRows } = bandRows(frame, isProgressive || isInterleaved ? undefined : sequentialPart(frame))
  const strips = components.reduce(
    (sum, { h, v, size }) => sum + align16((columns.to - columns.from) * h * size) * v * size * mcuRows + 32,
    0,
  )
  return strips + (isProgressive ? coefficientBytes(frame, fileBytes) : 0)
}

/**
 * A progressive file's store, which holds a part at a time: DC of every block; for each block with shown AC coefficients 8 bytes and 2 for each that
 * is not zero, which are no more than the scale shows, nor than the file has room for at 2 bits each.
 */
export function coefficientBytes(frame: JpegFrame, fileBytes: number): number {
  const mcuRows = Math.min(progressivePart(frame), frame.rows.to)
  let fixed = 0
  let values = 0
  for (const { h, v, size } of frame.components) {
    const blocks = frame.mcusAcross * h * mcuRows * v
    fixed += blocks * 2 + 16
    if (size === 1) continue
    fixed += blocks * RECORD_BYTES + (4 + Math.ceil((frame.mcusAcross * h) / BLOCKS_PER_CHUNK)) * CHUNK_BYTES
    values += blocks * valueBytes(size)
  }
  const records = fixed + Math.min(values, 8 * fileBytes)
  return Math.ceil(records * 1.02) + CHUNK_BYTES * frame.components.length
}
