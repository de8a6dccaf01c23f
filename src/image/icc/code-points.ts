import { type Conversion, conversionByCurve } from './conversion.ts'
import type { Curve } from './curve.ts'
import { hlgCurve, pqCurve } from './high-range.ts'
import { BT2020_PRIMARIES, P3_PRIMARIES, SRGB_PRIMARIES, type Primaries } from './primaries.ts'
import { decodeSrgb } from './srgb.ts'

/** ITU-T H.273 table 2; others are not converted. */
const PRIMARIES: Readonly<Record<number, Primaries>> = { 1: SRGB_PRIMARIES, 9: BT2020_PRIMARIES, 12: P3_PRIMARIES }

/** Table 3. High dynamic range (16, 18) is bent to fit. Television's curves (1, 6, 14, 15) and what is not said (2) count as sRGB's, which is how such pictures are displayed. */
const TRANSFERS: Readonly<Record<number, Curve>> = {
  1: decodeSrgb,
  2: decodeSrgb,
  4: (level) => level ** 2.2,
  5: (level) => level ** 2.8,
  6: decodeSrgb,
  8: (level) => level,
  13: decodeSrgb,
  14: decodeSrgb,
  15: decodeSrgb,
  16: pqCurve,
  18: hlgCurve,
}

/** How colours that are told by code points become sRGB. `null`: they are, or nobody knows them. */
export function conversionByCodePoints(primaries: number, transfer: number, channels: 'rgb' | 'gray'): Conversion | null {
  const [colours, curve] = [PRIMARIES[primaries], TRANSFERS[transfer]]
  return colours && curve ? conversionByCurve(colours, curve, channels) : null
}
