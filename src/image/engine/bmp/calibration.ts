import { type Conversion, conversionByCurves } from '../../icc/conversion.ts'
import type { Chromaticity, Primaries } from '../../icc/primaries.ts'

/** Colours by the header of a V4 or V5 bitmap (BITMAPV4HEADER, `LCS_CALIBRATED_RGB`). */
export interface Calibration {
  readonly primaries: Primaries
  /** By which a level becomes light. */
  readonly gammas: readonly [red: number, green: number, blue: number]
}

const D65: Chromaticity = [0.3127, 0.329]
/** Ones of the fixed points: 2.30 and 16.16. */
const [ENDPOINT, GAMMA] = [2 ** 30, 2 ** 16]

/**
 * Reads the endpoints at `at`, X, Y and Z of red, green and blue, and the three gammas behind. Their sum is white; where each adds up to 1, they are
 * chromaticities, and white is D65. `null` for what is left empty, or means no colours.
 */
export function readCalibration(view: DataView, at: number): Calibration | null {
  const endpoints = [0, 1, 2].map((i) => [0, 4, 8].map((part) => view.getInt32(at + 12 * i + part, true) / ENDPOINT))
  const sums = endpoints.map((xyz) => xyz.reduce((sum, value) => sum + value, 0))
  const gammas = [0, 1, 2].map((i) => view.getUint32(at + 36 + 4 * i, true) / GAMMA)
  if (sums.some((sum) => !(sum > 0.001)) || gammas.some((gamma) => !(gamma >= 0.1 && gamma <= 10))) return null
  const chromaticity = ([x = 0, y = 0, z = 0]: readonly number[]): Chromaticity => [x / (x + y + z), y / (x + y + z)]
  const white = sums.every((sum) => Math.abs(sum - 1) < 0.01)
    ? D65
    : chromaticity([0, 1, 2].map((part) => endpoints.reduce((sum, xyz) => sum + (xyz[part] ?? 0), 0)))
  const [red = D65, green = D65, blue = D65] = endpoints.map(chromaticity)
  const [r = 1, g = 1, b = 1] = gammas
  return { primaries: { white, red, green, blue }, gammas: [r, g, b] }
}

export function conversionByCalibration({ primaries, gammas: [red, green, blue] }: Calibration): Conversion | null {
  return conversionByCurves(primaries, [(level) => level ** red, (level) => level ** green, (level) => level ** blue])
}
