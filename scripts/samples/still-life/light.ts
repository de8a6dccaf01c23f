import { FILL, room, WINDOW, WINDOW_LIGHT } from './room.ts'
import { glaze, skin, wood, type Surface } from './skins.ts'
import type { Fruit } from './fruit-shape.ts'
import type { Hit, Ray } from './ray.ts'
import { meet, type Still } from './solids.ts'

const surface: Surface = { r: 0, g: 0, b: 0, mirror: 0, rough: 0 }
const shadow: Ray = { x: 0, y: 0, z: 0, dx: 0, dy: 0, dz: 0 }
const met: Hit = { t: 0, nx: 0, ny: 0, nz: 0, what: 'nothing' }
const seen = new Float32Array(3)

const AVERAGE: Record<Fruit['kind'] | 'bowl' | 'table', readonly [number, number, number]> = {
  orange: [0.8, 0.26, 0.02],
  lemon: [0.85, 0.6, 0.05],
  apple: [0.35, 0.06, 0.02],
  berry: [0.03, 0.04, 0.1],
  bowl: [0.68, 0.64, 0.58],
  table: [0.14, 0.075, 0.035],
}

/** A new ray starts this far off the surface, so as not to meet it again at once. */
const CLEARANCE = 4e-4

/** How brightly things in the room are lit on average: stands in for further bounces of light. */
const BOUNCE = 0.42

function aim(x: number, y: number, z: number, dx: number, dy: number, dz: number): void {
  const length = Math.sqrt(dx * dx + dy * dy + dz * dz)
  shadow.x = x
  shadow.y = y
  shadow.z = z
  shadow.dx = dx / length
  shadow.dy = dy / length
  shadow.dz = dz / length
}

/** Light that comes along the aimed ray, in `seen`: the room's, or a rough guess of what a thing in its way sends back. */
function lookAlong(still: Still, blur: number): void {
  meet(still, shadow, met)
  if (met.what === 'nothing') return room(shadow.x, shadow.y, shadow.z, shadow.dx, shadow.dy, shadow.dz, blur, seen)
  const average = AVERAGE[typeof met.what === 'string' ? met.what : met.what.kind]
  const side = 0.14 + 0.86 * Math.max(0, 0.35 * met.ny - 0.9 * met.nx)
  for (let c = 0; c < 3; c++) seen[c] = average[c]! * BOUNCE * side
}

function dress(hit: Hit, x: number, y: number, z: number, blur: number, seed: number): void {
  if (hit.what === 'table') wood(x, z, blur, seed, surface)
  else if (hit.what === 'bowl') glaze(x, y, z, surface)
  else if (hit.what !== 'nothing') skin(hit.what, hit, x - hit.what.x, y - hit.what.y, z - hit.what.z, 1 / (1 + (blur * 900) ** 2), surface)
}

/**
 * Four numbers in [0, 1) that choose the point on the window and the direction of the bounce. Rough surfaces take turns: even samples
 * follow the bounce, odd ones the reflection, each for two.
 */
export type Chances = { window: number; height: number; turn: number; rise: number; even: boolean }

/** Share of the window's light that reaches the point p, which faces (nx, ny, nz), times the angles' cosines. */
function windowAt(still: Still, x: number, y: number, z: number, hit: Hit, gx: number, gy: number, gz: number, chances: Chances): number {
  const wx = WINDOW.x - x
  const wy = WINDOW.low + (WINDOW.high - WINDOW.low) * chances.height - y
  const wz = WINDOW.near + (WINDOW.far - WINDOW.near) * chances.window - z
  const far = Math.sqrt(wx * wx + wy * wy + wz * wz)
  const facing = (hit.nx * wx + hit.ny * wy + hit.nz * wz) / far
  if (facing <= 0 || gx * wx + gy * wy + gz * wz <= 0) return 0
  aim(x, y, z, wx, wy, wz)
  if (meet(still, shadow, met).what !== 'nothing') return 0
  const area = (WINDOW.high - WINDOW.low) * (WINDOW.far - WINDOW.near)
  return (facing * (-wx / far) * area) / (far * far * Math.PI)
}

/** Aims at a direction over the surface, likelier near the normal (Lambert): a point on the unit ball that touches it. */
function aimBounce(x: number, y: number, z: number, hit: Hit, chances: Chances): void {
  const lift = 2 * chances.rise - 1
  const ring = Math.sqrt(1 - lift * lift)
  const turn = 2 * Math.PI * chances.turn
  aim(x, y, z, hit.nx + ring * Math.cos(turn), hit.ny + lift, hit.nz + ring * Math.sin(turn))
}

/** Light from the hit back along the ray, in linear RGB. `blur` is the width that the lens smears the point over, in metres. */
export function shade(still: Still, ray: Ray, hit: Hit, blur: number, chances: Chances, seed: number, out: Float32Array): void {
  const x = ray.x + hit.t * ray.dx
  const y = ray.y + hit.t * ray.dy
  const z = ray.z + hit.t * ray.dz
  const { nx: gx, ny: gy, nz: gz } = hit
  dress(hit, x, y, z, blur, seed)
  const ox = x + gx * CLEARANCE
  const oy = y + gy * CLEARANCE
  const oz = z + gz * CLEARANCE
  const turns = surface.rough > 0.1
  const direct = windowAt(still, ox, oy, oz, hit, gx, gy, gz, chances)
  for (let c = 0; c < 3; c++) out[c] = direct * WINDOW_LIGHT[c]! + 0.05 * FILL[c]!
  if (!turns || chances.even) {
    aimBounce(ox, oy, oz, hit, chances)
    lookAlong(still, 0.5)
    // The window itself was already counted above.
    const most = met.what === 'nothing' ? 0.3 : 9
    for (let c = 0; c < 3; c++) out[c]! += (turns ? 2 : 1) * Math.min(most, seen[c]!)
  }
  out[0]! *= surface.r
  out[1]! *= surface.g
  out[2]! *= surface.b
  if (turns && chances.even) return

  const { mirror, rough } = surface
  const head = -(hit.nx * ray.dx + hit.ny * ray.dy + hit.nz * ray.dz)
  const strength = (turns ? 2 : 1) * (mirror + (1 - mirror) * (1 - Math.min(1, Math.max(0, head))) ** 5 * (1 - rough))
  const jitter = rough * 0.5
  const [jx, jy, jz] = [(chances.turn - 0.5) * jitter, (chances.window - 0.5) * jitter, (chances.rise - 0.5) * jitter]
  aim(ox, oy, oz, ray.dx + 2 * head * hit.nx + jx, ray.dy + 2 * head * hit.ny + jy, ray.dz + 2 * head * hit.nz + jz)
  lookAlong(still, 0.02 + rough)
  for (let c = 0; c < 3; c++) out[c]! += strength * seen[c]!
}
