import { AppError } from '../../../../errors.ts'
import { type Orientation, storedWindow, turnsRows } from '../../../orientation.ts'
import type { Shape } from '../../../raster.ts'
import type { Core } from '../../core.ts'
import type { JpegEncoderExports } from '../encode/frame.ts'
import type { EncoderPlane, JpegEncoder } from '../encode/encoder.ts'
import { NS_OF_EMPTY_BAND, type Pace } from '../../pace.ts'
import type { Band, PlaneComponent, PlaneStream } from '../../plane-stream.ts'
import {
  createResampler,
  estimateResampleBytes,
  type ResampleExports,
  type ResampleOptions,
  type Resampler,
} from '../../resample/resampler.ts'
import { planeResampling, type ScaledDecode } from './decode-scale.ts'

export interface OrientExports {
  turnPlane(source: number, stepX: number, stepY: number, target: number, stride: number, width: number, rows: number): void
}

export type PlaneCore = Core<ResampleExports & JpegEncoderExports & OrientExports>

/** Rows (of the largest component) that are resampled before the encoder is asked, so that its rings stay short whatever a band holds. */
const SLICE_ROWS = 16
/** Source samples that a kernel reaches to one side, at most, when nothing is reduced; and rows that wait for their pair. */
const REACH = 3
const PAIRING = 2

/** Work on a sample of the largest plane: to decode, scale and encode it. */
const NS_PER_SAMPLE = 12

const align16 = (bytes: number): number => (bytes + 15) & ~15

/** The result's pixels that a sample of each of its planes covers. */
const coverage = ({ width, height }: Shape, plane: Shape): { across: number; down: number } => ({
  across: Math.ceil(width / plane.width),
  down: Math.ceil(height / plane.height),
})

/** How each component becomes a plane of the result; `components` may be more than `planes`, as when colour becomes gray. */
export const planeJobs = (
  components: readonly PlaneComponent[],
  plan: ScaledDecode,
  orientation: Orientation,
  upright: Shape,
  planes: readonly Shape[],
): ResampleOptions[] =>
  planes.map((plane, i) => planeResampling(components[i] as PlaneComponent, plan, orientation, plane, coverage(upright, plane)))

/**
 * Rows of MCUs that the encoder must buffer while upright planes are written straight into it: one that it takes, what one slice of source rows
 * may yield, and by how much a component's rows may be ahead of another's, whose kernel reaches further down.
 */
export function bufferedMcuRows(
  jobs: readonly ResampleOptions[],
  planes: readonly Pick<EncoderPlane, 'height' | 'rowsPerMcu'>[],
  mcuRows: number,
): number {
  const rows = jobs.map((job, i) => {
    const scale = job.window.height / job.height
    const lag = (REACH * Math.max(1, scale) + PAIRING) / scale
    return (lag + (SLICE_ROWS + PAIRING) / scale) / (planes[i]?.rowsPerMcu ?? 1)
  })
  return Math.min(mcuRows, Math.ceil(Math.max(...rows)) + 3)
}

/** Core memory of the resamplers; of the planes too when they are made whole. */
export function planeBytes(jobs: readonly ResampleOptions[], orientation: Orientation): number {
  const isHeld = turnsRows(orientation)
  return jobs.reduce((sum, job) => sum + estimateResampleBytes(job) + (isHeld ? (align16(job.width) + 16) * job.height + 16 : 0), 0)
}

/** Makes one result of a stream's planes. */
export interface PlaneSink {
  /** Whether nothing more is needed from the stream. */
  readonly isDone: boolean
  /** Takes slice `slice` of `slices` of the bands. */
  take(bands: readonly Band[], slice: number, slices: number): void
  /** The file, when the stream has ended. */
  finish(pace: Pace): Promise<Uint8Array>
}

/**
 * Resamples planes into an encoder of the same size, whose planes buffer `bufferedMcuRows`: no RGB, no whole picture in memory. Each row is mirrored
 * in itself when `isMirrored`.
 */
export function streamingSink(core: PlaneCore, jobs: readonly ResampleOptions[], encoder: JpegEncoder, isMirrored: boolean): PlaneSink {
  let encoded = 0
  const resamplers = createResamplers(core, jobs, (i) => {
    const plane = encoder.planes[i] as EncoderPlane
    const onRow = (y: number, ptr: number): void => {
      assertRoom(y - encoded * plane.rowsPerMcu < plane.rows)
      if (isMirrored) new Uint8Array(core.exports.memory.buffer, ptr, plane.width).reverse()
    }
    return { ...plane, onRow }
  })
  return {
    get isDone() {
      return resamplers.every(({ isDone }) => isDone)
    },
    take(bands, slice, slices) {
      resamplers.forEach((resampler, i) => pushSlice(resampler, bands[i] as Band, slice, slices))
      while (encoded < encoder.mcuRows && encoder.planes.every((plane, i) => isReady(plane, encoded, resamplers[i]))) {
        encoder.encodeRow()
        encoded++
      }
    },
    finish: () => Promise.resolve(encoder.finish()),
  }
}

const isReady = (plane: EncoderPlane, mcuRow: number, resampler: Resampler | undefined): boolean =>
  (resampler?.produced ?? 0) >= Math.min(plane.height, (mcuRow + 1) * plane.rowsPerMcu)

/** An invariant: a row that came too early would overwrite one that is not encoded yet. */
function assertRoom(hasRoom: boolean): void {
  if (!hasRoom) throw new AppError('internal', { detail: 'a resampled row overtook the encoder' })
}

/** As `streamingSink`, for any orientation: the planes are made whole, as stored, and read in upright order. */
export function heldSink(core: PlaneCore, jobs: readonly ResampleOptions[], encoder: JpegEncoder, orientation: Orientation): PlaneSink {
  const planes = jobs.map(({ width, height }) => ({
    ptr: core.alloc(align16(width) * height + 16),
    stride: align16(width),
    rows: height,
    width,
    height,
  }))
  const resamplers = createResamplers(core, jobs, (i) => planes[i] as (typeof planes)[number])
  return {
    get isDone() {
      return resamplers.every(({ isDone }) => isDone)
    },
    take: (bands, slice, slices) => resamplers.forEach((resampler, i) => pushSlice(resampler, bands[i] as Band, slice, slices)),
    async finish(pace) {
      const turns = planes.map((plane) => stepsOf(plane, orientation))
      for (let mcuRow = 0; mcuRow < encoder.mcuRows; mcuRow++) {
        encoder.planes.forEach(({ ptr, stride, width, height, rowsPerMcu }, i) => {
          const { origin, stepX, stepY } = turns[i] as (typeof turns)[number]
          const y = mcuRow * rowsPerMcu
          core.exports.turnPlane(origin + y * stepY, stepX, stepY, ptr, stride, width, Math.min(rowsPerMcu, height - y))
        })
        encoder.encodeRow()
        pace.count((encoder.planes[0]?.rowsPerMcu ?? 0) * (encoder.planes[0]?.width ?? 0) * NS_PER_SAMPLE)
        await pace.breathe()
      }
      return encoder.finish()
    },
  }
}

/** Where upright sample (0, 0) of a stored plane is, and the distances to its right and lower neighbours. */
function stepsOf(plane: Shape & { readonly ptr: number; readonly stride: number }, orientation: Orientation) {
  const at = (x: number, y: number): number => {
    const stored = storedWindow({ x, y, width: 1, height: 1 }, plane, orientation)
    return plane.ptr + stored.y * plane.stride + stored.x
  }
  return { origin: at(0, 0), stepX: at(1, 0) - at(0, 0), stepY: at(0, 1) - at(0, 0) }
}

type Target = Parameters<typeof createResampler>[2]

function createResamplers(core: PlaneCore, jobs: readonly ResampleOptions[], target: (index: number) => Target): Resampler[] {
  const resamplers: Resampler[] = []
  jobs.forEach((job, i) => {
    // The chroma planes are alike: the second shares the first's tables.
    const isAlike = i === 2 && JSON.stringify(job) === JSON.stringify(jobs[1])
    resamplers.push(createResampler(core, job, target(i), isAlike ? resamplers[1]?.tables : undefined))
  })
  return resamplers
}

/** Feeds bands to the sinks in step, slice by slice, until all are done or the stream ends. `nsPerRow`: to decode a row of the first component. */
export async function pump(stream: PlaneStream, sinks: readonly PlaneSink[], pace: Pace, nsPerRow: number): Promise<void> {
  for (let bands = stream.next(); bands && !sinks.every(({ isDone }) => isDone); bands = stream.next()) {
    pace.count(bands.every(({ rows }) => rows === 0) ? NS_OF_EMPTY_BAND : (bands[0]?.rows ?? 0) * nsPerRow)
    const slices = Math.max(1, Math.ceil(Math.max(...bands.map(({ rows }) => rows)) / SLICE_ROWS))
    for (let slice = 0; slice < slices; slice++) {
      for (const sink of sinks) {
        sink.take(bands, slice, slices)
        pace.count(((bands[0]?.rows ?? 0) / slices) * (stream.components[0]?.width ?? 0) * NS_PER_SAMPLE)
        await pace.breathe()
      }
    }
    await pace.breathe()
  }
}

function pushSlice(resampler: Resampler, { ptr, stride, rows }: Band, slice: number, slices: number): void {
  const from = Math.floor((rows * slice) / slices)
  const to = Math.floor((rows * (slice + 1)) / slices)
  resampler.push(ptr + from * stride, stride, to - from)
}
