import type { Core } from '../../core.ts'
import type { PlaneComponent } from '../../plane-stream.ts'
import type { ColourExports } from './colour-exports.ts'
import type { RowQueue } from '../../row-queue.ts'

/** Makes rows of a component in the size of the finest one. */
export interface Upsampler {
  /** Whether what row `y` is made of has arrived. */
  isReady(y: number): boolean
  /** Address of row `y`, valid until the next call. */
  row(y: number): number
  /** The first of the component's rows that row `y` and those below it are made of. */
  firstNeeded(y: number): number
}

/** Below this scale libjpeg repeats samples, as a smooth filter would show nothing. */
const SMOOTH_ABOVE = 1 / 8
/** Components narrower than this are repeated too. */
const SMOOTH_WIDTH = 3

/** `finest`: width, height, origin and scale of the rows to make. */
export function createUpsampler(core: Core<ColourExports>, queue: RowQueue, component: PlaneComponent, finest: PlaneComponent): Upsampler {
  const factorX = finest.scaleX / component.scaleX
  const factorY = finest.scaleY / component.scaleY
  const { width, height } = component
  const isSmooth = Math.max(finest.scaleX, finest.scaleY) > SMOOTH_ABOVE
  const smoothX = isSmooth && factorX === 2 && width >= SMOOTH_WIDTH && (factorY === 1 || factorY === 2)
  const smoothY = isSmooth && factorY === 2 && (factorX === 1 || smoothX)
  const out = factorX === 1 && !smoothY ? 0 : core.alloc(Math.ceil(finest.width + 2) + 64)
  const across = acrossBy(core.exports, component, finest, out, smoothX)
  const nearest = (y: number) => Math.min(Math.floor((y + finest.originY + 0.5) / factorY) - component.originY, height - 1)
  if (!smoothY) {
    const source = (y: number) => Math.max(0, nearest(y))
    return { isReady: (y) => source(y) < queue.arrived, row: (y) => across(queue.row(source(y))), firstNeeded: source }
  }
  /** An even row lies nearer to the one above its pair, an odd row to the one below. */
  const far = (y: number) => Math.max(0, Math.min(y % 2 === 0 ? nearest(y) - 1 : nearest(y) + 1, height - 1))
  return {
    isReady: (y) => Math.max(nearest(y), far(y)) < queue.arrived,
    row(y) {
      const [nearRow, farRow] = [queue.row(nearest(y)), queue.row(far(y))]
      if (smoothX) core.exports.upsampleAcrossDown(nearRow, farRow, out, width)
      else core.exports.upsampleDown(nearRow, farRow, out, width, y % 2 === 0 ? 1 : 2)
      return out
    },
    firstNeeded: (y) => Math.min(nearest(y), far(y)),
  }
}

function acrossBy(
  exports: ColourExports,
  component: PlaneComponent,
  finest: PlaneComponent,
  out: number,
  isSmooth: boolean,
): (row: number) => number {
  const factor = finest.scaleX / component.scaleX
  if (factor === 1) return (row) => row
  const { width } = component
  if (factor === 2) {
    const upsample = isSmooth ? exports.upsampleAcross : exports.upsampleTwice
    return (row) => {
      upsample(row, out, width)
      return out
    }
  }
  const step = Math.round(65536 / factor)
  const phase = Math.floor(((finest.originX + 0.5) / factor - component.originX) * 65536)
  return (row) => {
    exports.upsampleNearest(row, out, finest.width, step, phase, width - 1)
    return out
  }
}
