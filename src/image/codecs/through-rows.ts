import type { RowsContext } from '../context.ts'
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
  /** Opens the rows of a page, from 1 on, in the file's own colours. */
  open(file: Uint8Array, probe: P, page: number, context: RowsContext): PixelRows
  /** Upper bound of what `open` holds beside the file while its rows are read. */
  openBytes(probe: P, page: number): number
  /** The ICC profile in the file, and what channels the rows have. */
  readonly icc?: (file: Uint8Array, probe: P) => { readonly profile: Uint8Array; readonly channels: Channels } | null
}

const pageOf = ({ page }: Geometry): number => page ?? 1

/** Cuts, scales, converts and turns stored rows, for one geometry and for several of one page at once. */
export function throughRows<P extends Probe>({
  open,
  openBytes,
  icc,
}: StoredRows<P>): Pick<Codec<never, P>, 'conversion' | 'profile' | 'rows' | 'rowsBytes' | 'pass'> {
  const profileOf = (file: Uint8Array, probe: P): Uint8Array | null => {
    const found = icc?.(file, probe)
    const isKept = found?.channels === 'rgb' && found.profile.length <= MAX_PROFILE_BYTES && isRgbProfile(found.profile)
    return isKept ? found.profile : null
  }
  const conversionOf = (file: Uint8Array, probe: P, keepsColours = false): Conversion | null => {
    const found = icc?.(file, probe)
    return !found || (keepsColours && profileOf(file, probe)) ? null : conversionByProfile(found.profile, found.channels)
  }
  const stagesBytes = (probe: P, stored: Geometry): number =>
    profileTablesBytes(icc !== undefined) + resampleRowsBytes(probe, stored) + turnRowsBytes(stored, probe.orientation, !probe.hasAlpha)
  return {
    conversion: (file, probe) => conversionOf(file, probe),
    profile: profileOf,
    rows(file, probe, geometry, context) {
      const { core } = context
      const stored = storedGeometry(geometry, probe, probe.orientation)
      const rows = resampleRows(core, open(file, probe, pageOf(geometry), context), stored)
      return Promise.resolve(turnRows(core, toSrgb(core, rows, conversionOf(file, probe, geometry.keepsColours)), probe.orientation))
    },
    pass: {
      of: (_probe, geometry) => `page ${pageOf(geometry)}${geometry.keepsColours ? ', kept' : ''}`,
      async decode(file, probe, geometries, context) {
        const { core, pace } = context
        const [first] = geometries
        const mark = core.mark()
        try {
          const conversion = conversionOf(file, probe, first?.keepsColours)
          const branches = geometries.map((geometry) => {
            const stored = storedGeometry(geometry, probe, probe.orientation)
            return {
              stages: (rows: PixelRows) => turnRows(core, toSrgb(core, resampleRows(core, rows, stored), conversion), probe.orientation),
              onlyReads: isResampled(stored),
            }
          })
          return await fanOut(core, open(file, probe, first ? pageOf(first) : 1, context), branches, pace)
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
