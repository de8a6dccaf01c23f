import { density, TALLEST_TREE, treeAt, type Tree } from './forest.ts'
import { crags } from './mountains.ts'
import { fbm, mix, noise, smoothstep } from '../noise.ts'
import { SKYLIGHT, SUN, SUNLIGHT, throughAir } from './sky.ts'
import { lookUp, type HeightMap } from './terrain.ts'

export type Land = { readonly ground: HeightMap; readonly shadow: HeightMap; readonly seed: number }

const tree: Tree = { height: 0, share: 0, dx: 0, dz: 0, tint: 0 }

function bare({ ground, seed }: Land, x: number, z: number): number {
  const height = lookUp(ground, x, z)
  return height <= 0 ? height : Math.max(0.02, height + crags(x, z, height, seed) * smoothstep(0, 20, height))
}

/** Height of what one sees at a point, trees included. Where even the tallest tree stays under `seen`, the bare ground will do. */
export function landHeight(land: Land, x: number, z: number, seen: number): number {
  const rough = lookUp(land.ground, x, z)
  if (rough <= 0 || rough + TALLEST_TREE + 15 < seen) return rough
  const height = bare(land, x, z)
  const crowd = density(x, z, height, land.seed)
  return crowd > 0 ? height + treeAt(x, z, crowd, land.seed, tree).height : height
}

/** How much of the sun reaches a point, 0 to 1. The penumbra widens with the height of the crest that casts the shadow. */
function sunAt(land: Land, x: number, z: number, height: number): number {
  return smoothstep(-14, 26, height - lookUp(land.shadow, x, z))
}

const colour = new Float32Array(3)

function set(r: number, g: number, b: number, weight: number): void {
  colour[0] = mix(colour[0]!, r, weight)
  colour[1] = mix(colour[1]!, g, weight)
  colour[2] = mix(colour[2]!, b, weight)
}

/** Colour of the ground itself by height, steepness and chance: meadow, forest floor, scree, rock in strata, snow where it can lie. */
function cover(land: Land, x: number, z: number, height: number, steep: number): void {
  const { seed } = land
  const patches = fbm(x / 120, z / 120, seed + 11, 4)
  const strata = noise(height / 23 + 2.2 * patches, x / 900, seed + 12)
  const stone = 0.15 + 0.05 * strata + 0.07 * patches
  set(stone * 1.12, stone, stone * 0.92, 1)
  const meadow = (1 - smoothstep(620, 1020, height + 220 * patches)) * (1 - smoothstep(0.5, 0.95, steep))
  set(0.075 + 0.05 * patches, 0.085 + 0.03 * patches, 0.028, meadow)
  set(0.3, 0.27, 0.21, 1 - smoothstep(1, 4, height))
  const snowLine = 820 + 230 * patches
  const snow = smoothstep(snowLine - 60, snowLine + 240, height) * (1 - smoothstep(0.95, 1.7, steep + 0.5 * patches))
  set(0.82, 0.85, 0.9, snow)
}

/** Light that a visible point sends to the eye, in linear RGB at `light[at]`. `detail` is the width of a pixel there, in metres. */
export function shadeLand(land: Land, x: number, z: number, detail: number, eye: number, light: Float32Array, at: number): void {
  const height = bare(land, x, z)
  const step = Math.max(5, detail)
  const rx = (bare(land, x + step, z) - bare(land, x - step, z)) / (2 * step)
  const rz = (bare(land, x, z + step) - bare(land, x, z - step)) / (2 * step)
  const steep = Math.hypot(rx, rz)
  cover(land, x, z, height, steep)
  let [nx, ny, nz] = [-rx, 1, -rz]
  let open = 0.55 + 0.45 / (1 + steep)
  const crowd = density(x, z, height, land.seed)
  const crown = treeAt(x, z, crowd, land.seed, tree)
  if (crown.height > 0.8) {
    const tint = 0.8 + 0.7 * crown.tint
    set(0.034 * tint * (1 + 0.5 * crown.tint), 0.046 * tint, 0.017 * tint, 1)
    const seen = 1 / (1 + 0.1 * detail * detail)
    nx = 0.5 * nx + seen * (1.5 * crown.dx + 0.5 * noise(x * 1.7, z * 1.7, 3))
    nz = 0.5 * nz + seen * 1.5 * crown.dz
    ny = 0.8
    open *= mix(0.6, 0.25 + 0.75 * crown.share, seen)
  } else open *= 1 - 0.55 * crowd
  const sun = sunAt(land, x, z, height + crown.height)
  const facing = Math.max(0, (nx * SUN[0] + ny * SUN[1] + nz * SUN[2]) / Math.hypot(nx, ny, nz)) * sun * mix(1, open, 0.5)
  for (let c = 0; c < 3; c++) light[at + c] = colour[c]! * (facing * SUNLIGHT[c]! + open * (SKYLIGHT[c]! + 0.05 * SUNLIGHT[c]!))
  const distance = Math.hypot(x, z)
  const towards = (x * SUN[0] + z * SUN[2]) / distance
  throughAir(light, at, distance, towards, mistBefore(x, z, height + crown.height, distance, eye, land.seed))
}

/** Optical depth of the mist over the lake between the eye and a point: it lies low, in banks. */
function mistBefore(x: number, z: number, height: number, distance: number, eye: number, seed: number): number {
  const banks = smoothstep(-0.35, 0.65, fbm(x / 800, z / 500, seed + 13, 3))
  const low = Math.max(1, height - eye)
  return ((banks * distance) / 9000) * ((1 - Math.exp(-low / 28)) / (low / 28))
}
