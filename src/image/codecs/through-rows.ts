import type { RowsContext } from '../context.ts'
import { type ConvertDeep, deepConverter, deepConverterBytes } from '../engine/pixels/deep.ts'
import { profileTablesBytes, toSrgb } from '../engine/pixels/to-srgb.ts'
import { resampleRows, resampleRowsBytes } from '../engine/resample/rows.ts'
import { fanOut } from '../engine/rows/fan-out.ts'
import { BAND_ROWS, type PixelRows, rowsBytes } from '../engine/rows/pixel-rows.ts'
import { turnRows, turnRowsBytes } from '../engine/rows/turn.ts'
import { type Geometry, isResampled } from '../geometry.ts'
import type { Channels, Conversion } from '../icc/conversion.ts'
import { isRgbProfile } from '../icc/profile.ts'
import { conversionByProfile, MAX_PROFILE_BYTES } from '../icc/remembered.ts'
import { storedGeometry } from '../orientation.ts'
import type { Codec, Probe } from './define.ts'

/** A reader that gives the stored rows of a picture, top to bottom. */
export interface StoredRows<P extends Probe> {
  /** Opens the rows of a page, from 1 on, in the file's own colours; those of more than 8 bits through `convert`, where it is given. */
  open(file: Uint8Array, probe: P, page: number, context: RowsContext, convert?: ConvertDeep): PixelRows
  /** Upper bound of what `open` holds beside the file while its rows are read. */
  openBytes(probe: P, page: number): number
  /** Whether a page has more than 8 bits a sample: then `open` converts colours before any bit is lost. */
  readonly isDeep?: (probe: P) => boolean
  /** How colours become sRGB of which a file without a profile tells otherwise. */
  readonly told?: (file: Uint8Array, probe: P, core: RowsContext['core']) => Conversion | null
  /** The ICC profile in the file, and what channels the rows have. */
  readonly icc?: (file: Uint8Array, probe: P) => { readonly profile: Uint8Array; readonly channels: Channels } | null
}

const pageOf = ({ page }: Geometry): number => page ?? 1

/** Cuts, scales, converts and turns stored rows, for one geometry and for several of one page at once. */
export function throughRows<P extends Probe>({
  open,
  openBytes,
  isDeep,
  told,
  icc,
}: StoredRows<P>): Pick<Codec<never, P>, 'conversion' | 'profile' | 'rows' | 'rowsBytes' | 'pass'> {
  const profileOf = (file: Uint8Array, probe: P): Uint8Array | null => {
    const found = icc?.(file, probe)
    const isKept = found?.channels === 'rgb' && found.profile.length <= MAX_PROFILE_BYTES && isRgbProfile(found.profile)
    return isKept ? found.profile : null
  }
  const conversionOf = (file: Uint8Array, probe: P, core: RowsContext['core'], keepsColours = false): Conversion | null => {
    const found = icc?.(file, probe)
    if (!found) return told?.(file, probe, core) ?? null
    return keepsColours && profileOf(file, probe) ? null : conversionByProfile(found.profile, found.channels)
  }
  const stagesBytes = (probe: P, stored: Geometry): number =>
    profileTablesBytes(icc !== undefined || told !== undefined) +
    (isDeep?.(probe) ? deepConverterBytes(4) : 0) +
    resampleRowsBytes(probe, stored) +
    turnRowsBytes(stored, probe.orientation, !probe.hasAlpha)
  /** The rows, and what is left to do of the conversion. */
  function opened(file: Uint8Array, probe: P, geometry: Geometry | undefined, context: RowsContext) {
    const conversion = conversionOf(file, probe, context.core, geometry?.keepsColours)
    const convert = conversion && isDeep?.(probe) ? deepConverter(context.core, conversion) : undefined
    return { rows: open(file, probe, geometry ? pageOf(geometry) : 1, context, convert), conversion: convert ? null : conversion }
  }
  return {
    conversion: (file, probe, { core }) => conversionOf(file, probe, core),
    profile: profileOf,
    rows(file, probe, geometry, context) {
      const { core } = context
      const stored = storedGeometry(geometry, probe, probe.orientation)
      const { rows, conversion } = opened(file, probe, geometry, context)
      return Promise.resolve(turnRows(core, toSrgb(core, resampleRows(core, rows, stored), conversion), probe.orientation))
    },
    pass: {
      of: (_probe, geometry) => `page ${pageOf(geometry)}${geometry.keepsColours ? ', kept' : ''}`,
      async decode(file, probe, geometries, context) {
        const { core, pace } = context
        const mark = core.mark()
        try {
          const { rows: all, conversion } = opened(file, probe, geometries[0], context)
          const branches = geometries.map((geometry) => {
            const stored = storedGeometry(geometry, probe, probe.orientation)
            return {
              stages: (rows: PixelRows) => turnRows(core, toSrgb(core, resampleRows(core, rows, stored), conversion), probe.orientation),
              onlyReads: isResampled(stored),
            }
          })
          return await fanOut(core, all, branches, pace)
        } finally {
          core.release(mark)
        }
      },
      bytes(probe, geometries) {
        const [first] = geometries
        const results = geometries.map((geometry) => storedGeometry(geometry, probe, probe.orientation))
        const copies = results.map((stored) => rowsBytes(probe.width, BAND_ROWS) + stored.width * stored.height * 4)
        const opened = openBytes(probe, first ? pageOf(first) : 1)
        return [...results.map((stored) => stagesBytes(probe, stored)), ...copies].reduce((sum, bytes) => sum + bytes, opened)
      },
    },
    rowsBytes: (probe, geometry) =>
      openBytes(probe, pageOf(geometry)) + stagesBytes(probe, storedGeometry(geometry, probe, probe.orientation)),
  }
}
