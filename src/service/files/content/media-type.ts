import { brandsOf } from '../../../image/codecs/bmff/coded-items.ts'
import { codec, FORMAT_NAMES } from '../../../image/plan.ts'

/** Bytes at the beginning of a file that `sniffMediaType` needs. */
export const SNIFFED_BYTES = 64

/** Types that clients send when they know nothing: defaults of upload tools, of forms and of S3 libraries. */
const UNTOLD = new Set([
  '',
  '*/*',
  'image/*',
  'application/binary',
  'application/force-download',
  'application/octet-stream',
  'application/unknown',
  'application/x-download',
  'application/x-www-form-urlencoded',
  'binary/octet-stream',
  'multipart/form-data',
  'unknown/unknown',
])

/** Type and subtype without parameters, in small letters: the part of a media type that is compared (RFC 9110 §8.3.1). */
export const essenceOf = (mediaType: string): string => (mediaType.split(';')[0] ?? '').trim().toLowerCase()

/** Whether a media type tells nothing about the content. */
export const isUntold = (mediaType: string | null): boolean => mediaType === null || UNTOLD.has(essenceOf(mediaType))

const ascii = (head: Uint8Array, start: number, end: number): string => String.fromCharCode(...head.subarray(start, end))
const BRANDS: Readonly<Record<string, string>> = { avif: 'image/avif', avis: 'image/avif', mif1: 'image/heif', msf1: 'image/heif' }

function isoImageType(head: Uint8Array): string | null {
  const brands = brandsOf(head)
  const known =
    brands.find((brand) => brand === 'avif' || brand === 'avis') ?? brands.find((brand) => /^(hei[cxms]|hev[cxms])$/.test(brand))
  if (known !== undefined) return BRANDS[known] ?? 'image/heic'
  return BRANDS[brands[0] ?? ''] ?? null
}

/** First bytes of pictures that the service stores and does not decode. */
const SIGNATURES: readonly (readonly [type: string, matches: (head: Uint8Array) => boolean])[] = [
  ['image/tiff', (head) => ['II+\0', 'MM\0+'].includes(ascii(head, 0, 4))],
  ['image/jxl', (head) => ascii(head, 0, 2) === '\xff\x0a' || ascii(head, 0, 12) === '\0\0\0\x0cJXL \r\n\x87\n'],
]

/** The media type of a picture by its first bytes, at least `SNIFFED_BYTES` where the file has so many; `null` for anything else. */
export function sniffMediaType(head: Uint8Array): string | null {
  const iso = isoImageType(head)
  if (iso !== null) return iso
  const decodable = FORMAT_NAMES.find((name) => codec(name).sniff(head))
  if (decodable !== undefined) return codec(decodable).mime
  return SIGNATURES.find(([, matches]) => matches(head))?.[0] ?? null
}

/**
 * The type under which a file is stored. A client that knows the type is believed. Otherwise the content decides, then the name. A name
 * makes only a picture of a file that the client called `application/octet-stream`. Of what stays unknown the type is `unknown`.
 */
export function chooseMediaType(
  told: string | null,
  sniffed: string | null,
  ofName: string | null,
  unknown = 'application/octet-stream',
): string {
  if (told !== null && !isUntold(told)) return told.trim()
  if (sniffed !== null) return sniffed
  const isBinary = told !== null && essenceOf(told).endsWith('/octet-stream')
  const byName = isBinary && ofName?.startsWith('image/') !== true ? null : ofName
  return byName ?? unknown
}
