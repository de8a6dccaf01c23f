import type { Geometry } from './geometry.ts'
import { compose, type Orientation, turnGeometry, uprightShape } from './orientation.ts'
import { operation, type Step } from './plan.ts'
import type { Shape } from './raster.ts'

export interface Fused {
  readonly geometry: Geometry
  /** How the decoder turns the upright picture. */
  readonly turn: Orientation
  /** How many steps the decoder does. */
  readonly fused: number
}

/**
 * Joins leading cuts and then one scaling into a single window and size, and the turns by right angles and mirrors before, between and right
 * behind them into one orientation. A cut before a scaling is exact, and so is a symmetry anywhere; what follows works on a small raster
 * and gains nothing by joining.
 */
export function fuse(steps: readonly Step[], whole: Geometry): Fused {
  let [geometry, turn, source]: [Geometry, Orientation, Shape] = [whole, 1, whole]
  let isScaled = false
  for (const [index, { op, params }] of steps.entries()) {
    const symmetry = operation(op).symmetry?.(params)
    if (symmetry) {
      geometry = turnGeometry(geometry, source, symmetry)
      source = uprightShape(source, symmetry)
      turn = compose(turn, symmetry)
      continue
    }
    const next: Geometry | undefined = isScaled ? undefined : operation(op).geometry?.(params, geometry)
    if (!next) return { geometry, turn, fused: index }
    const window = { ...next.window, x: geometry.window.x + next.window.x, y: geometry.window.y + next.window.y }
    geometry = { ...geometry, ...next, window }
    isScaled = next.width !== next.window.width || next.height !== next.window.height
  }
  return { geometry, turn, fused: steps.length }
}
