import { AppError } from '../../../errors.ts'
import { Gunzip } from 'fflate'
import { concat } from '../../engine/bytes.ts'
import { checkSvg, damagedSvg, SVG_LIMITS } from './limits.ts'

const isGzip = (file: Uint8Array): boolean => file[0] === 0x1f && file[1] === 0x8b && file[2] === 8

/** Compressed bytes that are inflated at a time: they become four megabytes at most. */
const PUSHED_BYTES = 4096

/** Inflates until `most` bytes are there, or `isEnough` says so. */
function inflated(file: Uint8Array, most: number, isCut: boolean): Uint8Array {
  const parts: Uint8Array[] = []
  let length = 0
  const stream = new Gunzip((part) => {
    parts.push(part)
    length += part.length
  })
  try {
    for (let at = 0; at < file.length && length <= most; at += PUSHED_BYTES)
      stream.push(file.subarray(at, at + PUSHED_BYTES), !isCut && at + PUSHED_BYTES >= file.length)
  } catch (cause) {
    if (!isCut) throw new AppError('invalid_image', { reason: 'SVG: the compressed data are damaged.', cause })
  }
  return concat(parts)
}

/** UTF-16 by its byte order mark, or by the zero beside the first letter; else UTF-8 (XML 1.0, appendix F). */
function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be'
  return 'utf-8'
}

/** Encodings that files declare, as TextDecoder knows them; UTF-16 that its bytes do not show is not believed. */
function declaredEncoding(bytes: Uint8Array): string {
  const found = encodingOf(bytes)
  if (found !== 'utf-8') return found
  const head = String.fromCharCode(...bytes.subarray(0, 200))
  const declared = /^(?:\u00ef\u00bb\u00bf)?<\?xml[^>]*\sencoding\s*=\s*["']([\w-]{1,40})["']/.exec(head)?.[1] ?? 'utf-8'
  return /^(utf-?16|ucs|iso-10646)/i.test(declared) ? 'utf-8' : declared
}

/** The document's text. @throws AppError `invalid_image`; `too_many_pixels` when it has too many characters, compressed or not. */
export function textOfSvg(file: Uint8Array): string {
  const most = SVG_LIMITS.characters * 2
  const bytes = isGzip(file) ? inflated(file, most, false) : file
  if (bytes.length > most) checkSvg('characters', isGzip(file) ? Infinity : bytes.length)
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(declaredEncoding(bytes))
  } catch (cause) {
    throw new AppError('invalid_image', { reason: 'SVG: the encoding is not known.', cause })
  }
  const text = decoder.decode(bytes)
  checkSvg('characters', text.length)
  if (text.includes('\0')) throw damagedSvg('the text has zeros')
  return text
}

/** Bytes at the beginning of a file that tell whether it is an SVG. */
export const SNIFFED_SVG_BYTES = 4096

/** XML's declaration, comments, instructions and a DOCTYPE with or without declarations, then the first element. */
const PROLOG = /^\s*(?:<\?[^>]*\?>\s*|<!--(?:[^-]|-(?!->))*-->\s*|<!DOCTYPE\s[^>[]*(?:\[[^\]]*\]\s*)?>\s*)*<(?:[\w.-]+:)?svg[\s/>]/

/** Whether the file begins as an SVG does, compressed or not. Looks at `SNIFFED_SVG_BYTES` at most. */
export function isSvg(head: Uint8Array): boolean {
  const start = head.subarray(0, SNIFFED_SVG_BYTES)
  if (isGzip(start)) return isSvgText(inflated(start, SNIFFED_SVG_BYTES, true).subarray(0, SNIFFED_SVG_BYTES))
  return isSvgText(start)
}

function isSvgText(bytes: Uint8Array): boolean {
  const [first] = bytes
  // What no XML begins with needs no decoding: a letter mark, a byte order mark, a space.
  if (first === undefined || ![0, 0x09, 0x0a, 0x0d, 0x20, 0x3c, 0xef, 0xfe, 0xff].includes(first)) return false
  return PROLOG.test(new TextDecoder(encodingOf(bytes)).decode(bytes))
}
