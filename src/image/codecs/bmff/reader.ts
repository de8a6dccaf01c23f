import { propertyBytes } from '../../engine/bmff/picture.ts'
import type { Item } from '../../engine/bmff/items.ts'
import { conversionByCodePoints } from '../../icc/code-points.ts'
import type { Conversion } from '../../icc/conversion.ts'
import { isRgbProfile } from '../../icc/profile.ts'
import { conversionByProfile, MAX_PROFILE_BYTES } from '../../icc/remembered.ts'
import { bmffHasC2pa, bmffHasGainMap, exifOfBmff, xmpOfBmff } from '../../metadata/bmff.ts'
import type { Reader } from '../define.ts'
import type { BmffProbe } from './coded-items.ts'

/** By the profile, else by the code points; `null` when colours are sRGB, or kept. */
export function bmffConversion({ profile, codePoints }: BmffProbe, keepsColours = false): Conversion | null {
  if (profile) return keepsColours && isRgbProfile(profile) ? null : conversionByProfile(profile, 'rgb')
  return codePoints && conversionByCodePoints(codePoints.primaries, codePoints.transfer, 'rgb')
}

/** `colr` of code points, with its header. */
export function codePointsBox(file: Uint8Array, { properties }: Item): Uint8Array | null {
  const box = properties.find(({ type, start }) => type === 'colr' && file[start] === 0x6e) // nclx
  return box ? file.subarray(box.start - 8, box.end) : null
}

type Shared = 'exif' | 'xmp' | 'about' | 'conversion' | 'profile'

/**
 * What readers of HEIF have in common. @param configuration the property that tells how an item is coded. @param bitsOf the bits of each channel, by that
 * property with its header.
 */
export const bmffReader = (
  configuration: 'av1C' | 'hvcC',
  bitsOf: (configuration: Uint8Array) => readonly number[],
): Required<Pick<Reader<BmffProbe>, Shared>> => ({
  exif: exifOfBmff,
  xmp: xmpOfBmff,
  about(
    file,
    {
      colour: {
        cells: [first],
      },
      profile,
    },
  ) {
    const bits = bitsOf((first && propertyBytes(file, first, configuration)) ?? new Uint8Array())
    return {
      bitDepth: bits[0] ?? 8,
      colours: bits.length === 1 ? 'gray' : 'rgb',
      icc: () => profile,
      gainMap: () => (bmffHasGainMap(file) ? 'iso-21496-1' : null),
      hasC2pa: () => bmffHasC2pa(file),
    }
  },
  conversion: (_file, probe) => bmffConversion(probe),
  profile: (_file, { profile }) => (profile && profile.length <= MAX_PROFILE_BYTES && isRgbProfile(profile) ? profile : null),
})
