import { AppError } from '../../errors.ts'
import type { Length } from '../../image/length.ts'
import { step, type Step } from '../../image/plan.ts'

/** Which widths a URL may wish. */
export interface WidthLadder {
  /** In pixels, ascending; empty: any. */
  readonly widths: readonly number[]
  /** What happens to others: the next larger one takes their place (the largest, beyond it), or they are an error. */
  readonly snap: 'up' | 'reject'
}

/**
 * Steps with widths of the ladder. A height beside a width follows in proportion; a height alone is held to the ladder like a width, or it would be a
 * way around it.
 * @param settled steps that stay as they are.
 * @throws AppError `invalid_parameter`, naming the widths.
 */
export function snapSteps(ladder: WidthLadder, steps: readonly Step[], settled: readonly Step[]): readonly Step[] {
  if (ladder.widths.length === 0) return steps
  const others = stepsBeyond(steps, settled)
  return steps.map((one) => (others.includes(one) ? snapStep(ladder, one) : one))
}

function snapStep(ladder: WidthLadder, one: Step): Step {
  switch (one.op) {
    case 'resize':
      return step('resize', { ...one.params, ...snapSides(ladder, one.params.width, one.params.height) })
    case 'cover':
      return step('cover', { ...one.params, ...snapBox(ladder, one.params.width, one.params.height) })
    case 'smartCrop':
      return step('smartCrop', { ...one.params, ...snapBox(ladder, one.params.width, one.params.height) })
    default:
      return one
  }
}

function snapSides(ladder: WidthLadder, width: Length | undefined, height: Length | undefined): { width?: number; height?: number } {
  if (width !== undefined && height !== undefined) return snapBox(ladder, width, height)
  return {
    ...(width !== undefined && { width: snapSide(ladder, 'width', inPixels(ladder, 'width', width)) }),
    ...(height !== undefined && { height: snapSide(ladder, 'height', inPixels(ladder, 'height', height)) }),
  }
}

function snapBox(ladder: WidthLadder, width: Length, height: Length): { width: number; height: number } {
  const [wide, high] = [inPixels(ladder, 'width', width), inPixels(ladder, 'height', height)]
  const snapped = snapSide(ladder, 'width', wide)
  return { width: snapped, height: Math.max(1, Math.round((high * snapped) / wide)) }
}

function snapSide(ladder: WidthLadder, name: string, pixels: number): number {
  const { widths, snap } = ladder
  if (widths.includes(pixels)) return pixels
  if (snap === 'reject') throw refused(ladder, name, String(pixels))
  return widths.find((width) => width >= pixels) ?? (widths.at(-1) as number) // there is one
}

/** What a percentage comes to depends on the picture, and so is none of the ladder. */
function inPixels(ladder: WidthLadder, name: string, side: Length): number {
  if (typeof side === 'number') return side
  throw refused(ladder, name, `${side.percent} % of the ${side.of}`)
}

const refused = ({ widths }: WidthLadder, name: string, received: string): AppError =>
  new AppError('invalid_parameter', {
    field: name,
    reason: `Expected a ${name} of ${widths.join(', ')} pixels without a signature, received ${received}.`,
  })

/** The steps that are none of the others, each of which stands for one. */
export function stepsBeyond(steps: readonly Step[], others: readonly Step[]): readonly Step[] {
  const left = others.map((other) => JSON.stringify(other))
  return steps.filter((one) => {
    const at = left.indexOf(JSON.stringify(one))
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}
