import { random } from '../noise.ts'

const INERTIA = 0.3
const CAPACITY = 6
const DEPOSITION = 0.2
const EROSION = 0.35
const EVAPORATION = 0.02
const GRAVITY = 10
const STEPS = 48

type Drop = { x: number; y: number; dirX: number; dirY: number; speed: number; water: number; sediment: number }

/** Adds `amount` at the four cells round (x, y), by their bilinear weights. */
function deposit(height: Float32Array, size: number, x: number, y: number, amount: number): void {
  const ix = Math.floor(x)
  const iy = Math.floor(y)
  const u = x - ix
  const v = y - iy
  const i = iy * size + ix
  height[i]! += amount * (1 - u) * (1 - v)
  height[i + 1]! += amount * u * (1 - v)
  height[i + size]! += amount * (1 - u) * v
  height[i + size + 1]! += amount * u * v
}

/** Takes `amount` away under a small round brush, so that gullies come out smooth. */
function carve(height: Float32Array, size: number, x: number, y: number, amount: number): void {
  const ix = Math.round(x)
  const iy = Math.round(y)
  if (ix < 2 || iy < 2 || ix >= size - 2 || iy >= size - 2) return
  for (let j = -1; j <= 1; j++)
    for (let i = -1; i <= 1; i++) height[(iy + j) * size + ix + i]! -= amount * (i && j ? 0.07 : i || j ? 0.13 : 0.2)
}

function flow(height: Float32Array, size: number, drop: Drop): boolean {
  const ix = Math.floor(drop.x)
  const iy = Math.floor(drop.y)
  const u = drop.x - ix
  const v = drop.y - iy
  const i = iy * size + ix
  const [a, b, c, d] = [height[i]!, height[i + 1]!, height[i + size]!, height[i + size + 1]!]
  drop.dirX = drop.dirX * INERTIA - ((b - a) * (1 - v) + (d - c) * v) * (1 - INERTIA)
  drop.dirY = drop.dirY * INERTIA - ((c - a) * (1 - u) + (d - b) * u) * (1 - INERTIA)
  const length = Math.hypot(drop.dirX, drop.dirY)
  if (length < 1e-9) return false
  drop.dirX /= length
  drop.dirY /= length
  const x = drop.x + drop.dirX
  const y = drop.y + drop.dirY
  if (x < 2 || y < 2 || x >= size - 3 || y >= size - 3) return false
  const here = a * (1 - u) * (1 - v) + b * u * (1 - v) + c * (1 - u) * v + d * u * v
  const j = Math.floor(y) * size + Math.floor(x)
  const [s, t] = [x - Math.floor(x), y - Math.floor(y)]
  const there =
    height[j]! * (1 - s) * (1 - t) + height[j + 1]! * s * (1 - t) + height[j + size]! * (1 - s) * t + height[j + size + 1]! * s * t
  const fall = here - there
  const capacity = Math.max(fall, 0.002) * drop.speed * drop.water * CAPACITY
  if (fall < 0 || drop.sediment > capacity) {
    const amount = fall < 0 ? Math.min(-fall, drop.sediment) : (drop.sediment - capacity) * DEPOSITION
    drop.sediment -= amount
    deposit(height, size, drop.x, drop.y, amount)
  } else {
    const amount = Math.min((capacity - drop.sediment) * EROSION, fall)
    drop.sediment += amount
    carve(height, size, drop.x, drop.y, amount)
  }
  drop.speed = Math.sqrt(Math.max(0, drop.speed * drop.speed + fall * GRAVITY))
  drop.water *= 1 - EVAPORATION
  drop.x = x
  drop.y = y
  return true
}

/**
 * Hydraulic erosion by single drops of rain (the method of H. T. Beyer, 2015): each runs downhill, takes soil where it is fast and
 * leaves it where it is slow. `height` is a square map in units of its cell width; it is changed in place.
 */
export function erode(height: Float32Array, size: number, drops: number, seed: number): void {
  for (let n = 0; n < drops; n++) {
    const x = 2 + random(n, 1, seed) * (size - 6)
    const y = 2 + random(n, 2, seed) * (size - 6)
    const drop: Drop = { x, y, dirX: 0, dirY: 0, speed: 1, water: 1, sediment: 0 }
    for (let step = 0; step < STEPS && flow(height, size, drop); step++);
  }
}
