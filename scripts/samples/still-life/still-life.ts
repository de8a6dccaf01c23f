import { random } from '../noise.ts'
import { background, lamps } from './room.ts'
import type { Frame, PaintColumn, Scene } from '../scene.ts'
import { profile } from './fruit.ts'
import type { Fruit, Profile } from './fruit-shape.ts'
import type { Hit, Ray } from './ray.ts'
import { group, meet, type Still } from './solids.ts'
import { shade, type Chances } from './light.ts'

const ROUND = profile(() => 1)
const ORANGE = profile((c) => 0.97 + 0.03 * (1 - c * c) - 0.05 * Math.exp((Math.abs(c) - 1) * 60))
const LEMON = profile((c) => 0.86 / Math.sqrt(1.45 - 0.62 * c * c) + 0.2 * Math.exp((Math.abs(c) - 1) * 42))
const APPLE = profile((c) => 0.9 + 0.1 * c - 0.34 * Math.exp((c - 1) * 9) - 0.2 * Math.exp((-1 - c) * 14) - 0.05 * c * c)

type Kind = Fruit['kind']
const PROFILES: Record<Kind, Profile> = { orange: ORANGE, lemon: LEMON, apple: APPLE, berry: ROUND }

function fruit(kind: Kind, x: number, y: number, z: number, radius: number, ax: number, ay: number, az: number, seed: number): Fruit {
  const length = Math.hypot(ax, ay, az)
  return { kind, x, y, z, radius, axis: [ax / length, ay / length, az / length], profile: PROFILES[kind], seed }
}

/** Berries strewn in front: each keeps clear of the ones before it. */
function berries(count: number, seed: number): Fruit[] {
  const strewn: Fruit[] = []
  for (let n = 0; strewn.length < count && n < 400; n++) {
    const radius = 0.0068 + 0.0022 * random(n, 1, seed)
    const x = -0.06 + 0.17 * (random(n, 2, seed) + random(n, 3, seed) - 1)
    const z = -0.165 + 0.1 * (random(n, 4, seed) + random(n, 5, seed) - 1)
    if (strewn.some((other) => Math.hypot(other.x - x, other.z - z) < other.radius + radius)) continue
    strewn.push(fruit('berry', x, radius, z, radius, random(n, 6, seed) - 0.5, 0.5, -random(n, 7, seed), seed + n))
  }
  return strewn
}

function arrange(seed: number): Still {
  const bowl = { x: 0.085, y: 0.142, z: 0.06, outer: 0.152, inner: 0.145, rim: 0.085 }
  const inBowl = [
    fruit('orange', 0.018, 0.074, 0.035, 0.041, -0.5, 0.6, -0.5, seed + 1),
    fruit('orange', 0.104, 0.076, 0.005, 0.042, 0.4, 0.9, -0.2, seed + 2),
    fruit('apple', 0.128, 0.087, 0.092, 0.044, 0.3, 0.9, -0.25, seed + 3),
    fruit('orange', 0.04, 0.086, 0.115, 0.041, 0.1, 0.7, 0.5, seed + 4),
    fruit('apple', 0.066, 0.138, 0.055, 0.041, -0.25, 0.9, -0.3, seed + 5),
  ]
  const lemons = [
    fruit('lemon', -0.115, 0.037, -0.05, 0.0595, 0.95, 0.03, -0.25, seed + 6),
    fruit('lemon', -0.17, 0.037, 0.06, 0.0595, 0.75, 0.05, 0.6, seed + 7),
  ]
  const apart = [fruit('orange', 0.262, 0.0405, -0.02, 0.041, -0.3, 0.6, -0.6, seed + 8)]
  const groups = [inBowl, lemons, apart, berries(26, seed + 30)].map(group)
  return { groups, bowl, table: { far: 0.95 } }
}

const EYE = { x: 0.02, y: 0.235, z: -0.78 }
const LOOK_DOWN = 0.2
const LENS = 0.3
const FOCUS = 0.79
const APERTURE = 0.011
const RAYS = 4

/** Points spread evenly over the unit square (Roberts' R2 sequence), shifted by the pixel's own chance. */
function spread(n: number, shift: number, step: number): number {
  return (shift + n * step) % 1
}

function painter(still: Still, seed: number, frame: Frame): PaintColumn {
  const aspect = frame.width / frame.height
  const field = lamps(seed + 9)
  const ray: Ray = { x: 0, y: 0, z: 0, dx: 0, dy: 0, dz: 0 }
  const hit: Hit = { t: 0, nx: 0, ny: 0, nz: 0, what: 'nothing' }
  const chances: Chances = { window: 0, height: 0, turn: 0, rise: 0, even: true }
  const colour = new Float32Array(3)
  const rays = frame.samplesPerSide > 1 ? RAYS : RAYS * 2
  const [cos, sin] = [Math.cos(LOOK_DOWN), Math.sin(LOOK_DOWN)]
  const take = (px: number, py: number, n: number, a: number, b: number, c: number): void => {
    const reach = APERTURE * Math.sqrt(spread(n, a, 0.7548777))
    const turn = 2 * Math.PI * spread(n, b, 0.5698403)
    const [lx, ly] = [reach * Math.cos(turn), reach * Math.sin(turn)]
    const [fx, fy] = [px * 2 * LENS * FOCUS - lx, py * 2 * LENS * FOCUS - ly]
    const length = Math.hypot(fx, fy, FOCUS)
    ray.x = EYE.x + lx
    ray.y = EYE.y + ly * cos
    ray.z = EYE.z + ly * sin
    ray.dx = fx / length
    ray.dy = (fy * cos - FOCUS * sin) / length
    ray.dz = (fy * sin + FOCUS * cos) / length
    meet(still, ray, hit)
    if (hit.what === 'nothing') return background(field, px, py, colour)
    chances.window = spread(n, c, 0.8191725)
    chances.height = spread(n, a, 0.6710436)
    chances.turn = spread(n, b, 0.5497005)
    chances.rise = spread(n, c, 0.4503)
    chances.even = n % 2 === 0
    const blur = (2 * APERTURE * Math.abs(hit.t - FOCUS)) / FOCUS + (hit.t * 2 * LENS) / frame.width
    shade(still, ray, hit, blur, chances, seed, colour)
  }
  return (place, light) => {
    const rows = light.length / 3
    light.fill(0)
    const side = frame.samplesPerSide
    const column = Math.floor(place * frame.width * side)
    const x = Math.floor(column / side)
    for (let row = 0; row < rows; row++) {
      const py = (0.5 - (row + 0.5) / rows) / aspect
      const y = Math.floor(row / side)
      const [a, b, c] = [random(x, y, seed), random(x, y, seed + 1), random(x, y, seed + 2)]
      // The samples of a pixel share one sequence, so that together they cover lens and window evenly.
      const first = ((column % side) * side + (row % side)) * rays
      for (let n = first; n < first + rays; n++) {
        take(place - 0.5, py, n, a, b, c)
        for (let channel = 0; channel < 3; channel++) light[row * 3 + channel]! += Math.min(4, colour[channel]!) / rays
      }
    }
  }
}

/** Fruit on an oak table by a window, evening lights behind: soft shadows, a wide aperture. */
export const stillLife: Scene<{ readonly seed: number }> = {
  prepare: (seed) => ({ seed }),
  painter: (world, frame) => painter(arrange(world.seed), world.seed, frame),
  seed: 1,
  grain: 1.7,
  exposure: 1.9,
}
