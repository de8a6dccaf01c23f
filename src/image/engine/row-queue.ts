import type { Core } from './core.ts'
import type { Band } from './plane-stream.ts'

/**
 * The rows of one component that have arrived and are still needed. They stay in the band of the stream. Only rows that are still needed when the
 * next band is pulled are copied.
 */
export interface RowQueue {
  /** Rows that have arrived: indices below this. */
  readonly arrived: number
  readonly height: number
  /** Takes a new band, behind the last. One without rows says nothing, not even by its stride. */
  push(band: Band): void
  /** The stream has ended: rows that never came repeat the last one. */
  end(): void
  /** Address of a row that has arrived and has not been dropped. */
  row(index: number): number
  /** Rows below `index` are not needed any more. */
  drop(index: number): void
  /** Copies the rows still needed out of the band, which the stream is about to overwrite. */
  keep(): void
}

export function createRowQueue(core: Core, height: number): RowQueue {
  let band: Band = { ptr: 0, stride: 0, rows: 0 }
  /** Index of the band's first row. */
  let bandStart = 0
  let needed = 0
  let kept = { ptr: 0, capacity: 0, start: 0 }
  let arrived = 0
  const row = (index: number) => {
    const inBand = index - bandStart
    return inBand >= 0
      ? band.ptr + Math.min(inBand, Math.max(band.rows - 1, 0)) * band.stride
      : kept.ptr + (index - kept.start) * band.stride
  }
  return {
    get arrived() {
      return arrived
    },
    height,
    push(next) {
      if (next.rows === 0) return
      if (band.stride !== 0 && next.stride !== band.stride)
        throw new RangeError(`a stream's stride changed from ${band.stride} to ${next.stride}`)
      bandStart = arrived
      band = next
      arrived += next.rows
    },
    end() {
      arrived = height
    },
    row,
    drop(index) {
      needed = Math.max(needed, index)
    },
    keep() {
      const count = arrived - needed
      if (count <= 0 || band.stride === 0) return
      const bytes = count * band.stride
      const sources = Array.from({ length: count }, (_, i) => row(needed + i))
      if (bytes > kept.capacity) kept = { ...kept, ptr: core.alloc(bytes + 16), capacity: bytes }
      const memory = core.bytes()
      sources.forEach((source, i) => memory.copyWithin(kept.ptr + i * band.stride, source, source + band.stride))
      kept.start = needed
      bandStart = arrived
      band = { ...band, rows: 0 }
    },
  }
}
