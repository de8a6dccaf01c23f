import { AppError } from '../../errors.ts'
import { codestreamOf, exifOfJxl, isJxl, jxlHasC2pa, xmpOfJxl } from '../engine/jxl/container.ts'
import { type JxlHeader, readHeader } from '../engine/jxl/header.ts'
import { readProfileStream } from '../engine/jxl/profile.ts'
import { deepConverter, deepConverterBytes } from '../engine/pixels/deep.ts'
import { unpremultiply } from '../engine/pixels/pixelwise.ts'
import { profileTablesBytes, toSrgb } from '../engine/pixels/to-srgb.ts'
import { resampleRows, resampleRowsBytes } from '../engine/resample/rows.ts'
import { turnRows, turnRowsBytes } from '../engine/rows/turn.ts'
import { isRgbProfile } from '../icc/profile.ts'
import { storedGeometry } from '../orientation.ts'
import { defineReader, type Probe } from './define.ts'
import { jxlConversion } from './jxl/conversion.ts'
import { decodePicture, decoderBytes } from './jxl/decoder.ts'
import { jxlRows, jxlRowsBytes } from './jxl/rows.ts'

interface JxlProbe extends Probe {
  readonly header: JxlHeader
  readonly codestream: Uint8Array
  /** The profile that the decoder's levels are in. */
  readonly profile: Uint8Array | null
}

function probeJxl(file: Uint8Array): JxlProbe {
  const codestream = codestreamOf(file)
  const header = readHeader(codestream)
  const { width, height, orientation, extra } = header
  if (extra.some(({ kind }) => kind === 'black'))
    throw new AppError('unsupported_format', { reason: 'Expected a JPEG XL of gray or RGB, received one of inks.' })
  const profile = header.colour.hasProfile ? readProfileStream(header.rest) : null
  return {
    width,
    height,
    orientation,
    hasAlpha: extra.some(isAlpha),
    frames: 1,
    header,
    codestream,
    profile: header.isXyb ? null : profile,
  }
}

const isAlpha = ({ kind }: JxlHeader['extra'][number]): boolean => kind === 'alpha'

const isDeep = ({ depth }: JxlHeader): boolean => depth.bits > 8

/** The first alpha counts. */
const isAssociated = ({ extra }: JxlHeader): boolean => extra.find(isAlpha)?.isAssociated ?? false

const conversionOf = ({ header, profile }: JxlProbe, keepsColours = false) =>
  keepsColours && profile && isRgbProfile(profile) ? null : jxlConversion(header, profile)

export const jxl = defineReader<JxlProbe>({
  mime: 'image/jxl',
  extension: 'jxl',
  sniff: isJxl,
  probe: probeJxl,
  exif: exifOfJxl,
  xmp: xmpOfJxl,
  about: (file, { header, profile }) => ({
    bitDepth: header.depth.bits,
    colours: header.colour.isGray ? 'gray' : 'rgb',
    icc: () => profile,
    hasC2pa: () => jxlHasC2pa(file),
  }),
  conversion: (_file, probe) => conversionOf(probe),
  profile: (_file, { profile }) => (profile && isRgbProfile(profile) ? profile : null),
  async rows(_file, probe, geometry, { core, wasm }) {
    const { header, codestream, orientation } = probe
    const module = await wasm.jxlDecoder()
    const conversion = conversionOf(probe, geometry.keepsColours)
    const convert = conversion && isDeep(header) ? deepConverter(core, conversion) : undefined
    const decoded = jxlRows(core, header, () => decodePicture(module, codestream, header, decoderBytes(header, codestream.length)), {
      isDeep: isDeep(header),
      isAssociated: isAssociated(header),
      convert,
    })
    const stored = isAssociated(header) && !isDeep(header) ? unpremultiply(core, decoded) : decoded
    const rows = resampleRows(core, stored, storedGeometry(geometry, probe, orientation))
    return turnRows(core, toSrgb(core, rows, convert ? null : conversion), orientation)
  },
  rowsBytes({ header, orientation, hasAlpha, profile, width, height }, geometry, fileBytes) {
    const stored = storedGeometry(geometry, { width, height }, orientation)
    return (
      decoderBytes(header, fileBytes) +
      fileBytes +
      jxlRowsBytes(width) +
      profileTablesBytes(profile !== null) +
      (isDeep(header) ? deepConverterBytes(3) : 0) +
      resampleRowsBytes(header, stored) +
      turnRowsBytes(stored, orientation, !hasAlpha)
    )
  },
})
