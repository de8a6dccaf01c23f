import { createRaster, type Raster } from '../../raster.ts'
import type { Core } from '../core.ts'

const STRIP_BYTES = 262_144
const SLACK = 64

/** Sends a raster through an in-place function of the core by strips, into a new raster. Core memory: one strip, given back. */
export function mapStrips(core: Core, input: Raster, apply: (at: number, bytes: number) => void): Raster {
  const output = createRaster(input)
  const { data } = input
  const mark = core.mark()
  const at = core.alloc(Math.min(STRIP_BYTES, data.length) + SLACK)
  for (let from = 0; from < data.length; from += STRIP_BYTES) {
    const strip = data.subarray(from, from + STRIP_BYTES)
    core.bytes().set(strip, at)
    apply(at, strip.length)
    output.data.set(core.bytes().subarray(at, at + strip.length), from)
  }
  core.release(mark)
  return output
}

export interface RowWindow {
  /** Rows above and below that an output row depends on. */
  readonly radius: number
  /** Bytes of a row in the kernel's form. */
  readonly rowBytes: number
  /** Brings the RGBA row at `from` into the kernel's form at `to`. */
  readonly load: (from: number, to: number) => void
  /** Writes one RGBA row to `to` from the 2 · radius + 1 rows around it, top to bottom; beyond the edges the edge rows repeat. */
  readonly emit: (rows: readonly number[], to: number) => void
}

/** Sends a raster through a function of neighbouring rows, into a new raster. Core memory: 2 · radius + 3 rows, given back. */
export function slideRows(core: Core, input: Raster, { radius, rowBytes, load, emit }: RowWindow): Raster {
  const { width, height, data } = input
  const output = createRaster(input)
  const slots = 2 * radius + 1
  const mark = core.mark()
  const slotBytes = (rowBytes + SLACK + 15) & ~15
  const ring = core.alloc(slots * slotBytes)
  const pixels = core.alloc(width * 4 + SLACK)
  let loaded = 0
  for (let y = 0; y < height; y++) {
    for (; loaded < Math.min(height, y + radius + 1); loaded++) {
      core.bytes().set(data.subarray(loaded * width * 4, (loaded + 1) * width * 4), pixels)
      load(pixels, ring + (loaded % slots) * slotBytes)
    }
    const rows = Array.from({ length: slots }, (_, k) => ring + (Math.min(height - 1, Math.max(0, y + k - radius)) % slots) * slotBytes)
    emit(rows, pixels)
    output.data.set(core.bytes().subarray(pixels, pixels + width * 4), y * width * 4)
  }
  core.release(mark)
  return output
}
