import { meetRim, meetShell, type Bowl } from './bowl.ts'
import { meetFruit, turnFruit } from './fruit.ts'
import type { Fruit } from './fruit-shape.ts'
import { NEAR, setNormal, type Hit, type Ray } from './ray.ts'

/** A still life. Lengths are in metres; the table's top is y = 0, and it ends at z = far. */
export type Table = { readonly far: number }

/** Fruit that lies together, inside a ball: a ray that misses the ball misses all of it. */
export type Group = {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly radius: number
  readonly fruits: readonly Fruit[]
}

export type Still = { readonly groups: readonly Group[]; readonly bowl: Bowl; readonly table: Table }

export function group(fruits: readonly Fruit[]): Group {
  const middle = (pick: (fruit: Fruit) => number): number => {
    const all = fruits.map(pick)
    return (Math.min(...all) + Math.max(...all)) / 2
  }
  const [x, y, z] = [middle((one) => one.x), middle((one) => one.y), middle((one) => one.z)]
  const radius = Math.max(...fruits.map((one) => Math.hypot(one.x - x, one.y - y, one.z - z) + one.radius))
  return { x, y, z, radius, fruits }
}
function misses(ball: Group, ray: Ray): boolean {
  const x = ray.x - ball.x
  const y = ray.y - ball.y
  const z = ray.z - ball.z
  const b = x * ray.dx + y * ray.dy + z * ray.dz
  const outside = x * x + y * y + z * z - ball.radius * ball.radius
  return outside > 0 && (b > 0 || b * b < outside)
}

/** The first thing that a ray meets. */
export function meet(still: Still, ray: Ray, hit: Hit): Hit {
  hit.t = Infinity
  hit.what = 'nothing'
  if (ray.dy < 0) {
    const t = -ray.y / ray.dy
    if (t > NEAR && ray.z + t * ray.dz < still.table.far) {
      hit.t = t
      hit.what = 'table'
      setNormal(hit, 0, 1, 0)
    }
  }
  meetShell(still.bowl, still.bowl.outer, 1, ray, hit)
  meetShell(still.bowl, still.bowl.inner, -1, ray, hit)
  meetRim(still.bowl, ray, hit)
  let nearest: Fruit | undefined
  for (let g = 0; g < still.groups.length; g++) {
    const { fruits } = still.groups[g]!
    if (misses(still.groups[g]!, ray)) continue
    for (let n = 0; n < fruits.length; n++) {
      const t = meetFruit(fruits[n]!, ray, hit.t)
      if (t >= hit.t) continue
      hit.t = t
      nearest = fruits[n]!
    }
  }
  if (nearest) {
    hit.what = nearest
    turnFruit(nearest, ray, hit)
  }
  return hit
}
