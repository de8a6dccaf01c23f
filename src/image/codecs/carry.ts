import { giveBack, MAX_RESULT_BYTES } from '../engine/parts.ts'
import { MAX_PROFILE_BYTES } from '../icc/remembered.ts'
import type { RowsContext } from '../context.ts'
import type { Carried, CarriedMap } from '../metadata/carried.ts'
import { exifOfResult, type MetadataKind } from '../metadata/exif.ts'
import { xmpOfResult } from '../metadata/xmp.ts'
import type { Codec, Probe } from './define.ts'

/** What a result takes along. */
export interface CarryWish {
  readonly colours?: 'keep' | undefined
  readonly metadata?: MetadataKind | undefined
}

export const isCarrying = ({ colours, metadata }: CarryWish): boolean => colours !== undefined || metadata !== undefined

const NOTHING = new Uint8Array()
/** EXIF and XMP with their copies. */
const METADATA_BYTES = 300_000

/** Upper bound of what `carry` takes beside a result of at most so many bytes: the result once more, and what is put into it. */
export const carriedBytes = (resultBytes: number): number =>
  Math.min(MAX_RESULT_BYTES, resultBytes) + 2 * MAX_PROFILE_BYTES + METADATA_BYTES

interface Source<P extends Probe> {
  readonly codec: Codec
  readonly file: Uint8Array
  readonly probe: P
  /** Whether the result has the colours of the file. */
  readonly keepsColours: boolean
  /** Its gain map as the result has it. */
  readonly gainMap: CarriedMap | null
}

/** What the wish takes along from a source; `null` when that is nothing. */
export function carriedOf<P extends Probe>(
  encoder: Codec,
  { codec, file, probe, keepsColours, gainMap }: Source<P>,
  wish: CarryWish,
  context: Pick<RowsContext, 'core'>,
): Carried | null {
  if (!encoder.embed || !(isCarrying(wish) || keepsColours)) return null
  const icc = keepsColours ? (codec.profile?.(file, probe, context) ?? null) : null
  const exif = wish.metadata === undefined ? null : exifOfResult(codec.exif?.(file) ?? NOTHING, wish.metadata)
  const xmp = wish.metadata === undefined ? null : xmpOfResult(codec.xmp?.(file, context) ?? NOTHING, wish.metadata)
  return icc || exif || xmp || gainMap ? { icc, exif, xmp, gainMap } : null
}

/** Puts into a result what it takes along, and gives the result back that it was. */
export function carry(result: Uint8Array, encoder: Codec, carried: Carried | null): Uint8Array {
  if (!carried || !encoder.embed) return result
  const whole = encoder.embed(result, carried)
  giveBack(result)
  return whole
}
