import { propertyBytes } from '../../engine/bmff/picture.ts'
import type { Item } from '../../engine/bmff/items.ts'
import { type BmffProbe, brandsOf, type Coding, probeItems } from '../bmff/coded-items.ts'

const BRANDS = ['avif', 'avis']

/** By the brands of its first box. */
export const isAvif = (head: Uint8Array): boolean => brandsOf(head).some((brand) => BRANDS.includes(brand))

const AV1: Coding = { name: 'an AVIF of AV1 pictures', type: 'av01', sampleBytes: sampleBytesOf }

/** @throws AppError `invalid_image`, `unsupported_format`. */
export const probeAvif = (file: Uint8Array): BmffProbe => probeItems(file, AV1)

/** By the flags of `av1C` (AV1 in ISOBMFF §2.3.3): depth, monochrome, subsampling across and down. */
function sampleBytesOf(file: Uint8Array, item: Item): number {
  const flags = propertyBytes(file, item, 'av1C')?.[10] ?? 0
  const planes = flags & 0x10 ? 1 : flags & 0x08 ? (flags & 0x04 ? 1.5 : 2) : 3
  return planes * (flags & 0x40 ? 2 : 1)
}

/** Of each channel, by `high_bitdepth`, `twelve_bit` and `monochrome` of `av1C` with its header. */
export function bitsOf(configuration: Uint8Array): readonly number[] {
  const flags = configuration[10] ?? 0
  const depth = flags & 0x40 ? (flags & 0x20 ? 12 : 10) : 8
  return flags & 0x10 ? [depth] : [depth, depth, depth]
}
