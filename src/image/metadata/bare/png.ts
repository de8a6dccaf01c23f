import { behindData, chunkAt, chunkEnd, PNG_SIGNATURE } from '../../engine/png/chunks.ts'

const PIXELS = new Set(['IHDR', 'PLTE', 'tRNS'])
/** Of what tells of colours, what viewers know. */
const COLOURS = new Set(['iCCP', 'sRGB', 'gAMA', 'cHRM'])
/** Chunks that are looked at: a bound on work. */
const MOST_CHUNKS = 10_000

/**
 * A still PNG with nothing but its picture, and what tells of its colours where that is wanted, in parts. `null` when its end is missing, or when its colours are
 * those of code points (cICP), which few viewers know.
 */
export function barePng(file: Uint8Array, withProfile: boolean): readonly Uint8Array[] | null {
  const parts: Uint8Array[] = [PNG_SIGNATURE]
  let at = PNG_SIGNATURE.length
  for (let count = 0; count < MOST_CHUNKS; count++) {
    const chunk = chunkAt(file, at)
    if (!chunk || chunkEnd(chunk) > file.length || (withProfile && chunk.type === 'cICP')) return null
    const end = chunk.type === 'IDAT' ? behindData(file, at) : chunkEnd(chunk)
    if (end > file.length) return null
    const part = file.subarray(at, end)
    if (chunk.type === 'IEND') return [...parts, part]
    if (chunk.type === 'IDAT' || PIXELS.has(chunk.type) || (withProfile && COLOURS.has(chunk.type))) parts.push(part)
    at = end
  }
  return null
}
