import type { Conversion } from '../../icc/conversion.ts'
import { conversionByCodePoints } from '../../icc/code-points.ts'
import { conversionByCurve } from '../../icc/conversion.ts'
import { type Chromaticity, type Primaries, SRGB_PRIMARIES } from '../../icc/primaries.ts'
import { isRgbProfile } from '../../icc/profile.ts'
import { conversionByProfile } from '../../icc/remembered.ts'
import { decodeSrgb } from '../../icc/srgb.ts'
import type { Core } from '../core.ts'
import { uint32 } from './chunks.ts'
import { readPngHeader, type PngHeader } from './header.ts'
import { MAX_PNG_PROFILE_BYTES, readPngProfile } from './icc.ts'
import type { InflateExports } from './inflater.ts'

/**
 * How a file's colours become sRGB. Of what it says of them the first counts: cICP, iCCP, sRGB, gAMA with cHRM (PNG, third edition, §4.3, table 8). `null`
 * when they are sRGB, when it says nothing, and when they are kept. @throws AppError `invalid_image`.
 */
export function pngConversion(core: Core<InflateExports>, file: Uint8Array, keepsColours = false): Conversion | null {
  const header = readPngHeader(file)
  if (keepsColours && pngRgbProfile(core, file)) return null
  const isGray = header.colourType === 0 || header.colourType === 4
  if (header.cicp.length === 4) return ofCodePoints(header.cicp, isGray)
  if (header.hasIcc) {
    const profile = readPngProfile(core, file, MAX_PNG_PROFILE_BYTES)
    if (profile) return conversionByProfile(profile, isGray ? 'gray' : 'rgb')
  }
  return header.isSrgb ? null : ofGamma(header, isGray)
}

/** The profile of the file's RGB, when nothing counts before it. @throws AppError `invalid_image`. */
export function pngRgbProfile(core: Core<InflateExports>, file: Uint8Array): Uint8Array | null {
  const { colourType, cicp, hasIcc } = readPngHeader(file)
  if (colourType === 0 || colourType === 4 || cicp.length === 4 || !hasIcc) return null
  const profile = readPngProfile(core, file, MAX_PNG_PROFILE_BYTES)
  return profile && isRgbProfile(profile) ? profile : null
}

/** cICP (§11.3.2.6): primaries, transfer, matrix, which must be 0, and whether all levels are used. */
function ofCodePoints([primaries = 0, transfer = 0, matrix, isFull]: Uint8Array, isGray: boolean): Conversion | null {
  return matrix === 0 && isFull === 1 ? conversionByCodePoints(primaries, transfer, isGray ? 'gray' : 'rgb') : null
}

/** gAMA (§11.3.2.2) and cHRM (§11.3.2.1), in units of 1/100,000. Without the first, nobody knows the curve; without the second the colours are sRGB's. */
function ofGamma({ gamma, chromaticities }: PngHeader, isGray: boolean): Conversion | null {
  const exponent = gamma.length === 4 ? 100_000 / uint32(gamma, 0) : NaN
  if (!(exponent >= 0.1 && exponent <= 10)) return null
  const primaries = chromaticities.length === 32 ? readPrimaries(chromaticities) : SRGB_PRIMARIES
  return conversionByCurve(primaries, isSrgbGamma(exponent) ? decodeSrgb : (level) => level ** exponent, isGray ? 'gray' : 'rgb')
}

/** 1/0.45455, which stands for sRGB in files that say no more (§11.3.2.5). */
const isSrgbGamma = (exponent: number): boolean => Math.abs(exponent - 2.2) < 0.01

function readPrimaries(chromaticities: Uint8Array): Primaries {
  const pair = (i: number): Chromaticity => [uint32(chromaticities, i * 8) / 100_000, uint32(chromaticities, i * 8 + 4) / 100_000]
  return { white: pair(0), red: pair(1), green: pair(2), blue: pair(3) }
}
