import type { RowsContext } from '../context.ts'
import { concat } from '../engine/bytes.ts'
import { giveBack } from '../engine/parts.ts'
import type { Carried } from '../metadata/carried.ts'
import type { GainMap } from '../metadata/gain-map/find.ts'
import type { Codec, Probe } from './define.ts'

/** A result that shows its source as it is, and what it takes along. */
interface Remade {
  /** Of the source and of the result. */
  readonly codec: Codec
  readonly file: Uint8Array
  readonly probe: Probe
  readonly result: Uint8Array
  readonly carried: Carried | null
  /** The source's own gain map, where the result has one. */
  readonly gainMap: GainMap | null
}

/** Marks, lengths and names of what is put into a file. */
const HEADERS_BYTES = 200

/**
 * The source itself with what the result takes along, in the place of a result that has more bytes; `null` when the result is smaller, or the source is in inks
 * or cannot be cut out. Ends the result that it replaces, before it takes memory of its own.
 */
export function sourceItself({ codec, file, probe, result, carried, gainMap }: Remade, context: RowsContext): Uint8Array | null {
  const about = codec.about?.(file, probe, context)
  if (!codec.bare || !about || (about.colours !== 'rgb' && about.colours !== 'gray')) return null
  const hasProfile = Boolean(carried?.icc) || codec.conversion(file, probe, context) !== null
  const parts = codec.bare(file, hasProfile)
  const map = gainMap && codec.bare(gainMap.file, false)
  if (!parts || (gainMap && !map)) return null
  const beside = carried && (carried.exif ?? carried.xmp ?? map) ? carried : null
  const besideBytes = beside ? (beside.exif?.length ?? 0) + (beside.xmp?.length ?? 0) + sizeOf(map ?? []) + HEADERS_BYTES : 0
  if (sizeOf(parts) + besideBytes >= result.length) return null
  giveBack(result)
  const bare = concat(parts)
  if (!beside || !codec.embed) return bare
  const whole = codec.embed(bare, { ...beside, icc: null, gainMap: gainMap && map ? { ...gainMap, file: concat(map) } : null })
  giveBack(bare)
  return whole
}

const sizeOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0)
