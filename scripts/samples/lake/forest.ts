import { noise, random, smoothstep } from '../noise.ts'

const SPACING = 7
export const TALLEST_TREE = 27

export type Tree = { height: number; share: number; dx: number; dz: number; tint: number }

function cone(x: number, z: number, seed: number, density: number, tree: Tree): void {
  const ix = Math.floor(x / SPACING)
  const iz = Math.floor(z / SPACING)
  const chance = random(ix, iz, seed)
  if (chance > density) return
  const place = random(ix, iz, seed + 1)
  const size = random(ix, iz, seed + 2)
  const dx = x - (ix + 0.35 + 0.3 * place) * SPACING
  const dz = z - (iz + 0.35 + 0.3 * size) * SPACING
  const tall = 9 + 17 * size * (0.5 + 0.5 * place)
  const radius = 1.5 + tall * 0.105
  const ragged = 1 + 0.5 * noise(x * 1.1, z * 1.1, seed + 3)
  const distance = (Math.hypot(dx, dz) / radius) * ragged
  if (distance > 1) return
  const height = tall * (1 - distance ** 0.85)
  if (height <= tree.height) return
  tree.height = height
  tree.share = height / tall
  tree.dx = dx / radius
  tree.dz = dz / radius
  tree.tint = chance / density
}

/** How densely trees stand, 0 to 1: not on the beach, not on cliffs, not above the tree line, with glades. */
export function density(x: number, z: number, height: number, seed: number): number {
  if (height < 1 || height > 900) return 0
  const glades = noise(x / 260, z / 260, seed + 9) + 0.5 * noise(x / 90, z / 90, seed + 10)
  return smoothstep(1, 5, height) * (1 - smoothstep(480, 820, height + 160 * glades)) * smoothstep(-0.95, -0.35, glades)
}

/** The tree over a point: its height above the ground (0 where none), written into `tree`. Conifers, as cones with ragged edges. */
export function treeAt(x: number, z: number, crowd: number, seed: number, tree: Tree): Tree {
  tree.height = 0
  if (crowd <= 0) return tree
  cone(x, z, seed + 100, crowd, tree)
  cone(x + SPACING / 2, z + SPACING / 2, seed + 200, crowd * 0.9, tree)
  return tree
}
