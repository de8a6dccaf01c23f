import { embedInJxl, exifOfJxl, isJxl, jxlHasC2pa, xmpOfJxl } from '../engine/jxl/container.ts'
import type { ExtraChannel } from '../engine/jxl/header.ts'
import { framesOf, type JxlPicture, readJxl } from '../engine/jxl/picture.ts'
import { deepConverter, deepConverterBytes } from '../engine/pixels/deep.ts'
import { unpremultiply } from '../engine/pixels/pixelwise.ts'
import { profileTablesBytes, toSrgb } from '../engine/pixels/to-srgb.ts'
import { resampleRows, resampleRowsBytes } from '../engine/resample/rows.ts'
import { turnRows, turnRowsBytes } from '../engine/rows/turn.ts'
import { isRgbProfile } from '../icc/profile.ts'
import { storedGeometry } from '../orientation.ts'
import { type Animation, defineCodec, type Probe } from './define.ts'
import { jxlConversion } from './jxl/conversion.ts'
import { encodeJxl, encodeJxlBytes, jxlOptions, QUEUED_EFFORT } from './jxl/encode.ts'
import { decodePicture, decoderBytes, isDeep, isLight } from './jxl/decoder.ts'
import { jxlRows, jxlRowsBytes } from './jxl/rows.ts'

interface JxlProbe extends Probe {
  readonly picture: JxlPicture
}

const isAlpha = ({ kind }: ExtraChannel): boolean => kind === 'alpha'

function probeJxl(file: Uint8Array): JxlProbe {
  const picture = readJxl(file)
  const { width, height, orientation, extra } = picture.header
  return { width, height, orientation, hasAlpha: extra.some(isAlpha), frames: 1, picture }
}

/** The profile that the decoder's levels are in. */
const profileOf = (picture: JxlPicture): Uint8Array | null => (isLight(picture) ? null : picture.profile)

/** The same, where rows may stay in it. */
function keptProfile(picture: JxlPicture): Uint8Array | null {
  const profile = profileOf(picture)
  return profile && isRgbProfile(profile) ? profile : null
}

const conversionOf = (picture: JxlPicture, keepsColours = false) => (keepsColours && keptProfile(picture) ? null : jxlConversion(picture))

function animationOf({ codestream, header, headerEnd }: JxlPicture): Animation | null {
  if (!header.clock) return null
  const shown = [...framesOf(codestream, header, headerEnd)].filter(
    ({ kind, duration, isLast }) => kind === 'shown' && (duration > 0 || isLast),
  )
  const ticks = shown.reduce((sum, { duration }) => sum + duration, 0)
  return { frames: shown.length, durationMs: Math.round((1000 * ticks) / header.clock.ticksPerSecond), plays: header.clock.plays }
}

export const jxl = defineCodec({
  mime: 'image/jxl',
  extension: 'jxl',
  can: { decode: true, encode: true, alpha: true },
  options: jxlOptions,
  sniff: isJxl,
  probe: probeJxl,
  exif: exifOfJxl,
  xmp: xmpOfJxl,
  about: (file, { picture }) => ({
    bitDepth: picture.header.depth.bits,
    colours: picture.header.colour.isGray ? 'gray' : 'rgb',
    icc: () => profileOf(picture),
    animation: () => animationOf(picture),
    hasC2pa: () => jxlHasC2pa(file),
  }),
  conversion: (_file, { picture }) => conversionOf(picture),
  profile: (_file, { picture }) => keptProfile(picture),
  embed: embedInJxl,
  embedsNoProfile: true,
  queuedEffort: QUEUED_EFFORT,
  holdsPicture: true,
  writesExactly: true,
  encode: encodeJxl,
  encodeBytes: encodeJxlBytes,
  async rows(_file, probe, geometry, { core, wasm }) {
    const { picture, orientation } = probe
    const { header, codestream } = picture
    const module = await wasm.jxlDecoder()
    const conversion = conversionOf(picture, geometry.keepsColours)
    const convert = conversion && isDeep(picture) ? deepConverter(core, conversion) : undefined
    const isAssociated = header.extra.find(isAlpha)?.isAssociated ?? false // the first one counts
    const open = () => decodePicture(module, picture, decoderBytes(picture, codestream.length))
    const decoded = jxlRows(core, header, open, { isAssociated, convert })
    const stored = isAssociated && !isDeep(picture) ? unpremultiply(core, decoded) : decoded
    const rows = resampleRows(core, stored, storedGeometry(geometry, probe, orientation))
    return turnRows(core, toSrgb(core, rows, convert ? null : conversion), orientation)
  },
  rowsBytes(probe, geometry, fileBytes) {
    const { picture, orientation, hasAlpha, width } = probe
    const stored = storedGeometry(geometry, probe, orientation)
    const decoding = decoderBytes(picture, fileBytes) + fileBytes + jxlRowsBytes(width)
    const converting = profileTablesBytes(profileOf(picture) !== null) + (isDeep(picture) ? deepConverterBytes(3) : 0)
    return decoding + converting + resampleRowsBytes(probe, stored) + turnRowsBytes(stored, orientation, !hasAlpha)
  },
})
