import { erode } from './erosion.ts'
import { fbm, mix, noise, ridged, smoothstep } from '../noise.ts'
import { heightMap, type HeightMap } from './terrain.ts'

const SIZE = 1024
const SPAN = 14_000
const DROPS = 70_000

/** How far a point lies outside of the lake, in metres; negative on the lake. */
function fromShore(x: number, z: number, seed: number): number {
  const bays = 420 * fbm(x / 1100, z / 1100, seed + 40, 5)
  const main = (Math.hypot((x - 260) / 1500, (z - 900) / 2100) - 1) * 1500
  const headland = 240 - Math.hypot((x + 620) / 1.5, (z - 900) / 0.75)
  return Math.max(main + bays, headland + bays * 0.35)
}

function peak(x: number, z: number, centreX: number, centreZ: number, width: number): number {
  const distance = Math.hypot(x - centreX, z - centreZ) / width
  return Math.exp(-distance * distance)
}

function uplift(x: number, z: number, seed: number): number {
  const outside = fromShore(x, z, seed)
  if (outside < 0) return Math.max(-30, outside * 0.15)
  const bend = 900 * fbm(x / 3500, z / 3500, seed + 20, 2)
  const crests = ridged((x + bend) / 3900, (z - bend) / 3900, seed + 60, 7)
  const range = smoothstep(0, 3600, outside) * (0.55 + 0.45 * smoothstep(1500, 6500, Math.hypot(x, z)))
  const summits = 1.1 * peak(x, z, 1250, 6700, 1500) + 0.75 * peak(x, z, -2900, 7800, 1700) + 0.5 * peak(x, z, 4300, 6000, 1500)
  const hills = 26 * smoothstep(0, 120, outside) + 60 * smoothstep(40, 900, outside) * (0.6 + fbm(x / 420, z / 420, seed + 80, 4))
  const spurs = ridged((x - bend) / 1500, (z + bend) / 1500, seed + 70, 5)
  return hills + range * (1250 * crests * (0.45 + summits) + 900 * summits * (0.25 + spurs))
}

/** An alpine basin: a lake in front of the camera, forested hills round it, high ridges behind, worn by rain. */
export function mountains(seed: number): HeightMap {
  const map = heightMap(SIZE, SPAN)
  const cell = SPAN / SIZE
  for (let iz = 0; iz < SIZE; iz++) {
    for (let ix = 0; ix < SIZE; ix++) map.values[iz * SIZE + ix] = uplift(ix * cell - SPAN / 2, iz * cell, seed) / cell
  }
  erode(map.values, SIZE, DROPS, seed)
  for (let i = 0; i < map.values.length; i++) map.values[i]! *= cell
  return map
}

/** Relief finer than the map's cells: crags where it is high, soft ground below. In metres, to be added to the map's height. */
export function crags(x: number, z: number, height: number, seed: number): number {
  const rough = smoothstep(250, 1000, height)
  if (rough === 0) return 1.5 * noise(x / 40, z / 40, seed)
  const fine = fbm(x / 70, z / 70, seed + 5, 4, 0.55)
  return mix(1.5, 34, rough) * (0.4 - Math.abs(fine))
}
