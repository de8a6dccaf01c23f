import { readQuantisers } from '../../engine/jpeg/decode/tables.ts'
import { quantisers } from '../../engine/jpeg/encode/tables.ts'
import type { JpegHeader } from '../../engine/jpeg/header.ts'
import { jpegConversion } from '../../engine/jpeg/icc.ts'
import { DQT, nextSegment, SOS } from '../../engine/jpeg/markers.ts'
import { layOutTranscode } from '../../engine/jpeg/transcode/layout.ts'
import { ZIGZAG } from '../../engine/jpeg/zigzag.ts'
import type { Geometry } from '../../geometry.ts'
import type { Orientation } from '../../orientation.ts'

/** Why the coefficients of a file cannot be kept; `null`: they can. `geometry` is in upright pixels. */
export function transcodeObstacle(file: Uint8Array, header: JpegHeader, orientation: Orientation, geometry: Geometry): string | null {
  const { colour, precision, process } = header
  if (colour === 'cmyk' || colour === 'ycck') return 'Expected gray, YCbCr or RGB, received CMYK, whose inks become sRGB.'
  if (precision !== 8 || process === 'lossless' || process === 'hierarchical')
    return `Expected a baseline or progressive JPEG of 8 bits, received one of ${precision} bits (${process}).`
  if (jpegConversion(file, header, geometry.keepsColours) !== null)
    return 'Expected colours that stay as they are, received a profile from which they become sRGB.'
  const layout = layOutTranscode(header, orientation, geometry)
  return 'reason' in layout ? layout.reason : null
}

/** Whether a file has the quantisers and the subsampling that the encoder gives a picture of this quality, so that encoding it anew would bring nothing. */
export function hasQuantisersOf(file: Uint8Array, { colour, components }: JpegHeader, quality: number): boolean {
  const [luma, ...chroma] = components
  const isSubsampled = chroma.every(({ h, v }) => luma?.h === 2 * h && luma.v === 2 * v)
  if ((colour !== 'gray' && colour !== 'ycbcr') || !isSubsampled) return false
  const tables: (Uint16Array | undefined)[] = []
  for (let segment = nextSegment(file, 2); segment && segment.code !== SOS; segment = nextSegment(file, segment.end))
    if (segment.code === DQT) readQuantisers(file, segment, tables)
  return components.every(({ table }, i) => {
    const expected = quantisers(i === 0 ? 'luma' : 'chroma', quality)
    return ZIGZAG.every((natural, k) => tables[table]?.[k] === expected[natural])
  })
}
