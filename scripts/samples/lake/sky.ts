import { fbm, mix, smoothstep } from '../noise.ts'

export type Vector = readonly [number, number, number]

export function unit(x: number, y: number, z: number): Vector {
  const length = Math.hypot(x, y, z)
  return [x / length, y / length, z / length]
}

/** The evening's light, in linear RGB: a low sun to the left, a blue sky above, warm haze towards the sun. */
export const SUN: Vector = unit(-0.9, 0.27, -0.06)
export const SUNLIGHT: Vector = [6.2, 3.5, 1.55]
export const SKYLIGHT: Vector = [0.36, 0.5, 0.82]

/** Colour of the air seen along a level ray: golden towards the sun, lilac-blue away from it. `towards` is the cosine to the sun. */
export function airlight(towards: number, out: Float32Array): void {
  const glow = (0.5 + 0.5 * towards) ** 3
  out[0] = mix(0.36, 1.5, glow)
  out[1] = mix(0.44, 0.95, glow)
  out[2] = mix(0.66, 0.62, glow)
}

const air = new Float32Array(3)
const EXTINCTION: Vector = [1.7e-5, 2.7e-5, 4.4e-5]

/** Dims `light` by the air between it and the eye, and adds the air's own light; `mist` is a further optical depth of white haze. */
export function throughAir(light: Float32Array, at: number, distance: number, towards: number, mist: number): void {
  airlight(towards, air)
  for (let c = 0; c < 3; c++) {
    const clear = Math.exp(-EXTINCTION[c]! * distance - mist)
    light[at + c] = light[at + c]! * clear + air[c]! * (1 - clear)
  }
}

/** Density of the cloud sheet over a point of its plane, 0 to 1: long streaks with torn edges. */
function cloud(x: number, z: number, octaves: number, seed: number): number {
  const warp = fbm(x * 0.5, z * 0.5, seed + 31, 3)
  const body = fbm(x * 0.55 + 1.1 * warp, z * 1.05 + 0.8 * warp, seed, octaves, 0.54)
  return smoothstep(-0.07, 0.5, body + 0.22 * fbm(x * 0.17, z * 0.17, seed + 17, 2))
}

/** The sky's light along a ray (x, y, 1), y > 0, in linear RGB. */
export function sky(x: number, y: number, light: Float32Array, at: number, seed: number): void {
  const length = Math.hypot(x, y, 1)
  const up = y / length
  const towards = (x * SUN[0] + y * SUN[1] + SUN[2]) / length
  airlight(towards, air)
  const glow = (0.5 + 0.5 * towards) ** 6
  const high = 1 - Math.exp(-up * 4.6)
  light[at] = mix(air[0]!, 0.13, high) + 1.3 * glow
  light[at + 1] = mix(air[1]!, 0.28, high) + 0.75 * glow
  light[at + 2] = mix(air[2]!, 0.62, high) + 0.3 * glow
  const spread = 1 / (up + 0.045)
  const px = (x / length) * spread
  const pz = spread / length
  const octaves = Math.max(3, 8 - Math.floor(spread / 4))
  const here = cloud(px, pz, octaves, seed)
  if (here <= 0) return
  const lit = Math.exp(-2.1 * cloud(px - 0.16, pz + 0.09, 4, seed))
  const edge = 0.6 + 0.9 * Math.max(0, towards) ** 2
  const veil = here * smoothstep(0.015, 0.16, up) * 0.86
  light[at] = mix(light[at]!, 0.36 + edge * 2.5 * lit, veil)
  light[at + 1] = mix(light[at + 1]!, 0.4 + edge * 1.6 * lit, veil)
  light[at + 2] = mix(light[at + 2]!, 0.54 + edge * 0.95 * lit, veil)
}
