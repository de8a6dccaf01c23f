import { ascii, concat, littleEndian } from '../../engine/bytes.ts'
import { chunkParts, isBitstream, isWhole, sizeOf, type WebpChunk, webpChunks } from '../../engine/webp/container.ts'

const [ICC_FLAG, ALPHA_FLAG, ANIMATION_FLAG] = [0x20, 0x10, 0x02]

/**
 * A WebP with nothing but its picture or frames, and its profile where that is wanted, in parts; in the simple form where that can hold it (RFC 9649 §2.5 to
 * 2.7). `null` when it is cut short.
 */
export function bareWebp(file: Uint8Array, withProfile: boolean): readonly Uint8Array[] | null {
  const chunks = [...webpChunks(file, 12, file.length)]
  const of = (kind: string): WebpChunk | undefined => chunks.find((chunk) => chunk.kind === kind)
  const [extended, profile, bitstream] = [of('VP8X'), withProfile ? of('ICCP') : undefined, chunks.find(isBitstream)]
  const frames = chunks.filter(({ kind }) => kind === 'ANIM' || kind === 'ANMF')
  const alpha = bitstream?.kind === 'VP8 ' ? of('ALPH') : undefined
  const kept = [profile, ...(frames.length > 0 ? frames : [alpha, bitstream])].filter((chunk) => chunk !== undefined)
  if (kept.length === 0 || !kept.every((chunk) => isWhole(file, chunk))) return null
  const copied = kept.flatMap(({ kind, start, end }) => chunkParts(kind, [file.subarray(start, end)]))
  const isSimple = kept.length === 1 && kept[0] === bitstream
  if (!isSimple && !extended) return null
  const head = isSimple || !extended ? [] : chunkParts('VP8X', [headOf(file, extended, profile !== undefined)])
  const payload = [ascii('WEBP'), ...head, ...copied]
  return [concat([ascii('RIFF'), littleEndian(sizeOf(payload))]), ...payload]
}

/** The extended header with the flags of what is left. */
function headOf(file: Uint8Array, { start, end }: WebpChunk, hasProfile: boolean): Uint8Array {
  const head = file.slice(start, end)
  head[0] = ((head[0] ?? 0) & (ALPHA_FLAG | ANIMATION_FLAG)) | (hasProfile ? ICC_FLAG : 0)
  return head
}
