// High dynamic range (ITU-R BT.2100-2) for sRGB, by the curve of ITU-R BT.2390-10 §5.4. Each channel goes by itself: bright colours lose some of their
// strength, as film has it, and none needs a table.
import type { Curve } from './curve.ts'

/** What white paper has, in candela a square metre (ITU-R BT.2408 §2.1): the brightest light of sRGB. */
const WHITE = 203
/** The brightest light that pictures are made for. What is brighter shows as white. */
const PEAK = 1000

const [M1, M2, C1, C2, C3] = [2610 / 16384, (2523 / 4096) * 128, 3424 / 4096, (2413 / 4096) * 32, (2392 / 4096) * 32]

/** PQ (BT.2100 table 4): a level 0 to 1 to light, and back. */
export function lightOfPq(level: number): number {
  const root = level ** (1 / M2)
  return 10_000 * (Math.max(0, root - C1) / (C2 - C3 * root)) ** (1 / M1)
}
export function pqOfLight(light: number): number {
  const power = (light / 10_000) ** M1
  return ((C1 + C2 * power) / (1 + C3 * power)) ** M2
}

const [A, B] = [0.17883277, 1 - 4 * 0.17883277]
const C = 0.5 - A * Math.log(4 * A)

/** HLG (BT.2100 table 5) on a display of `PEAK`, whose gamma is 1.2. */
export function lightOfHlg(level: number): number {
  const scene = level <= 0.5 ? level ** 2 / 3 : (Math.exp((level - C) / A) + B) / 12
  return PEAK * scene ** 1.2
}

/** Light up to `PEAK` to light up to `WHITE`: the dark parts stay as they are, the bright ones bend. */
export function bend(light: number): number {
  const source = pqOfLight(PEAK)
  const most = pqOfLight(WHITE) / source
  const knee = 1.5 * most - 0.5
  const level = Math.min(1, pqOfLight(light) / source)
  if (level < knee) return light
  const t = (level - knee) / (1 - knee)
  const [t2, t3] = [t * t, t * t * t]
  const bent = (2 * t3 - 3 * t2 + 1) * knee + (t3 - 2 * t2 + t) * (1 - knee) + (3 * t2 - 2 * t3) * most
  return lightOfPq(bent * source)
}

/** Levels to the light of sRGB, 0 to 1. */
export const pqCurve: Curve = (level) => bend(lightOfPq(level)) / WHITE
export const hlgCurve: Curve = (level) => bend(lightOfHlg(level)) / WHITE
