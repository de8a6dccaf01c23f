import { mix, noise, random, smoothstep } from '../noise.ts'
import { shadeShore } from './shore-light.ts'
import { beach, SHORE_END } from './shore.ts'
import { throughAir, SUN } from './sky.ts'

/** What the calm water would show: the column above the horizon as an eye under the surface sees it. */
export type Mirror = { light: Float32Array; rows: number; rowsPerSlope: number; horizonRow: number }

type Wave = { readonly length: number; readonly calm: number; readonly rough: number }

/** The waves by their length in metres, and how steep each is in a calm and in a breezy place. */
const WAVES: readonly Wave[] = [
  { length: 0.35, calm: 0.012, rough: 0.05 },
  { length: 0.9, calm: 0.011, rough: 0.05 },
  { length: 2.3, calm: 0.008, rough: 0.035 },
  { length: 6, calm: 0.004, rough: 0.018 },
]

/** What the deep water sends back, and how fast water takes away red, green and blue, per metre. */
const DEEP = [0.006, 0.035, 0.042] as const
const ABSORPTION = [0.75, 0.24, 0.2] as const
const TAPS = 5

const bed = new Float32Array(3)

/** The surface at a point: how far the waves that a pixel resolves tilt it to the eye, and the spread of those too small to see. */
const surface = { tilt: 0, spread: 0 }

function waves(x: number, z: number, pixelDepth: number, seed: number): void {
  const breeze =
    smoothstep(-0.05, 0.6, noise(x / 260, z / 150, seed + 401) + 0.5 * noise(x / 70, z / 60, seed + 402)) * smoothstep(25, 160, z)
  surface.tilt = 0
  surface.spread = 0
  for (let n = 0; n < WAVES.length; n++) {
    const { length, calm, rough } = WAVES[n]!
    const steepness = mix(calm, rough, breeze)
    const seen = 1 - smoothstep(0.25, 0.9, pixelDepth / length)
    if (seen > 0) surface.tilt += seen * steepness * noise(x / (length * 1.7), z / length, seed + n)
    surface.spread += (1 - seen) * steepness
  }
}

function addMirrored(mirror: Mirror, slope: number, weight: number, light: Float32Array, at: number): void {
  const row = Math.min(mirror.rows - 1.001, Math.max(0, mirror.horizonRow - slope * mirror.rowsPerSlope - 0.5))
  const i = Math.floor(row) * 3
  const part = row - Math.floor(row)
  for (let c = 0; c < 3; c++) light[at + c]! += weight * mix(mirror.light[i + c]!, mirror.light[i + 3 + c]!, part)
}

/** Light from under the surface: the bed of the shallows through `depth` metres of water, on the way down and up. */
function shadeBelow(x: number, z: number, slope: number, pixel: number, tilt: number, light: Float32Array, at: number, seed: number): void {
  const depth = z < SHORE_END ? -beach(x, z, seed) : 9
  let seen = 0
  if (depth < 3) {
    // Snell's law: under the surface the ray is steeper, so the bed lies less than depth / slope further off.
    const forward = Math.max(0, depth) / Math.sqrt((1.78 * (1 + slope * slope)) / 1 - 1)
    shadeShore(x + tilt * depth * 3, -depth, z + forward * (1 + 6 * tilt), pixel, bed, 0, seed)
    seen = 1 - smoothstep(1.6, 3, depth)
  }
  for (let c = 0; c < 3; c++) {
    const clear = seen * Math.exp(-ABSORPTION[c]! * 2.1 * Math.max(0, depth))
    light[at + c] = mix(DEEP[c]!, bed[c]! * 0.8, clear)
  }
}

/** Light from the water surface at distance `z` along the ray (tangent, slope, 1), slope < 0. */
export function shadeWater(mirror: Mirror, tangent: number, slope: number, z: number, light: Float32Array, at: number, seed: number): void {
  const x = tangent * z
  const pixelDepth = z / -slope / mirror.rowsPerSlope
  waves(x, z, pixelDepth, seed)
  const { tilt, spread } = surface
  const grazing = Math.min(1, Math.max(0.004, -slope - tilt * 0.8 + spread * 0.3) / Math.sqrt(1 + slope * slope + tangent * tangent))
  // Schlick's approximation of Fresnel's law for water, whose reflectance at right angles is 0.02.
  const reflectance = 0.02 + 0.98 * (1 - grazing) ** 5
  const below = 1 - reflectance
  light[at] = light[at + 1] = light[at + 2] = 0
  if (below > 0.02) shadeBelow(x, z, slope, z * (1 / mirror.rowsPerSlope), tilt, light, at, seed)
  for (let c = 0; c < 3; c++) light[at + c]! *= below
  const chance = random(Math.round(x * 512), Math.round(z * 512), seed)
  for (let tap = 0; tap < TAPS; tap++) {
    const facet = tilt + spread * ((tap + chance) / TAPS - 0.35) * 1.6
    addMirrored(mirror, Math.abs(-slope + 2 * facet), (reflectance * 0.96) / TAPS, light, at)
  }
  throughAir(light, at, z, (x * SUN[0] + z * SUN[2]) / Math.hypot(x, z), 0)
}
