import type { Rectangle } from '../../../geometry.ts'
import type { JpegHeader } from '../header.ts'
import type { PlaneComponent } from '../../plane-stream.ts'

/** Denominator of the scale that a JPEG is decoded at. */
export type JpegScale = 1 | 2 | 4 | 8

/** One component in the units of the decoder. */
export interface FrameComponent {
  /** Blocks of an interleaved MCU across and down. */
  readonly h: number
  readonly v: number
  /** Samples of a decoded block's side: 1, 2, 4 or 8. */
  readonly size: number
  /** Blocks that a scan of this component alone has. */
  readonly blocksAcross: number
  readonly blocksDown: number
  readonly plane: PlaneComponent
}

/** A half-open range of MCUs. */
export interface McuRange {
  readonly from: number
  readonly to: number
}

export interface JpegFrame {
  /** MCUs of an interleaved scan of all components. */
  readonly mcusAcross: number
  readonly mcusDown: number
  /** The MCUs that are shown. */
  readonly columns: McuRange
  readonly rows: McuRange
  readonly components: readonly FrameComponent[]
}

/**
 * Sizes of everything for one scale and region (clipped to the picture; absent: all of it). `keepsSubsampling`: all components are decoded at
 * the scale, and none with larger blocks instead of upsampling.
 */
export function planFrame(header: JpegHeader, scale: JpegScale, region?: Rectangle, keepsSubsampling = false): JpegFrame {
  // The only component of a picture is never interleaved, whatever its factors say.
  const factors = header.components.length === 1 ? [{ h: 1, v: 1 }] : header.components
  const max = { h: Math.max(...factors.map(({ h }) => h)), v: Math.max(...factors.map(({ v }) => v)) }
  const sized = factors.map(({ h, v }) => ({ h, v, size: keepsSubsampling ? 8 / scale : blockSize(8 / scale, h, v, max.h, max.v) }))
  // The smooth upsampling of a component of half the resolution looks one of its samples further.
  const isUpsampled = sized.some(({ h, v, size }) => h * size * scale !== max.h * 8 || v * size * scale !== max.v * 8)
  const margin = isUpsampled ? 2 * scale : 0
  const columns = mcuRange(region?.x, region?.width, header.width, 8 * max.h, margin)
  const rows = mcuRange(region?.y, region?.height, header.height, 8 * max.v, margin)
  return {
    mcusAcross: Math.ceil(header.width / (8 * max.h)),
    mcusDown: Math.ceil(header.height / (8 * max.v)),
    columns,
    rows,
    components: sized.map(({ h, v, size }) => {
      const across = span(header.width, h, max.h, size, columns)
      const down = span(header.height, v, max.v, size, rows)
      const plane = {
        width: across.length,
        height: down.length,
        originX: across.origin,
        originY: down.origin,
        scaleX: across.scale,
        scaleY: down.scale,
      }
      return { h, v, size, blocksAcross: across.blocks, blocksDown: down.blocks, plane }
    }),
  }
}

/** One direction of a component with `factor` blocks of `size` samples in an MCU of `max` blocks. */
function span(pixels: number, factor: number, max: number, size: number, mcus: McuRange) {
  const origin = mcus.from * factor * size
  const samples = Math.ceil((pixels * factor * size) / (8 * max))
  return {
    blocks: Math.ceil((pixels * factor) / (8 * max)),
    scale: (factor * size) / (8 * max),
    origin,
    length: Math.min(samples, mcus.to * factor * size) - origin,
  }
}

/**
 * A component that is subsampled is decoded with a larger block where that makes up for the subsampling in both directions (libjpeg's rule),
 * so that scaled 4:2:0 needs no upsampling.
 */
function blockSize(scaled: number, h: number, v: number, hMax: number, vMax: number): number {
  let size = scaled
  while (size < 8 && (hMax * scaled) % (h * size * 2) === 0 && (vMax * scaled) % (v * size * 2) === 0) size *= 2
  return size
}

/** The MCUs that hold the pixels from `start` on and `margin` more on each side; all without a start. */
function mcuRange(start: number | undefined, length: number | undefined, pixels: number, mcuPixels: number, margin: number): McuRange {
  if (start === undefined || length === undefined) return { from: 0, to: Math.ceil(pixels / mcuPixels) }
  const first = Math.min(Math.max(Math.floor(start) - margin, 0), pixels - 1)
  const end = Math.min(Math.max(Math.ceil(start + length) + margin, first + 1), pixels)
  return { from: Math.floor(first / mcuPixels), to: Math.ceil(end / mcuPixels) }
}
