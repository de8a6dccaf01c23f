import { type Conversion, rgbConversion } from './conversion.ts'
import { levelsOf } from './curve.ts'
import { BT2020_PRIMARIES, P3_PRIMARIES, toXyz, type Primaries } from './primaries.ts'
import { decodeSrgb } from './srgb.ts'

/** ITU-T H.273 table 2: those that are wider than sRGB. */
const WIDE: Readonly<Record<number, Primaries>> = { 9: BT2020_PRIMARIES, 11: P3_PRIMARIES, 12: P3_PRIMARIES }
/** Table 3: the curves of television and sRGB, which photographs have alike. */
const LIKE_SRGB = [1, 2, 6, 13, 14, 15]

/**
 * How pictures whose colours are told by code points become sRGB. The curves of television count as sRGB's, as photographs have it. `null`: they are
 * sRGB, or high dynamic range (PQ, HLG), which stays as it is.
 */
export function conversionByCodePoints({
  primaries,
  transfer,
}: {
  readonly primaries: number
  readonly transfer: number
}): Conversion | null {
  const wide = WIDE[primaries]
  const [toPcs, levels] = [wide && toXyz(wide), levelsOf(decodeSrgb)]
  return toPcs && levels && LIKE_SRGB.includes(transfer) ? rgbConversion([levels, levels, levels], toPcs) : null
}
