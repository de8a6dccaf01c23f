import { mix } from '../noise.ts'

/** A square height map in metres: x from -span/2 to span/2, z from 0 (the camera) to span. */
export type HeightMap = { readonly size: number; readonly span: number; readonly values: Float32Array<SharedArrayBuffer> }

/** An empty map over shared memory, which the painting threads then read without copying it. */
export function heightMap(size: number, span: number): HeightMap {
  return { size, span, values: new Float32Array(new SharedArrayBuffer(size * size * 4)) }
}

/** Bilinear look-up. Outside of the map its border goes on for ever. */
export function lookUp(map: HeightMap, x: number, z: number): number {
  const { size, values } = map
  const scale = size / map.span
  const cx = Math.min(size - 1.001, Math.max(0, (x + map.span / 2) * scale))
  const cz = Math.min(size - 1.001, Math.max(0, z * scale))
  const ix = Math.floor(cx)
  const iz = Math.floor(cz)
  const i = iz * size + ix
  const u = cx - ix
  const near = values[i]! + (values[i + 1]! - values[i]!) * u
  const far = values[i + size]! + (values[i + size + 1]! - values[i + size]!) * u
  return near + (far - near) * (cz - iz)
}

/**
 * The height below which a point lies in shadow, for a sun that stands to the left: one sweep from left to right, in which each cell
 * takes over its left neighbour's shadow, lowered by the sun's slope. `sun` is the direction to the sun, and its x must be negative
 * and its largest horizontal part.
 */
export function shadowMap(map: HeightMap, sun: readonly [number, number, number]): HeightMap {
  const shadow = heightMap(map.size, map.span)
  const { size, values } = map
  const drop = ((sun[1] / -sun[0]) * map.span) / size
  const shift = sun[2] / -sun[0]
  for (let x = 0; x < size; x++) {
    for (let z = 0; z < size; z++) {
      if (x === 0) {
        shadow.values[z * size] = -1e4
        continue
      }
      const from = Math.min(size - 1.001, Math.max(0, z + shift))
      const iz = Math.floor(from)
      const i = iz * size + x - 1
      const near = Math.max(shadow.values[i]!, values[i]!)
      const far = Math.max(shadow.values[i + size]!, values[i + size]!)
      shadow.values[z * size + x] = mix(near, far, from - iz) - drop
    }
  }
  return shadow
}

/** The camera of a landscape: it looks along +z, level; `lens` is the tangent of half the horizontal field of view. */
export type Camera = { readonly height: number; readonly lens: number; readonly horizon: number }

/** Slope (rise per metre forward) of the ray through the middle of a row. `horizon` is the horizon's place, 0 top to 1 bottom. */
export function raySlope(camera: Camera, row: number, rows: number, aspect: number): number {
  return ((camera.horizon - (row + 0.5) / rows) * 2 * camera.lens) / aspect
}

export const NOTHING = Infinity

/** Height of what stands at (x, z), 0 or less for water. It may skip work when it stays under `seen`, the height that is hidden anyway. */
export type Ground = (x: number, z: number, seen: number) => number

/** Rows of a column, as the walks fill it. */
type Column = { camera: Camera; tangent: number; aspect: number; distances: Float32Array }

/** From where to where a walk goes, in metres, and the length of a step as a share of the distance. */
export type Way = { from: number; to: number; pace: number }

function rowFinder({ camera, aspect, distances }: Column): (slope: number) => number {
  const rowsPerSlope = (distances.length * aspect) / (2 * camera.lens)
  const horizon = camera.horizon * distances.length - 0.5
  return (slope) => Math.min(distances.length, Math.max(0, Math.ceil(horizon - slope * rowsPerSlope)))
}

/**
 * Walks one column away from the camera and notes at which distance each row first meets the ground, NOTHING where it never does.
 * Water is looked through: the caller puts its surface there.
 */
export function walk(column: Column, way: Way, ground: Ground): void {
  const { camera, tangent, aspect, distances } = column
  const rowOf = rowFinder(column)
  distances.fill(NOTHING)
  let top = distances.length
  let steepest = raySlope(camera, distances.length, distances.length, aspect)
  for (let z = way.from; z < way.to && top > 0; z += z * way.pace) {
    const height = ground(tangent * z, z, camera.height + steepest * z)
    const slope = (Math.max(0, height) - camera.height) / z
    if (slope <= steepest) continue
    steepest = slope
    const reached = rowOf(slope)
    if (height <= 0) top = Math.min(top, reached)
    else while (top > reached) distances[--top] = z
  }
}

/**
 * The same for what the water mirrors: an eye as deep under the surface as the camera is above it sees it upright, and of each thing
 * only what stands above the water, so that a farther shore shows under a nearer one.
 */
export function walkMirrored(column: Column, way: Way, ground: Ground): void {
  const { camera, tangent, distances } = column
  const rowOf = rowFinder(column)
  distances.fill(NOTHING)
  let top = -1
  let bottom = -1
  let steepest = 0
  for (let z = way.from; z < way.to && top !== 0; z += z * way.pace) {
    const height = ground(tangent * z, z, steepest * z - camera.height)
    if (height <= 0) continue
    const shore = rowOf(camera.height / z)
    if (top < 0) top = bottom = shore
    while (bottom < shore) distances[bottom++] = z
    const slope = (height + camera.height) / z
    if (slope <= steepest) continue
    steepest = slope
    const reached = rowOf(slope)
    while (top > reached) distances[--top] = z
  }
}
