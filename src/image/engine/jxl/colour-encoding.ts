import type { Chromaticity, Primaries } from '../../icc/primaries.ts'
import { BT2020_PRIMARIES, P3_PRIMARIES, SRGB_PRIMARIES } from '../../icc/primaries.ts'
import type { BitReader } from './bits.ts'

/** How levels stand for light: by a name of H.273, or as the light to a power. */
export type Transfer = 'bt709' | 'linear' | 'srgb' | 'pq' | 'dci' | 'hlg' | 'unknown' | { readonly power: number }

/** What a file says of its colours (ISO/IEC 18181-1 §E.2). */
export interface ColourEncoding {
  readonly isGray: boolean
  /** Whether an ICC profile follows in the codestream, which then counts alone. */
  readonly hasProfile: boolean
  /** `null` where nobody knows them. */
  readonly primaries: Primaries | null
  readonly transfer: Transfer
}

const SRGB: ColourEncoding = { isGray: false, hasProfile: false, primaries: SRGB_PRIMARIES, transfer: 'srgb' }

const [GRAY, XYB, UNKNOWN] = [1, 2, 3]
const CUSTOM = 2

const WHITES: Readonly<Record<number, Chromaticity>> = { 1: [0.3127, 0.329], 10: [1 / 3, 1 / 3], 11: [0.314, 0.351] }
const COLOURS: Readonly<Record<number, Primaries>> = { 1: SRGB_PRIMARIES, 9: BT2020_PRIMARIES, 11: P3_PRIMARIES }
const TRANSFERS: Readonly<Record<number, Transfer>> = { 1: 'bt709', 8: 'linear', 13: 'srgb', 16: 'pq', 17: 'dci', 18: 'hlg' }

export function readColourEncoding(bits: BitReader): ColourEncoding {
  if (bits.flag()) return SRGB
  const hasProfile = bits.flag()
  const space = bits.enumerated()
  const isGray = space === GRAY
  if (hasProfile) return { ...SRGB, isGray, hasProfile }
  if (space === XYB) {
    bits.enumerated() // the rendering intent
    return { isGray, hasProfile, primaries: null, transfer: 'unknown' }
  }
  const whiteKind = bits.enumerated()
  const white = whiteKind === CUSTOM ? chromaticity(bits) : WHITES[whiteKind]
  const colours = isGray ? SRGB_PRIMARIES : primaries(bits)
  const transfer: Transfer = bits.flag() ? { power: 1e7 / bits.bits(24) } : (TRANSFERS[bits.enumerated()] ?? 'unknown')
  bits.enumerated() // the rendering intent
  return { isGray, hasProfile, primaries: white && colours && space !== UNKNOWN ? { ...colours, white } : null, transfer }
}

function primaries(bits: BitReader): Primaries | undefined {
  const kind = bits.enumerated()
  if (kind !== CUSTOM) return COLOURS[kind]
  return { ...SRGB_PRIMARIES, red: chromaticity(bits), green: chromaticity(bits), blue: chromaticity(bits) }
}

/** In millionths, with the sign in the lowest bit. */
function chromaticity(bits: BitReader): Chromaticity {
  const coordinate = (): number => {
    const packed = bits.choice([19], [19, 524_288], [20, 1_048_576], [21, 2_097_152])
    return (packed % 2 === 0 ? packed / 2 : -(packed + 1) / 2) / 1e6
  }
  return [coordinate(), coordinate()]
}
