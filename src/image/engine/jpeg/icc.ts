import type { Conversion } from '../../icc/conversion.ts'
import { conversionByProfile, MAX_PROFILE_BYTES } from '../../icc/remembered.ts'
import type { JpegHeader } from './header.ts'

/** How a file's colours become sRGB, by the profile in its APP2 segments (ICC.1:2022 annex B.4). `null` when they are, or its profile does not fit them. */
export function jpegConversion(file: Uint8Array, { icc, colour }: JpegHeader): Conversion | null {
  if (icc.length === 0 || colour === 'cmyk' || colour === 'ycck') return null
  const profile = joined(icc.map(({ start, end }) => file.subarray(start, end)))
  return profile && conversionByProfile(profile, colour === 'gray' ? 'gray' : 'rgb')
}

function joined(parts: readonly Uint8Array[]): Uint8Array | null {
  const size = parts.reduce((sum, { length }) => sum + length, 0)
  if (size > MAX_PROFILE_BYTES) return null
  if (parts.length === 1) return parts[0] ?? null
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
