import { isTiff, tiffHasC2pa, xmpOfTiff } from '../engine/tiff/directory.ts'
import { deepPaintBytes, paintDeepSamples } from '../engine/tiff/paint-deep.ts'
import { paintSamples } from '../engine/tiff/paint.ts'
import { CHANNELS, readTiff, type TiffPicture } from '../engine/tiff/picture.ts'
import { openSamples, samplesBytes } from '../engine/tiff/samples.ts'
import { paintedRows, paintedRowsBytes } from '../engine/rows/painted.ts'
import { conversionByProfile } from '../icc/remembered.ts'
import { defineReader, type Probe } from './define.ts'
import { throughRows } from './through-rows.ts'

interface TiffProbe extends Probe {
  readonly picture: TiffPicture
}

function probeTiff(file: Uint8Array, page?: number): TiffProbe {
  const picture = readTiff(file, page)
  const { width, height, orientation, alpha, colour, bits, pages } = picture
  return { width, height, orientation, hasAlpha: alpha !== null, frames: pages, isFlat: colour === 'palette' || bits < 4, picture }
}

/** Inks keep their amounts where a profile tells what they look like. */
const keepsInks = ({ colour, icc }: TiffPicture): boolean => colour === 'cmyk' && icc !== null && conversionByProfile(icc, 'cmyk') !== null

export const tiff = defineReader({
  mime: 'image/tiff',
  extension: 'tiff',
  sniff: isTiff,
  exif: (file) => file,
  xmp: xmpOfTiff,
  probe: probeTiff,
  about: (file, { picture: { bits, colour, icc } }) => ({
    bitDepth: bits,
    colours: colour === 'white-is-zero' ? 'gray' : colour === 'palette' ? 'rgb' : colour,
    icc: () => icc,
    hasC2pa: () => tiffHasC2pa(file),
  }),
  ...throughRows<TiffProbe>({
    open(file, { picture, hasAlpha }, _page, { core, warnings }, convert) {
      const samples = openSamples(core, file, picture, warnings)
      const paint = convert ? paintDeepSamples(core, picture, samples, convert) : paintSamples(picture, samples, keepsInks(picture))
      return paintedRows(core, picture, !hasAlpha, paint)
    },
    openBytes: ({ picture }) => paintedRowsBytes(picture) + samplesBytes(picture) + 4 * 65_536 + deepPaintBytes(picture),
    isDeep: ({ picture: { bits } }) => bits > 8,
    icc: (_file, { picture: { icc, colour } }) => (icc && colour !== 'lab' ? { profile: icc, channels: CHANNELS[colour] } : null),
  }),
})
