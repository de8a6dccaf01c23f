import type { Transfer } from '../../engine/jxl/colour-encoding.ts'
import type { JxlPicture } from '../../engine/jxl/picture.ts'
import { type Conversion, conversionByCurve } from '../../icc/conversion.ts'
import type { Curve } from '../../icc/curve.ts'
import { hlgCurve, pqCurve } from '../../icc/high-range.ts'
import { SRGB_PRIMARIES } from '../../icc/primaries.ts'
import { conversionByProfile } from '../../icc/remembered.ts'
import { decodeSrgb } from '../../icc/srgb.ts'
import { isLight } from './decoder.ts'

const linear: Curve = (level) => level

/** High dynamic range is bent to fit; television's curve counts as sRGB's, as in other formats. */
const CURVES: Readonly<Record<Extract<Transfer, string>, Curve>> = {
  bt709: decodeSrgb,
  dci: (level) => level ** 2.6,
  hlg: hlgCurve,
  linear,
  pq: pqCurve,
  srgb: decodeSrgb,
  unknown: decodeSrgb,
}

/** How the decoder's levels become sRGB; `null`: they are, or nobody knows. */
export function jxlConversion(picture: JxlPicture): Conversion | null {
  const { header, profile } = picture
  const { isGray, primaries, transfer } = header.colour
  const channels = isGray ? 'gray' : 'rgb'
  if (isLight(picture)) return conversionByCurve(SRGB_PRIMARIES, linear, channels)
  if (profile) return conversionByProfile(profile, channels)
  const curve: Curve = typeof transfer === 'string' ? CURVES[transfer] : (level) => level ** transfer.power
  return primaries && conversionByCurve(primaries, curve, channels)
}
