import type { Channels, Conversion } from '../../icc/conversion.ts'
import { conversionByProfile, MAX_PROFILE_BYTES } from '../../icc/remembered.ts'
import { giveBack, joinParts } from '../parts.ts'
import type { JpegHeader } from './header.ts'

/** The channels that a profile must be for. */
const CHANNELS: Readonly<Record<JpegHeader['colour'], Channels>> = { gray: 'gray', ycbcr: 'rgb', rgb: 'rgb', cmyk: 'cmyk', ycck: 'cmyk' }

/** How a file's colours become sRGB, by the profile in its APP2 segments (ICC.1:2022 annex B.4). `null` when they are, or its profile does not fit them. */
export function jpegConversion(file: Uint8Array, { icc, colour }: JpegHeader): Conversion | null {
  const size = icc.reduce((sum, { start, end }) => sum + end - start, 0)
  if (size === 0 || size > MAX_PROFILE_BYTES) return null
  const profile = joinParts(icc.map(({ start, end }) => new Uint8Array(file.subarray(start, end))))
  try {
    return conversionByProfile(profile, CHANNELS[colour])
  } finally {
    giveBack(profile)
  }
}
