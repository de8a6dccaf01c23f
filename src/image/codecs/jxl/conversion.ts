import type { JxlHeader } from '../../engine/jxl/header.ts'
import type { Transfer } from '../../engine/jxl/colour-encoding.ts'
import { type Conversion, conversionByCurve } from '../../icc/conversion.ts'
import type { Curve } from '../../icc/curve.ts'
import { hlgCurve, pqCurve } from '../../icc/high-range.ts'
import { conversionByProfile } from '../../icc/remembered.ts'
import { decodeSrgb } from '../../icc/srgb.ts'

/** High dynamic range is bent to fit; television's curve counts as sRGB's, as in other formats. */
const CURVES: Readonly<Record<Extract<Transfer, string>, Curve>> = {
  bt709: decodeSrgb,
  dci: (level) => level ** 2.6,
  hlg: hlgCurve,
  linear: (level) => level,
  pq: pqCurve,
  srgb: decodeSrgb,
  unknown: decodeSrgb,
}

/** How the decoder's levels become sRGB; `null`: they are, or nobody knows. `profile`: what the codestream embeds. */
export function jxlConversion({ colour, isXyb }: JxlHeader, profile: Uint8Array | null): Conversion | null {
  const { hasProfile, isGray, primaries, transfer } = colour
  const channels = isGray ? 'gray' : 'rgb'
  if (hasProfile && !isXyb) return profile && conversionByProfile(profile, channels)
  const curve: Curve = typeof transfer === 'string' ? CURVES[transfer] : (level) => level ** transfer.power
  return primaries && conversionByCurve(primaries, curve, channels)
}
