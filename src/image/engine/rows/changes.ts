import type { Rectangle } from '../../geometry.ts'
import type { Shape } from '../../raster.ts'
import type { Core } from '../core.ts'
import { copiedRows, copiedRowsBytes } from './copied.ts'
import { allocateRows, type Drain, type Picture, type PixelRows, rowsBytes } from './pixel-rows.ts'

export interface ChangesExports {
  isOpaque(ptr: number, bytes: number): number
}

/** A canvas in the core's memory. */
export interface CanvasMemory {
  readonly ptr: number
  readonly stride: number
}

/** The pictures of an animation, two at a time. */
export interface Changes {
  /** Takes the next picture. Answers where it differs from the one before; `null`: nowhere. The first differs everywhere. */
  take(rows: PixelRows): Promise<Rectangle | null>
  readonly now: CanvasMemory
  readonly before: CanvasMemory
  /** A part of the picture that was taken last. */
  part(rectangle: Rectangle): Picture
}

/** Rough work of copying a pixel and comparing it. */
const NS_PER_PIXEL = 2

/** Core memory that `createChanges` takes. */
export const changesBytes = (shape: Shape): number => 2 * rowsBytes(shape.width, shape.height) + copiedRowsBytes(shape)

/** Keeps one picture of an animation while the next one comes. */
export function createChanges(core: Core<ChangesExports>, { width, height }: Shape, drain: Drain): Changes {
  let [now, before] = [allocateRows(core, width, height), allocateRows(core, width, height)]
  const copies = copiedRows(core, width)
  let isFirst = true
  const wordsOf = ({ ptr, stride }: CanvasMemory, y: number): Uint32Array =>
    new Uint32Array(core.exports.memory.buffer, ptr + y * stride, width)
  return {
    get now() {
      return now
    },
    get before() {
      return before
    },
    async take(rows) {
      ;[now, before] = [before, now]
      let [left, top, right, bottom, y] = [width, height, 0, 0, 0]
      await drain(
        rows,
        ({ ptr, stride, rows: count }) => {
          const memory = core.bytes()
          for (let row = 0; row < count; row++, y++) {
            memory.copyWithin(now.ptr + y * now.stride, ptr + row * stride, ptr + row * stride + width * 4)
            const found = isFirst ? { start: 0, end: width } : differing(wordsOf(now, y), wordsOf(before, y), left, right)
            if (!found) continue
            ;[left, right] = [Math.min(left, found.start), Math.max(right, found.end)]
            ;[top, bottom] = [Math.min(top, y), y + 1]
          }
        },
        NS_PER_PIXEL,
      )
      isFirst = false
      return bottom === 0 ? null : { x: left, y: top, width: right - left, height: bottom - top }
    },
    part({ x, y, ...shape }) {
      const at = (row: number): number => now.ptr + (y + row) * now.stride + x * 4
      return {
        ...shape,
        read(work) {
          let isOpaque = true
          for (let row = 0; row < shape.height && isOpaque; row++) isOpaque = core.exports.isOpaque(at(row), shape.width * 4) !== 0
          return work(copies(shape, isOpaque, (row, to) => core.bytes().copyWithin(to, at(row), at(row) + shape.width * 4)))
        },
      }
    },
  }
}

/** Where two rows differ; what lies from `left` to `right` is known to count in any case, and is not looked at when the row differs at all. */
function differing(a: Uint32Array, b: Uint32Array, left: number, right: number): { readonly start: number; readonly end: number } | null {
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  if (start === a.length) return null
  let end = a.length
  while (end > right && a[end - 1] === b[end - 1]) end--
  return { start: Math.min(start, left), end: Math.max(end, start + 1) }
}
