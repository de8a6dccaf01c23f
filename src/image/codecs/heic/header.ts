import { viewOf } from '../../engine/bytes.ts'
import type { Item } from '../../engine/bmff/items.ts'
import { propertyBytes } from '../../engine/bmff/picture.ts'
import { isAvif } from '../avif/header.ts'
import { type BmffProbe, brandsOf, type Coding, probeItems } from '../bmff/coded-items.ts'

/** Of HEVC pictures and sequences (HEIF annex B), and of files that tell their coding by their items alone. */
const BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'mif2', 'msf1']

/** By the brands of its first box. */
export const isHeic = (head: Uint8Array): boolean => !isAvif(head) && brandsOf(head).some((brand) => BRANDS.includes(brand))

const HEVC: Coding = { name: 'a HEIC of HEVC pictures', type: 'hvc1', sampleBytes: sampleBytesOf }

/** @throws AppError `invalid_image`, `unsupported_format`. */
export const probeHeic = (file: Uint8Array): BmffProbe => probeItems(file, HEVC)

/** Where `hvcC` with its header tells the chroma format and the depths (ISO/IEC 14496-15 §8.3.3.1.2). */
const CHROMA = 8 + 16
const DEPTH = 8 + 17

const PLANES = [1, 1.5, 2, 3]

function sampleBytesOf(file: Uint8Array, item: Item): number {
  const configuration = propertyBytes(file, item, 'hvcC')
  if (!configuration || configuration.length <= DEPTH) return 0
  const planes = PLANES[viewOf(configuration).getUint8(CHROMA) & 3] ?? 3
  return planes * (depthOf(configuration) > 8 ? 2 : 1)
}

const depthOf = (configuration: Uint8Array): number => 8 + ((configuration[DEPTH] ?? 0) & 7)

/** Of each channel. */
export function bitsOf(configuration: Uint8Array): readonly number[] {
  const depth = depthOf(configuration)
  return ((configuration[CHROMA] ?? 0) & 3) === 0 ? [depth] : [depth, depth, depth]
}
