import type { Codec, Probe } from './define.ts'
import type { EngineName } from './stages.ts'
import { roundSide, wholeImage, type Geometry, type Rectangle } from '../geometry.ts'
import type { GainMap } from '../metadata/gain-map/find.ts'
import { compose, type Orientation, turnGeometry, uprightShape } from '../orientation.ts'
import { operation, type OperationName, type Step } from '../plan.ts'
import type { Shape } from '../raster.ts'

/** Why a result has no gain map: the first step that would make it untrue, or something else. */
export type DroppedBy =
  | OperationName
  /** The output's format has none. */
  | 'format'
  /** The file's map cannot be read, or is none for its picture. */
  | 'damage'
  /** The picture is of inks. */
  | 'colours'
  /** Both together take more memory than a run may have. */
  | 'memory'
  /** The second engine leaves it out. */
  | 'engine'

/** A gain map that goes through a plan beside its picture. */
export interface KeptMap {
  readonly map: GainMap
  /** How its stored pixels are turned. */
  readonly orientation: Orientation
  /** What is left of it, in its own upright pixels. */
  readonly geometry: Geometry
}

/** What becomes of the gain map of a source; `null` when it has none. */
export type GainMapPlan = { readonly kept: KeptMap } | { readonly droppedBy: DroppedBy } | null

/** Work on a file with a gain map. */
interface Work {
  readonly steps: readonly Step[]
  readonly file: Uint8Array
  /** Of the source. */
  readonly codec: Codec
  readonly probe: Probe
  readonly isSameFormat: boolean
  readonly engine: EngineName
}

/** Whether the map stays true behind a step: one that cuts, scales or turns does the same to it. */
function keepsMap({ op, params }: Step): boolean {
  const { geometry, symmetry, keepsGainMap } = operation(op)
  return geometry !== undefined || (symmetry?.(params) ?? null) !== null || keepsGainMap === true
}

/** Decides whether the map is kept, and as what. Decodes nothing. */
export function planGainMap({ steps, file, codec, probe, isSameFormat, engine }: Work): GainMapPlan {
  const map = codec.gainMap?.find(file) ?? null
  if (map === null) return null
  if (!isSameFormat) return { droppedBy: 'format' }
  const obstacle = steps.find((step) => !keepsMap(step))
  if (obstacle) return { droppedBy: obstacle.op }
  if (map === 'damaged' || !isOf(map.source.header, probe)) return { droppedBy: 'damage' }
  if (codec.gainMap?.fits(probe) !== true) return { droppedBy: 'colours' }
  if (engine === 'second') return { droppedBy: 'engine' }
  return { kept: { map, ...mapGeometry(steps, probe, map.source.header) } }
}

/** Whether a map may belong to a picture: no larger, and of its aspect ratio as far as whole pixels go. */
const isOf = (map: Shape, picture: Shape): boolean =>
  map.width <= picture.width &&
  map.height <= picture.height &&
  Math.abs(map.width * picture.height - map.height * picture.width) <= 2 * Math.max(picture.width, picture.height)

/** Said of the map, whatever its scale: the same part of the picture to the fraction of a pixel, and the size rounded. */
function mapGeometry(steps: readonly Step[], picture: Probe, map: Shape): Pick<KeptMap, 'orientation' | 'geometry'> {
  const { shown, turn, source } = shownBy(steps, uprightShape(picture, picture.orientation))
  const orientation = compose(picture.orientation, turn)
  const upright = uprightShape(map, orientation)
  const across = (value: number): number => (value * upright.width) / source.width
  const down = (value: number): number => (value * upright.height) / source.height
  const { x, y, width, height } = shown.window
  const window = inside({ x: across(x), y: down(y), width: across(width), height: down(height) }, upright)
  const size = { width: roundSide(across(shown.width)), height: roundSide(down(shown.height)) }
  return { orientation, geometry: { ...size, window, kernel: shown.kernel } }
}

/** Sums of fractions may stand over by their last digit. */
function inside({ x, y, width, height }: Rectangle, image: Shape): Rectangle {
  const [left, top] = [Math.min(Math.max(0, x), image.width), Math.min(Math.max(0, y), image.height)]
  return { x: left, y: top, width: Math.min(width, image.width - left), height: Math.min(height, image.height - top) }
}

/** All cuts and scalings of a plan in one, and its turns in one; the window in pixels of the turned picture, `source`. */
function shownBy(steps: readonly Step[], upright: Shape): { readonly shown: Geometry; readonly turn: Orientation; readonly source: Shape } {
  let [shown, turn, source]: [Geometry, Orientation, Shape] = [wholeImage(upright), 1, upright]
  for (const { op, params } of steps) {
    const { symmetry, geometry, plan } = operation(op)
    const size = { width: shown.width, height: shown.height }
    const next = symmetry?.(params) ?? null
    if (next !== null) {
      shown = turnGeometry(shown, source, next)
      source = uprightShape(source, next)
      turn = compose(turn, next)
    } else shown = geometry ? within(shown, geometry(params, size)) : { ...shown, ...plan(params, size) } // a cut that is not known yet
  }
  return { shown, turn, source }
}

/** What `next` shows of a picture that `shown` has made. */
function within({ window, width, height, kernel }: Geometry, next: Geometry): Geometry {
  const [across, down] = [window.width / width, window.height / height]
  const isScaling = next.width !== next.window.width || next.height !== next.window.height
  return {
    width: next.width,
    height: next.height,
    kernel: isScaling ? next.kernel : kernel,
    window: {
      x: window.x + next.window.x * across,
      y: window.y + next.window.y * down,
      width: next.window.width * across,
      height: next.window.height * down,
    },
  }
}

/** What a response tells of it (RFC 8941): `kept`, or `dropped;by=tint`. */
export const gainMapNote = (plan: Exclude<GainMapPlan, null>): string => ('kept' in plan ? 'kept' : `dropped;by=${plan.droppedBy}`)
