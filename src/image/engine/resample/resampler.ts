import type { Rectangle, ResampleKernel } from '../../geometry.ts'
import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { type Axis, maxTaps, sampleRange } from './kernels.ts'
import { createTables, maxPairs, type ResampleTables, tableBytes, type TableGeometry } from './tables.ts'
import { createRing, createSums, type VerticalExports, type VerticalLayout } from './vertical.ts'

type PairUp = (first: number, second: number, pair: number, samples: number) => void
type Combine = (row: number, starts: number, weights: number, taps: number, target: number, width: number, shift: number) => void

/** The functions of the WASM core that resampling uses. */
export interface ResampleExports extends VerticalExports {
  readonly pairRows: PairUp
  readonly pairRowsPremultiplied: PairUp
  readonly combineColumns: Combine
  readonly combinePixels: Combine
  readonly combinePremultipliedPixels: Combine
  isOpaque(pixels: number, bytes: number): number
}

export interface ResampleOptions extends Shape {
  /** One byte a sample (a plane) or RGBA. */
  readonly channels: 1 | 4
  /** Weigh colours by alpha (RGBA only). Needless, and slower, when every pixel is opaque. */
  readonly premultiply: boolean
  readonly sourceWidth: number
  readonly sourceHeight: number
  /** What the output shows, in source samples, fractions allowed; sample `k` covers `k` to `k + 1`. */
  readonly window: Rectangle
  /** No sample outside is read: its edges are repeated outwards instead. The window when absent. */
  readonly bounds?: Rectangle | undefined
  readonly kernel: ResampleKernel
}

/** Where output rows go: row `y` at `ptr + (y mod rows) × stride`. `stride` ≥ width × channels, rounded up to 4. */
export interface RowTarget {
  readonly ptr: number
  readonly stride: number
  readonly rows: number
  /** Called after each row is written, in order. */
  readonly onRow?: (y: number, ptr: number) => void
}

export interface Resampler {
  /** Takes the next `rows` source rows, top to bottom; 15 bytes behind each must be readable. Rows after the last needed are ignored. */
  push(ptr: number, stride: number, rows: number): void
  /** As `push`, one output row after the other: tells each row's number when it has been written, and goes on when the next is asked for. */
  take(ptr: number, stride: number, rows: number): Generator<number>
  /** Output rows written so far. */
  readonly produced: number
  /** Whether all are written, so that nothing more is needed from the source. */
  readonly isDone: boolean
  readonly tables: ResampleTables
}

/** Up to so many pairs, a ring holds the source rows of one output row; beyond, output rows are accumulated. */
const MAX_RING_PAIRS = 16
/** Behind the intermediate row: whole vectors are read beyond its end, against weights of zero. */
const ROW_SLACK_BYTES = 64
const BLOCKS = 8
const align16 = (bytes: number): number => (bytes + 15) & ~15

interface Layout extends VerticalLayout {
  readonly geometry: TableGeometry
  /** The source rows and the first column that are needed. */
  readonly top: number
  readonly left: number
  readonly rows: number
}

function layoutOf(options: ResampleOptions): Layout {
  const { window, bounds = window, sourceWidth, sourceHeight, kernel, channels, premultiply, height } = options
  const { x, y, width: shownWidth, height: shownHeight } = bounds
  const columns: Axis = {
    origin: window.x,
    span: window.width,
    sourceSize: sourceWidth,
    size: options.width,
    kernel,
    bounds: [x, x + shownWidth],
  }
  const rows: Axis = { origin: window.y, span: window.height, sourceSize: sourceHeight, size: height, kernel, bounds: [y, y + shownHeight] }
  const [across, down] = [sampleRange(columns), sampleRange(rows)]
  const samples = (across.high - across.low) * channels
  const accumulates = maxPairs(rows) > MAX_RING_PAIRS
  const overlap = Math.ceil((maxTaps({ ...rows, sourceSize: Infinity }) + 2) / (rows.span / height)) + 1
  return {
    geometry: { columns, rows, channels, premultiply },
    top: down.low,
    left: across.low,
    rows: down.high - down.low,
    samples,
    pairBytes: align16(samples) * 4,
    slots: accumulates ? 1 : maxPairs(rows),
    sumRows: accumulates ? Math.min(height, overlap) : 0,
    height,
  }
}

/** Bytes of the core's memory that `createResampler` takes at most, the target not included. Pure. */
export function estimateResampleBytes(options: ResampleOptions): number {
  const { geometry, slots, sumRows, pairBytes, samples } = layoutOf(options)
  return tableBytes(geometry) + (slots + sumRows) * pairBytes + 3 * (align16(samples) + ROW_SLACK_BYTES) + BLOCKS * 16
}

/**
 * Resamples a stream of rows: a vertical pass over pairs of source rows, then a horizontal pass, with 16-bit weights and 32-bit sums; within 1
 * of the exact result. Its memory does not depend on the picture's height. `tables` may come from another resampler of the same options.
 */
export function createResampler(
  core: Core<ResampleExports>,
  options: ResampleOptions,
  target: RowTarget,
  tables?: ResampleTables,
): Resampler {
  const layout = layoutOf(options)
  const { top, left, rows, samples, sumRows } = layout
  const { channels, premultiply } = options
  const shared = tables ?? createTables(core, layout.geometry)
  const pending = core.alloc(samples + 16)
  const row = core.alloc(align16(samples) * 2 + ROW_SLACK_BYTES)
  const wasm = core.exports
  const combine = channels === 1 ? wasm.combineColumns : premultiply ? wasm.combinePremultipliedPixels : wasm.combinePixels
  const pairUp = premultiply ? wasm.pairRowsPremultiplied : wasm.pairRows
  const { starts, weights, taps, shift } = shared.columns
  let produced = 0
  const vertical = (sumRows > 0 ? createSums : createRing)(core, layout, shared, row)
  /** The rows that a pair completes. */
  function* takePair(pair: number, first: number, second: number): Generator<number> {
    pairUp(first, second, vertical.slotOf(pair), samples)
    for (const y of vertical.take(pair)) {
      const to = target.ptr + (y % target.rows) * target.stride
      combine(row, starts, weights, taps, to, options.width, shift)
      produced = y + 1
      target.onRow?.(y, to)
      yield y
    }
  }

  let arrived = -top
  function* take(ptr: number, stride: number, count: number): Generator<number> {
    for (let i = 0; i < count; i++, arrived++) {
      if (arrived < 0 || arrived >= rows || produced === options.height) continue
      const source = ptr + i * stride + left * channels
      if (arrived % 2 === 1) yield* takePair(arrived >> 1, i > 0 ? source - stride : pending, source)
      else if (arrived === rows - 1) yield* takePair(arrived >> 1, source, source)
      else if (i === count - 1) core.bytes().copyWithin(pending, source, source + samples)
    }
  }
  return {
    tables: shared,
    get produced() {
      return produced
    },
    get isDone() {
      return produced === options.height
    },
    take,
    push(ptr, stride, count) {
      const written = take(ptr, stride, count)
      while (written.next().done !== true);
    },
  }
}
