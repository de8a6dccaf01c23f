import { ascii, concat } from '../../engine/bytes.ts'
import { dataOf, type Item, readItems } from '../../engine/bmff/items.ts'
import type { Carried } from '../../metadata/carried.ts'
import { brandsOf } from '../bmff/coded-items.ts'
import { box, uint16, type WrittenItem, type WrittenProperty, writeItems } from '../bmff/write.ts'

/** Of a picture's own boxes, the one without which it cannot be decoded. */
const CONFIGURATION = 'av1C'
const XMP_MIME = 'application/rdf+xml'

/** Primaries and curve by H.273: sRGB's, or those that a profile tells. */
const [SRGB, BY_PROFILE] = [
  [1, 13],
  [2, 2],
]

/** Writes an AVIF anew that says its colours, by code points or a profile, with EXIF (HEIF annex A.2.1) and XMP as items that describe the picture. */
export function embedInAvif(file: Uint8Array, { icc, exif, xmp }: Carried): Uint8Array {
  const { primary, referring } = readItems(file)
  const coded = (item: Item): WrittenItem => ({ type: item.type, data: dataOf(file, item), properties: propertiesOf(file, item) })
  const picture = coded(primary)
  return writeItems(brandsOf(file), [
    { ...picture, properties: withColours(picture.properties, icc) },
    ...referring(primary.id, 'auxl').map((alpha) => ({ ...coded(alpha), refers: 'auxl' as const })),
    // In front of the TIFF structure stands how far away it is.
    ...(exif ? [{ type: 'Exif', data: concat([new Uint8Array(4), exif]), properties: [], refers: 'cdsc' as const }] : []),
    ...(xmp ? [{ type: 'mime', mime: XMP_MIME, data: xmp, properties: [], refers: 'cdsc' as const }] : []),
  ])
}

const propertiesOf = (file: Uint8Array, { properties }: Item): readonly WrittenProperty[] =>
  properties.map(({ type, start, end }) => ({ box: file.subarray(start - 8, end), isEssential: type === CONFIGURATION }))

/** Place of matrix and range in a whole `colr` of code points. */
const [MATRIX_AT, RANGE_AT] = [16, 18]

/** The picture's code points keep what libavif has told, which is the matrix. */
function withColours(properties: readonly WrittenProperty[], icc: Uint8Array | null): readonly WrittenProperty[] {
  const told = properties.map((property) => {
    if (!isCodePoints(property.box)) return property
    const matrix = property.box.subarray(MATRIX_AT, RANGE_AT + 1)
    return { box: box('colr', ascii('nclx'), uint16(...(icc ? BY_PROFILE : SRGB)), matrix) }
  })
  return icc ? [...told, { box: box('colr', ascii('prof'), icc) }] : told
}

const isCodePoints = (whole: Uint8Array): boolean => String.fromCharCode(...whole.subarray(4, 12)) === 'colrnclx'
