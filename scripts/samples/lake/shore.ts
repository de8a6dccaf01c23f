import { cellular, fbm, noise, smoothstep, type Cell } from '../noise.ts'

/** The near shore lies within this distance of the camera, in metres. */
export const SHORE_END = 46
export const TALLEST_STONE = 0.75

const cell: Cell = { distance: 0, id: 0, dx: 0, dy: 0 }

export type Stone = { height: number; id: number }

/** Height of the bare ground in metres: a beach at the lower left that dips slowly under the water to the right. */
export function beach(x: number, z: number, seed: number): number {
  const edge = -0.55 - 0.2 * (z - 5.5) + 0.9 * noise(x / 3.1, z / 3.1, seed + 301) - (z > 18 ? (z - 18) * 0.5 : 0)
  const inland = edge - x
  return Math.max(-3.2, inland * (inland > 0 ? 0.1 : 0.17)) + 0.03 * noise(x * 1.3, z * 1.3, seed + 302)
}

/** One size of stones: the dome of the nearest one, in metres above the bed. */
function domes(x: number, z: number, size: number, chance: number, seed: number, stone: Stone): void {
  cellular(x / size, z / size, seed, cell)
  if (cell.distance > 0.6 || (cell.id & 255) > chance * 255) return
  const turn = cell.id & 0xffff
  const cos = Math.cos(turn)
  const sin = Math.sin(turn)
  const long = cell.dx * cos + cell.dy * sin
  const short = (cell.dy * cos - cell.dx * sin) * 1.35
  const radius = 0.34 + 0.16 * ((cell.id >>> 8) & 255) * (1 / 255)
  const dent = 1 + 0.28 * noise(x * (2.2 / size), z * (2.2 / size), seed + 4)
  const reach = (long * long + short * short) / (radius * radius) / dent
  if (reach >= 1) return
  const height = size * radius * 0.72 * Math.sqrt(1 - reach) * (1 + 0.16 * fbm(x * (4 / size), z * (4 / size), seed + 5, 2))
  if (height <= stone.height) return
  stone.height = height
  stone.id = cell.id
}

/** The stone over a point of the bed, if it rises over `hidden`; `id` stays 0 where sand shows between them. */
export function stoneAt(x: number, z: number, hidden: number, seed: number, stone: Stone): Stone {
  stone.height = 0
  stone.id = 0
  if (hidden < 0.08) domes(x, z, 0.16, 0.95, seed + 310, stone)
  if (hidden < 0.2) domes(x + 7, z - 3, 0.42, 0.62, seed + 320, stone)
  domes(x - 4, z + 9, 1.5, 0.2, seed + 330, stone)
  return stone
}

/** The bed's colour in linear RGB: gray, brown and rusty stones with speckles, darker and browner sand between. */
export function bedColour(x: number, y: number, z: number, stone: Stone, detail: number, seed: number, out: Float32Array): void {
  const shade = 0.075 + 0.17 * (((stone.id >>> 4) & 255) / 255) ** 1.5
  const warm = ((stone.id >>> 12) & 255) / 255
  const grain = 1 + 0.4 * fbm(x * 21 + y * 9, z * 21 + y * 17, seed + 340, 3, 0.65) * detail
  const sand = stone.id === 0
  const level = (sand ? 0.07 : shade) * grain * (0.72 + 0.28 * smoothstep(0, 0.07, stone.height + (sand ? 0.02 : 0)))
  out[0] = level * (1.02 + 0.22 * warm)
  out[1] = level * (0.97 + 0.04 * warm)
  out[2] = level * (0.95 - 0.17 * warm)
}
