import { bytesText } from './amounts.ts'

/** The part of `File` that the check needs. */
export interface CheckedFile {
  readonly name: string
  readonly size: number
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> }
}

/** The formats that the server reads, known by their first bytes: a name and a declared type may be wrong. */
const SIGNATURES: Readonly<Record<string, RegExp>> = {
  AVIF: /^[^]{4}ftypavi[fs]/,
  BMP: /^BM[^]{4}\0{4}/,
  GIF: /^GIF8[79]a/,
  HEIC: /^[^]{4}ftyp(?:hei[cxms]|hev[cxms]|mif[12]|msf1)/,
  ICO: /^\0\0[\x01\x02]\0(?!\0\0)/,
  JPEG: /^\xff\xd8\xff/,
  'JPEG XL': /^(?:\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n)/,
  PNG: /^\x89PNG\r\n\x1a\n/,
  SVG: /^(?:(?:\xef\xbb\xbf)?\s*<(?:[\w.-]*:?svg|\?xml|!--|!DOCTYPE s)|\x1f\x8b\x08|\xff\xfe<\0|\xfe\xff\0<|<\0)/,
  TIFF: /^(II\*\0|MM\0\*)/,
  WebP: /^RIFF[^]{4}WEBP/,
}
const SIGNATURE_BYTES = 12

/**
 * Says why the server would not process a file, before anything is sent.
 * @param maxBytes the server's limit for a picture.
 * @returns one sentence, or `null` when nothing speaks against the file.
 */
export async function refusalOf(file: CheckedFile, maxBytes: number): Promise<string | null> {
  if (file.size === 0) return `${file.name} is empty.`
  if (file.size > maxBytes) return `${file.name} has ${bytesText(file.size)}. A photograph may have at most ${bytesText(maxBytes)}.`
  const head = await file
    .slice(0, SIGNATURE_BYTES)
    .arrayBuffer()
    .catch(() => null)
  if (head === null) return `${file.name} cannot be read. It may be a folder.`
  const text = String.fromCharCode(...new Uint8Array(head))
  if (Object.values(SIGNATURES).some((signature) => signature.test(text))) return null
  return `${file.name} is not a photograph that Emulsion can read. It reads ${listOf(Object.keys(SIGNATURES))}.`
}

const listOf = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
