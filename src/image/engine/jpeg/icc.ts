import type { Channels, Conversion } from '../../icc/conversion.ts'
import { conversionByProfile, MAX_PROFILE_BYTES } from '../../icc/remembered.ts'
import { isRgbProfile } from '../../icc/profile.ts'
import { giveBack, joinParts } from '../parts.ts'
import type { JpegHeader } from './header.ts'

/** The channels that a profile must be for. */
const CHANNELS: Readonly<Record<JpegHeader['colour'], Channels>> = { gray: 'gray', ycbcr: 'rgb', rgb: 'rgb', cmyk: 'cmyk', ycck: 'cmyk' }

/** The whole profile, in memory of its own. `null` without one, and for one of more than `MAX_PROFILE_BYTES`. */
export function readJpegProfile(file: Uint8Array, { icc }: JpegHeader): Uint8Array | null {
  const size = icc.reduce((sum, { start, end }) => sum + end - start, 0)
  if (size === 0 || size > MAX_PROFILE_BYTES) return null
  return joinParts(icc.map(({ start, end }) => new Uint8Array(file.subarray(start, end))))
}

/** The profile of the file's RGB. */
export function jpegRgbProfile(file: Uint8Array, header: JpegHeader): Uint8Array | null {
  const profile = CHANNELS[header.colour] === 'rgb' ? readJpegProfile(file, header) : null
  return profile && isRgbProfile(profile) ? profile : null
}

/**
 * How a file's colours become sRGB, by the profile in its APP2 segments (ICC.1:2022 annex B.4). `null` when they are, when its profile does not fit them,
 * and when they are kept.
 */
export function jpegConversion(file: Uint8Array, header: JpegHeader, keepsColours = false): Conversion | null {
  const profile = readJpegProfile(file, header)
  if (!profile) return null
  try {
    const channels = CHANNELS[header.colour]
    return keepsColours && channels === 'rgb' && isRgbProfile(profile) ? null : conversionByProfile(profile, channels)
  } finally {
    giveBack(profile)
  }
}
