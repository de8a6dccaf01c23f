import { NEAR, setNormal, type Hit, type Ray } from './ray.ts'

/** A bowl: the lower part of a spherical shell, cut off at its rim. */
export type Bowl = {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly outer: number
  readonly inner: number
  readonly rim: number
}
/** Meets one face of the bowl, the outer (side 1) or the inner (side -1), and notes it when it is nearest. */
export function meetShell(bowl: Bowl, radius: number, side: number, ray: Ray, hit: Hit): void {
  const x = ray.x - bowl.x
  const y = ray.y - bowl.y
  const z = ray.z - bowl.z
  const b = x * ray.dx + y * ray.dy + z * ray.dz
  const gap = b * b - (x * x + y * y + z * z - radius * radius)
  if (gap <= 0) return
  const root = Math.sqrt(gap)
  for (let n = -1; n <= 1; n += 2) {
    const t = n * root - b
    const height = ray.y + t * ray.dy
    if (t < NEAR || t >= hit.t || height > bowl.rim || height < 0) continue
    hit.t = t
    hit.what = 'bowl'
    setNormal(hit, side * (x + t * ray.dx), side * (y + t * ray.dy), side * (z + t * ray.dz))
  }
}

/** Meets the rim between the two faces. */
export function meetRim(bowl: Bowl, ray: Ray, hit: Hit): void {
  const t = (bowl.rim - ray.y) / ray.dy
  if (!(t > NEAR) || t >= hit.t) return
  const squared = (ray.x + t * ray.dx - bowl.x) ** 2 + (ray.z + t * ray.dz - bowl.z) ** 2
  const lift = (bowl.rim - bowl.y) ** 2
  const low = Math.sqrt(Math.max(0, bowl.inner ** 2 - lift))
  const high = Math.sqrt(Math.max(0, bowl.outer ** 2 - lift))
  const across = (Math.sqrt(squared) - low) / (high - low)
  if (across < 0 || across > 1) return
  hit.t = t
  hit.what = 'bowl'
  // The rim is round: its normal leans inward on the inner half and outward on the outer.
  const lean = (1.7 * (across - 0.5)) / Math.sqrt(squared)
  setNormal(hit, lean * (ray.x + t * ray.dx - bowl.x), 0.7, lean * (ray.z + t * ray.dz - bowl.z))
}
