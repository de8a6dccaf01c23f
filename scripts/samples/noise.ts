/** Gradient and cellular noise on an endless plane. All functions are pure: the same seed gives the same world on every machine. */

/** A well-mixed 32-bit hash of a lattice point (the finaliser of MurmurHash3 over a linear combination). */
export function hash(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** The hash of a lattice point as a number in [0, 1). */
export function random(x: number, y: number, seed: number): number {
  return hash(x, y, seed) / 4294967296
}

/** Slope of the lattice point's gradient seen from (dx, dy): one of sixteen directions round the circle. */
const DIRECTIONS = Float64Array.from({ length: 32 }, (_, i) => (i % 2 ? Math.sin : Math.cos)(((i >> 1) + 0.5) * (Math.PI / 8)))

function slope(x: number, y: number, seed: number, dx: number, dy: number): number {
  const i = (hash(x, y, seed) >>> 27) & 30
  return DIRECTIONS[i]! * dx + DIRECTIONS[i + 1]! * dy
}

/** Perlin's gradient noise, about -1 to 1, with the quintic fade that keeps its second derivative continuous. */
export function noise(x: number, y: number, seed: number): number {
  const ix = Math.floor(x)
  const iy = Math.floor(y)
  const dx = x - ix
  const dy = y - iy
  const u = dx * dx * dx * (dx * (dx * 6 - 15) + 10)
  const v = dy * dy * dy * (dy * (dy * 6 - 15) + 10)
  const top = slope(ix, iy, seed, dx, dy)
  const topRight = slope(ix + 1, iy, seed, dx - 1, dy)
  const bottom = slope(ix, iy + 1, seed, dx, dy - 1)
  const bottomRight = slope(ix + 1, iy + 1, seed, dx - 1, dy - 1)
  const upper = top + (topRight - top) * u
  const lower = bottom + (bottomRight - bottom) * u
  return 1.4 * (upper + (lower - upper) * v)
}

/** Fractal sum of noise, about -1 to 1. Each octave is turned a little, so that the lattice does not show. */
export function fbm(x: number, y: number, seed: number, octaves: number, gain = 0.5): number {
  let sum = 0
  let weight = 1
  let total = 0
  for (let octave = 0; octave < octaves; octave++) {
    sum += weight * noise(x, y, seed + octave)
    total += weight
    weight *= gain
    const turned = 1.6 * x - 1.2 * y
    y = 1.2 * x + 1.6 * y
    x = turned
  }
  return sum / total
}

/** Ridged multifractal, 0 to 1: sharp crests, and detail only where there is already height, as weathered mountains have it. */
export function ridged(x: number, y: number, seed: number, octaves: number): number {
  let sum = 0
  let amplitude = 0.5
  let previous = 1
  for (let octave = 0; octave < octaves; octave++) {
    const crest = 1 - Math.abs(noise(x, y, seed + octave))
    const ridge = crest * crest
    sum += amplitude * ridge * previous
    previous = ridge
    amplitude *= 0.5
    const turned = 1.6 * x - 1.2 * y
    y = 1.2 * x + 1.6 * y
    x = turned
  }
  return sum
}

/** The nearest feature point of a jittered grid: how far (in cells), which cell, and where its point is. */
export type Cell = { distance: number; second: number; id: number; dx: number; dy: number }

/** Cellular noise. Writes into `cell`, so that millions of look-ups allocate nothing. */
export function cellular(x: number, y: number, seed: number, cell: Cell): Cell {
  const ix = Math.floor(x)
  const iy = Math.floor(y)
  cell.distance = 9
  cell.second = 9
  for (let j = iy - 1; j <= iy + 1; j++) {
    for (let i = ix - 1; i <= ix + 1; i++) {
      const id = hash(i, j, seed)
      const dx = x - (i + 0.15 + (0.7 * (id & 0xffff)) / 65536)
      const dy = y - (j + 0.15 + (0.7 * (id >>> 16)) / 65536)
      const squared = dx * dx + dy * dy
      if (squared < cell.distance) {
        cell.second = cell.distance
        cell.distance = squared
        cell.id = id
        cell.dx = dx
        cell.dy = dy
      } else if (squared < cell.second) cell.second = squared
    }
  }
  cell.distance = Math.sqrt(cell.distance)
  cell.second = Math.sqrt(cell.second)
  return cell
}

/** Hermite step from 0 at `low` to 1 at `high`. */
export function smoothstep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)))
  return t * t * (3 - 2 * t)
}

export function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t
}
