import { AppError } from '../../../errors.ts'
import { ascii } from '../../engine/bytes.ts'
import { gif } from '../gif.ts'
import { jpeg } from '../jpeg.ts'
import { png } from '../png.ts'
import { damagedSvg } from './limits.ts'
import { isSvg } from './text.ts'

/** A picture inside of a document. */
export interface EmbeddedImage {
  readonly width: number
  readonly height: number
  /** About what it takes to decode a pixel. */
  readonly pixelNs: number
  /** The same as a `data:` URL that says what it is. */
  readonly href: string
}

/** What the renderer decodes, and what that takes: JPEG may be progressive. */
const READERS = [
  { codec: png, pixelNs: 150 },
  { codec: jpeg, pixelNs: 300 },
  { codec: gif, pixelNs: 100 },
]

const DATA = /^\s*data:([^,]{0,200}),/

/**
 * Reads the header of a picture in a `data:` URL. `null` for one that is elsewhere, which nobody fetches, and for one in a format that the renderer
 * does not have. @throws AppError `invalid_image` for an SVG in an SVG, and for a damaged header.
 */
export function readEmbedded(href: string): EmbeddedImage | null {
  const match = DATA.exec(href)
  if (!match) return null
  const [head, type = ''] = match
  const body = href.slice(head.length)
  const bytes = /;\s*base64\s*$/i.test(type) ? fromBase64(body) : ascii(percentDecoded(body))
  if (/^\s*image\/svg/i.test(type) || isSvg(bytes)) throw damagedSvg('a picture in it is an SVG again, which is not drawn')
  const reader = READERS.find(({ codec }) => codec.sniff(bytes.subarray(0, 64)))
  if (!reader) return null
  const { width, height } = probed(reader.codec, bytes)
  return { width, height, pixelNs: reader.pixelNs, href: `data:${reader.codec.mime};base64,${toBase64(bytes)}` }
}

function probed(codec: { probe(file: Uint8Array): { readonly width: number; readonly height: number } }, bytes: Uint8Array) {
  try {
    return codec.probe(bytes)
  } catch (cause) {
    throw cause instanceof AppError ? damagedSvg('a picture in it is damaged') : cause
  }
}

function fromBase64(text: string): Uint8Array {
  try {
    return ascii(atob(percentDecoded(text).replaceAll(/\s+/g, '')))
  } catch {
    throw damagedSvg('a picture in it is not base64')
  }
}

/** Each byte a letter. */
const percentDecoded = (text: string): string =>
  text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

function toBase64(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let at = 0; at < bytes.length; at += 8190) parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 8190)))) // a multiple of three
  return parts.join('')
}
