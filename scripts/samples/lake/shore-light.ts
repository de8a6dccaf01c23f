import { beach, bedColour, stoneAt, TALLEST_STONE, type Stone } from './shore.ts'
import { SKYLIGHT, SUN, SUNLIGHT } from './sky.ts'
import { smoothstep } from '../noise.ts'

const stone: Stone = { height: 0, id: 0 }
const colour = new Float32Array(3)

/** Height of the near shore with its stones; 0 or less is under water. */
export function shoreHeight(x: number, z: number, seen: number, seed: number): number {
  const ground = beach(x, z, seed)
  if (ground + TALLEST_STONE < Math.max(0, seen)) return ground
  return ground + stoneAt(x, z, Math.max(0, seen) - ground, seed, stone).height
}

function relief(x: number, z: number, seed: number): number {
  return beach(x, z, seed) + stoneAt(x, z, -1, seed, stone).height
}

/**
 * Light from the bed at a point, under water or dry, before the water dims it. `pixel` is its width in metres,
 * `y` the height at which the ray meets it: on a stone's steep side the texture must not run down in stripes.
 */
export function shadeShore(x: number, y: number, z: number, pixel: number, light: Float32Array, at: number, seed: number): void {
  const step = Math.max(0.012, pixel)
  const right = relief(x + step, z, seed)
  const behind = relief(x, z + step, seed)
  const height = relief(x, z, seed)
  const rx = (right - height) / step
  const rz = (behind - height) / step
  const cover = stone.height
  bedColour(x, y, z, stone, 1 - smoothstep(0.01, 0.06, pixel), seed, colour)
  const facing = Math.max(0, (-rx * SUN[0] + SUN[1] - rz * SUN[2]) / Math.hypot(rx, 1, rz))
  const towards = facing > 0 ? relief(x + SUN[0] * 0.22, z + SUN[2] * 0.22, seed) - height : 0
  const sun = facing * (1 - smoothstep(0.02, 0.14, towards - 0.22 * SUN[1])) * 0.9
  const open = 0.35 + 0.65 * smoothstep(0, 0.12, cover)
  const wet = 0.5 + 0.5 * smoothstep(0.02, 0.09, height)
  for (let c = 0; c < 3; c++) light[at + c] = wet * colour[c]! * (sun * SUNLIGHT[c]! + open * 1.2 * (SKYLIGHT[c]! + 0.06 * SUNLIGHT[c]!))
}
