import { fbm, mix, noise, random, smoothstep } from '../noise.ts'
import type { Fruit } from './fruit-shape.ts'
import type { Hit } from './ray.ts'

/** How a surface takes light: its colour in linear RGB, how much it mirrors head-on, and how blurred. */
export type Surface = { r: number; g: number; b: number; mirror: number; rough: number }

function set(surface: Surface, r: number, g: number, b: number, mirror: number, rough: number): void {
  surface.r = r
  surface.g = g
  surface.b = b
  surface.mirror = mirror
  surface.rough = rough
}

/** Noise in space, from three planes of it. */
function solid(x: number, y: number, z: number, seed: number): number {
  return (noise(x, y, seed) + noise(y + 7.3, z - 2.1, seed + 1) + noise(z + 3.7, x - 5.9, seed + 2)) * 0.6
}

/** Tilts the normal by the slope of fine noise: pores and dimples of `scale` to the metre. */
function pit(hit: Hit, x: number, y: number, z: number, scale: number, depth: number, seed: number): void {
  const here = solid(x * scale, y * scale, z * scale, seed)
  const e = 0.12
  const dx = solid(x * scale + e, y * scale, z * scale, seed) - here
  const dy = solid(x * scale, y * scale + e, z * scale, seed) - here
  const dz = solid(x * scale, y * scale, z * scale + e, seed) - here
  hit.nx -= depth * dx
  hit.ny -= depth * dy
  hit.nz -= depth * dz
  const length = Math.sqrt(hit.nx * hit.nx + hit.ny * hit.ny + hit.nz * hit.nz)
  hit.nx /= length
  hit.ny /= length
  hit.nz /= length
}

function appleSkin(fruit: Fruit, x: number, y: number, z: number, cosine: number, surface: Surface): void {
  const around = Math.atan2(x * fruit.axis[2] - z * fruit.axis[0] + z, x)
  const streak = 0.5 + 0.5 * noise(around * 9, cosine * 1.4, fruit.seed) + 0.3 * noise(around * 26, cosine * 2, fruit.seed + 1)
  const blush = smoothstep(
    0.05,
    0.85,
    0.62 + 0.45 * solid(x * 16, y * 16, z * 16, fruit.seed + 2) + 0.3 * (streak - 0.5) - 0.5 * smoothstep(0.7, 1, cosine),
  )
  const dots = smoothstep(0.55, 0.75, solid(x * 420, y * 420, z * 420, fruit.seed + 3))
  const lift = 1 + 0.9 * dots
  set(surface, mix(0.5, 0.34, blush) * lift, mix(0.36, 0.022, blush) * lift + 0.06 * dots, mix(0.06, 0.02, blush) * lift, 0.045, 0.05)
}

/** Colour and relief of a fruit's skin at the hit, which is (x, y, z) from the fruit's middle. `fine` fades relief that would be blurred. */
export function skin(fruit: Fruit, hit: Hit, x: number, y: number, z: number, fine: number, surface: Surface): void {
  const cosine = (x * fruit.axis[0] + y * fruit.axis[1] + z * fruit.axis[2]) / Math.sqrt(x * x + y * y + z * z)
  const cloud = solid(x * 30, y * 30, z * 30, fruit.seed)
  if (fruit.kind === 'orange') {
    set(surface, 0.7 + 0.06 * cloud, 0.155 + 0.03 * cloud, 0.012, 0.045, 0.22)
    if (cosine > 0.995) set(surface, 0.14, 0.12, 0.04, 0.02, 0.5)
    if (fine > 0.05) pit(hit, x, y, z, 520, 1.1 * fine, fruit.seed + 5)
  } else if (fruit.kind === 'lemon') {
    const green = smoothstep(0.86, 1, Math.abs(cosine))
    set(surface, mix(0.72, 0.5, green) + 0.05 * cloud, mix(0.42, 0.37, green) + 0.04 * cloud, 0.06, 0.045, 0.2)
    if (fine > 0.05) pit(hit, x, y, z, 430, 1.0 * fine, fruit.seed + 5)
  } else if (fruit.kind === 'apple') appleSkin(fruit, x, y, z, cosine, surface)
  else {
    const bloom = 0.5 + 0.5 * solid(x * 260, y * 260, z * 260, fruit.seed)
    const crown = smoothstep(0.86, 0.9, cosine) * 0.7
    const level = mix(0.4, 1.25, bloom) * (1 - crown)
    set(surface, 0.035 * level, 0.045 * level, 0.11 * level, 0.03, 0.4)
  }
}

const PLANK = 0.125

/** Oiled oak: planks along z, each with its own run of year rings, pores, and dark gaps between. */
export function wood(x: number, z: number, blur: number, seed: number, surface: Surface): void {
  const plank = Math.floor(x / PLANK)
  const across = x / PLANK - plank
  const own = random(plank, 5, seed)
  const bend = 0.035 * fbm(x * 3 + own * 40, z * 1.3, seed + 1, 3)
  const rings = Math.sin((x + bend + own) * 330 + 9 * fbm(x * 11, z * 1.1 + own * 9, seed + 2, 3))
  const fine = 1 - smoothstep(0.0006, 0.005, blur)
  const fibre = fine > 0 ? fine * (noise(x * 900, z * 26, seed + 3) + 0.6 * noise(x * 2100, z * 60, seed + 4)) : 0
  const pores = fine > 0 ? fine * smoothstep(0.42, 0.8, noise(x * 1150, z * 42, seed + 6)) : 0
  const rough = 1 - smoothstep(0.002, 0.012, blur)
  const tone =
    (0.62 + 0.6 * own) * (1 + 0.3 * rings * rough + 0.3 * fbm(x * 5, z * 0.9 + own * 7, seed + 5, 3)) * (1 + 0.26 * fibre - 0.55 * pores)
  const soft = 0.012 + blur / PLANK
  const gap = smoothstep(0, soft, across) * smoothstep(0, soft, 1 - across)
  const level = tone * mix(0.25, 1, gap)
  set(surface, 0.165 * level, 0.084 * level, 0.041 * level, 0.035, 0.16 + 0.08 * fibre)
}

/** Off-white stoneware with small dark specks. */
export function glaze(x: number, y: number, z: number, surface: Surface): void {
  const speck = smoothstep(0.62, 0.74, solid(x * 260, y * 260, z * 260, 77))
  const level = (0.7 + 0.05 * solid(x * 22, y * 60, z * 22, 78)) * (1 - 0.75 * speck)
  set(surface, level, level * 0.95, level * 0.86, 0.05, 0.035)
}
