/** Gradient and cellular noise on an endless plane. All functions are pure: the same seed gives the same world on every machine. */

const ACROSS = 0x27d4eb2d
const DOWN = 0x165667b1

/** A well-mixed 32-bit hash of a lattice point (the finaliser of MurmurHash3 over a linear combination). */
export function hash(x: number, y: number, seed: number): number {
  let h = Math.imul(x, ACROSS) ^ Math.imul(y, DOWN) ^ Math.imul(seed, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** The hash of a lattice point as a number in [0, 1). */
export function random(x: number, y: number, seed: number): number {
  return hash(x, y, seed) / 4294967296
}

/** Sixteen directions round the circle, cosine and sine in turn. */
const DIRECTIONS = Float64Array.from({ length: 32 }, (_, i) => (i % 2 ? Math.sin : Math.cos)(((i >> 1) + 0.5) * (Math.PI / 8)))

/** Slope of a lattice point's gradient seen from (dx, dy). A shorter mix than `hash`: five bits of it are enough, and most time goes here. */
function slope(key: number, dx: number, dy: number): number {
  const mixed = Math.imul(key ^ (key >>> 15), 0x85ebca6b)
  const i = ((mixed ^ (mixed << 9)) >>> 27) & 30
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
  const key = (Math.imul(ix, ACROSS) + Math.imul(iy, DOWN) + Math.imul(seed, 0x9e3779b1)) | 0
  const top = slope(key, dx, dy)
  const topRight = slope((key + ACROSS) | 0, dx - 1, dy)
  const bottom = slope((key + DOWN) | 0, dx, dy - 1)
  const bottomRight = slope((key + (ACROSS + DOWN)) | 0, dx - 1, dy - 1)
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

/** The nearest feature point of a jittered grid: how far (in cells), which cell, and the way from the point. */
export type Cell = { distance: number; id: number; dx: number; dy: number }

/**
 * Cellular noise, exact up to half a cell from a feature point and larger than that beyond. The points keep 0.15 cells from their
 * cells' borders, so four cells are enough to look at. Writes into `cell`, so that millions of look-ups allocate nothing.
 */
export function cellular(x: number, y: number, seed: number, cell: Cell): Cell {
  const ix = Math.floor(x - 0.5)
  const iy = Math.floor(y - 0.5)
  let nearest = 9
  for (let j = iy; j <= iy + 1; j++) {
    for (let i = ix; i <= ix + 1; i++) {
      const id = hash(i, j, seed)
      const dx = x - (i + 0.15 + (0.7 * (id & 0xffff)) / 65536)
      const dy = y - (j + 0.15 + (0.7 * (id >>> 16)) / 65536)
      const squared = dx * dx + dy * dy
      if (squared >= nearest) continue
      nearest = squared
      cell.id = id
      cell.dx = dx
      cell.dy = dy
    }
  }
  cell.distance = Math.sqrt(nearest)
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
