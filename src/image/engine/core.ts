import { AppError } from '../../errors.ts'

const PAGE_BYTES = 65536
/** The most WASM memory that one job may have, whatever a header claims. */
const MAX_BYTES = 96 * 1024 * 1024

/** One instance of the WASM core with an arena over its linear memory. Not shared between jobs that overlap in time. */
export interface Core<E extends object = object> {
  readonly exports: E & { readonly memory: WebAssembly.Memory; heapBase(): number }
  /**
   * Reserves `bytes` (zero-filled only when the memory is fresh), aligned to 16, and returns its offset. May grow the memory, which
   * detaches earlier views: take `bytes()` anew after every `alloc`.
   * @throws AppError `too_many_pixels` over the instance's limit.
   */
  alloc(bytes: number): number
  /** Position of the arena; `release(mark)` frees everything allocated since. */
  mark(): number
  release(mark: number): void
  /** A fresh view of the whole memory. */
  bytes(): Uint8Array
  view(): DataView
  /** Bytes of linear memory, which never shrink: the measure by which a job's instance is kept or dropped. */
  size(): number
}

export function createCore<E extends object>(module: WebAssembly.Module): Core<E> {
  const exports = new WebAssembly.Instance(module, {}).exports as unknown as Core<E>['exports']
  const base = (exports.heapBase() + 15) & ~15
  let top = base
  return {
    exports,
    alloc(bytes) {
      const offset = top
      const end = (offset + bytes + 15) & ~15
      if (bytes < 0 || !Number.isSafeInteger(bytes) || end > MAX_BYTES) {
        throw new AppError('too_many_pixels', {
          detail: `core memory: ${bytes} bytes are needed beside ${offset}, ${MAX_BYTES} are allowed`,
        })
      }
      const missing = end - exports.memory.buffer.byteLength
      if (missing > 0) exports.memory.grow(Math.ceil(missing / PAGE_BYTES))
      top = end
      return offset
    },
    mark: () => top,
    release(mark) {
      top = Math.max(base, mark)
    },
    bytes: () => new Uint8Array(exports.memory.buffer),
    view: () => new DataView(exports.memory.buffer),
    size: () => exports.memory.buffer.byteLength,
  }
}
