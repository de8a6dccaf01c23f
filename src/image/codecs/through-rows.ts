import type { RowsContext } from '../context.ts'
import { profileTablesBytes, toSrgb } from '../engine/pixels/to-srgb.ts'
import { resampleRows, resampleRowsBytes } from '../engine/resample/rows.ts'
import { fanOut } from '../engine/rows/fan-out.ts'
import { BAND_ROWS, type PixelRows, rowsBytes } from '../engine/rows/pixel-rows.ts'
import { turnRows, turnRowsBytes } from '../engine/rows/turn.ts'
import { type Geometry, isResampled } from '../geometry.ts'
import { storedGeometry } from '../orientation.ts'
import type { Codec, Probe } from './define.ts'

/** A reader that gives the stored rows of a picture, top to bottom. */
export interface StoredRows<P extends Probe> extends Pick<Codec<never, P>, 'conversion'> {
  /** Opens the rows of a page, from 1 on, in the file's own colours. */
  open(file: Uint8Array, probe: P, page: number, context: RowsContext): PixelRows
  /** Upper bound of what `open` holds beside the file while its rows are read. */
  openBytes(probe: P, page: number): number
  /** Whether the conversion may be one by a profile's table. */
  hasTables(probe: P): boolean
}

const pageOf = ({ page }: Geometry): number => page ?? 1

/** Cuts, scales, converts and turns stored rows, for one geometry and for several of one page at once. */
export function throughRows<P extends Probe>(reader: StoredRows<P>): Pick<Codec<never, P>, 'conversion' | 'rows' | 'rowsBytes' | 'pass'> {
  const { conversion, open, openBytes, hasTables } = reader
  const stagesBytes = (probe: P, stored: Geometry): number =>
    profileTablesBytes(hasTables(probe)) + resampleRowsBytes(probe, stored) + turnRowsBytes(stored, probe.orientation, !probe.hasAlpha)
  return {
    conversion,
    rows(file, probe, geometry, context) {
      const { core } = context
      const stored = storedGeometry(geometry, probe, probe.orientation)
      const rows = resampleRows(core, open(file, probe, pageOf(geometry), context), stored)
      return Promise.resolve(turnRows(core, toSrgb(core, rows, conversion(file, probe, context)), probe.orientation))
    },
    pass: {
      of: (_probe, geometry) => `page ${pageOf(geometry)}`,
      async decode(file, probe, geometries, context) {
        const { core, pace } = context
        const mark = core.mark()
        try {
          const converting = conversion(file, probe, context)
          const branches = geometries.map((geometry) => {
            const stored = storedGeometry(geometry, probe, probe.orientation)
            return {
              stages: (rows: PixelRows) => turnRows(core, toSrgb(core, resampleRows(core, rows, stored), converting), probe.orientation),
              onlyReads: isResampled(stored),
            }
          })
          const [first] = geometries
          return await fanOut(core, open(file, probe, first ? pageOf(first) : 1, context), branches, pace)
        } finally {
          core.release(mark)
        }
      },
      bytes(probe, geometries) {
        const results = geometries.map((geometry) => storedGeometry(geometry, probe, probe.orientation))
        const copies = results.map((stored) => rowsBytes(probe.width, BAND_ROWS) + stored.width * stored.height * 4)
        const [first] = geometries
        const opened = openBytes(probe, first ? pageOf(first) : 1)
        return [...results.map((stored) => stagesBytes(probe, stored)), ...copies].reduce((sum, bytes) => sum + bytes, opened)
      },
    },
    rowsBytes(probe, geometry) {
      return openBytes(probe, pageOf(geometry)) + stagesBytes(probe, storedGeometry(geometry, probe, probe.orientation))
    },
  }
}
