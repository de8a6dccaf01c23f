import { landHeight, shadeLand, type Land } from './land.ts'
import { mountains } from './mountains.ts'
import type { Frame, PaintColumn, Scene } from '../scene.ts'
import { shadeShore, shoreHeight } from './shore-light.ts'
import { SHORE_END } from './shore.ts'
import { sky, SUN } from './sky.ts'
import { NOTHING, raySlope, shadowMap, walk, walkMirrored, type Camera, type Way } from './terrain.ts'
import { shadeWater, type Mirror } from './water.ts'

const CAMERA: Camera = { height: 1.75, lens: 0.5, horizon: 0.56 }
const START = 3
const END = 13_900

type Rays = { aspect: number; rows: number; tangent: number; pixel: number }

function paintLand(land: Land, rays: Rays, distances: Float32Array, light: Float32Array): void {
  for (let row = 0; row < distances.length; row++) {
    const z = distances[row]!
    const slope = raySlope(CAMERA, row, rays.rows, rays.aspect)
    if (z === NOTHING) sky(rays.tangent, Math.max(0.0005, slope), light, row * 3, land.seed)
    else if (z < SHORE_END) shadeShore(rays.tangent * z, CAMERA.height + slope * z, z, z * rays.pixel, light, row * 3, land.seed)
    else shadeLand(land, rays.tangent * z, z, z * rays.pixel, CAMERA.height, light, row * 3)
  }
}

function lakePainter(land: Land, frame: Frame): PaintColumn {
  const aspect = frame.width / frame.height
  let distances = new Float32Array(0)
  let mirrored = new Float32Array(0)
  let mirror: Mirror = { light: new Float32Array(0), rows: 0, rowsPerSlope: 0, horizonRow: 0 }
  const pixel = (2 * CAMERA.lens) / frame.width
  const way: Way = { from: START, to: END, pace: 3 / (frame.width * frame.samplesPerSide) }
  // Nearer things show up in the water too seldom to walk for them.
  const mirroredWay: Way = { from: SHORE_END, to: END, pace: 1.5 * way.pace }
  const ground = (x: number, z: number, seen: number): number =>
    z < SHORE_END ? shoreHeight(x, z, seen, land.seed) : landHeight(land, x, z, seen)
  return (place, light) => {
    const rows = light.length / 3
    if (distances.length !== rows) {
      const above = Math.ceil(CAMERA.horizon * rows)
      distances = new Float32Array(rows)
      mirrored = new Float32Array(rows)
      mirror = {
        light: new Float32Array(above * 3),
        rows: above,
        rowsPerSlope: (rows * aspect) / (2 * CAMERA.lens),
        horizonRow: CAMERA.horizon * rows,
      }
    }
    const rays: Rays = { aspect, rows, tangent: (2 * place - 1) * CAMERA.lens, pixel }
    walk({ camera: CAMERA, tangent: rays.tangent, aspect, distances }, way, ground)
    walkMirrored({ camera: CAMERA, tangent: rays.tangent, aspect, distances: mirrored }, mirroredWay, ground)
    paintLand(land, rays, mirrored.subarray(0, mirror.rows), mirror.light)
    const horizon = Math.min(rows, Math.ceil(CAMERA.horizon * rows - 0.5))
    paintLand(land, rays, distances.subarray(0, horizon), light)
    for (let row = horizon; row < rows; row++) {
      const slope = raySlope(CAMERA, row, rows, aspect)
      const z = distances[row]!
      const surface = CAMERA.height / -slope
      const x = rays.tangent * z
      if (z < SHORE_END) shadeShore(x, CAMERA.height + slope * z, z, z * pixel, light, row * 3, land.seed)
      else if (z < surface) shadeLand(land, x, z, z * pixel, CAMERA.height, light, row * 3)
      else shadeWater(mirror, rays.tangent, slope, surface, light, row * 3, land.seed)
    }
  }
}

/** An alpine lake in the last hour of sun: snowy ridges, forested shores, mist, clear water over stones. */
export const lake: Scene<Land> = {
  prepare: (seed) => {
    const ground = mountains(seed)
    return { ground, shadow: shadowMap(ground, SUN), seed }
  },
  painter: lakePainter,
  seed: 2,
  grain: 1.1,
  exposure: 1.9,
}
