import type { Fruit, Profile } from './fruit-shape.ts'
import { NEAR, setNormal, type Hit, type Ray } from './ray.ts'

export function profile(radius: (cosine: number) => number): Profile {
  const radii = Float64Array.from({ length: 513 }, (_, i) => radius(i / 256 - 1))
  const greatest = Math.max(...radii)
  return radii.map((value) => value / greatest)
}

function swell(fruit: Fruit, x: number, y: number, z: number): number {
  const length = Math.sqrt(x * x + y * y + z * z)
  const cosine = (x * fruit.axis[0] + y * fruit.axis[1] + z * fruit.axis[2]) / length
  const place = Math.min(511.999, Math.max(0, (cosine + 1) * 256))
  const i = place | 0
  const radii = fruit.profile
  return length - fruit.radius * (radii[i]! + (radii[i + 1]! - radii[i]!) * (place - i))
}

/** Distance to a fruit, Infinity if the ray misses it or ends before, at `limit`: steps of most of the gap, inside the ball that surrounds it. */
export function meetFruit(fruit: Fruit, ray: Ray, limit: number): number {
  const x = ray.x - fruit.x
  const y = ray.y - fruit.y
  const z = ray.z - fruit.z
  const b = x * ray.dx + y * ray.dy + z * ray.dz
  const gap = b * b - (x * x + y * y + z * z - fruit.radius * fruit.radius)
  if (gap <= 0) return Infinity
  const root = Math.sqrt(gap)
  const exit = root - b
  let t = Math.max(NEAR, -b - root)
  if (exit < NEAR || t >= limit) return Infinity
  if (fruit.kind === 'berry') return t
  if (t === NEAR && swell(fruit, x, y, z) < 0) return NEAR
  for (let step = 0; step < 40 && t < exit; step++) {
    const distance = swell(fruit, x + t * ray.dx, y + t * ray.dy, z + t * ray.dz)
    if (distance < fruit.radius * 4e-4) return t
    t += distance * 0.85
  }
  return Infinity
}

/** Notes the normal of the fruit where the ray has met it. */
export function turnFruit(fruit: Fruit, ray: Ray, hit: Hit): void {
  const x = ray.x + hit.t * ray.dx - fruit.x
  const y = ray.y + hit.t * ray.dy - fruit.y
  const z = ray.z + hit.t * ray.dz - fruit.z
  const e = fruit.radius * 2e-3
  const here = swell(fruit, x, y, z)
  setNormal(hit, swell(fruit, x + e, y, z) - here, swell(fruit, x, y + e, z) - here, swell(fruit, x, y, z + e) - here)
}
