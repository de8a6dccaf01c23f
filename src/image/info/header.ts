import type { About, Probe } from '../codecs/define.ts'
import type { RowsContext } from '../context.ts'
import { profileName } from '../icc/profile-name.ts'
import { exifFields } from '../metadata/exif-fields.ts'
import { uprightShape } from '../orientation.ts'
import { codec, type FormatName } from '../plan.ts'
import type { Shape } from '../raster.ts'
import { cameraFields, placeOf } from './exif.ts'
import type { InfoField, PixelField } from './fields.ts'

/** What is told of. */
export interface InfoSource {
  /** The file, or as much of it as has its header. */
  readonly file: Uint8Array
  /** Of the whole file. */
  readonly bytes: number
  readonly format: FormatName
  readonly probe: Probe
  /** What the plan makes of it. */
  readonly result: Shape | null
}

/** Fields that the header tells, each read when it is asked for. */
export type HeaderField = Exclude<InfoField, PixelField>

type Read = (source: InfoSource, about: About | null) => unknown

const exifOf = ({ file, format }: InfoSource, place: boolean) => {
  const exif = codec(format).exif?.(file)
  return exif ? exifFields(exif, { place }) : null
}

const FIELDS: Readonly<Record<HeaderField, Read>> = {
  format: ({ format }) => format,
  mime: ({ format }) => codec(format).mime,
  bytes: ({ bytes }) => bytes,
  width: ({ probe }) => uprightShape(probe, probe.orientation).width,
  height: ({ probe }) => uprightShape(probe, probe.orientation).height,
  storedWidth: ({ probe }) => probe.width,
  storedHeight: ({ probe }) => probe.height,
  orientation: ({ probe }) => probe.orientation,
  frames: ({ probe }, about) => about?.animation?.()?.frames ?? probe.frames,
  durationMs: (_source, about) => about?.animation?.()?.durationMs ?? null,
  loop: (_source, about) => about?.animation?.()?.plays ?? null,
  hasAlpha: ({ probe }) => probe.hasAlpha,
  bitDepth: (_source, about) => about?.bitDepth ?? null,
  colorSpace: (_source, about) => about?.colours ?? null,
  profile(_source, about) {
    const icc = about?.icc?.() ?? null
    return icc && profileName(icc)
  },
  exif: (source) => cameraFields(exifOf(source, false)),
  gainMap: (_source, about) => about?.gainMap?.() ?? null,
  c2pa: (_source, about) => (about?.hasC2pa?.() === true ? 'present' : 'absent'),
  result: ({ result }) => result && { width: result.width, height: result.height },
  gps: (source) => placeOf(exifOf(source, true)),
}

/** The value of a field, as JSON. Decodes nothing. */
export function headerField(name: HeaderField, source: InfoSource, context: Pick<RowsContext, 'core'>): unknown {
  const { format, file, probe } = source
  return FIELDS[name](source, codec(format).about?.(file, probe, context) ?? null)
}
