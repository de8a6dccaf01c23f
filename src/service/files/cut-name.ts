import { ORIGINAL_NAME_LIMITS } from './meta.ts'
import { splitExtension } from './path.ts'

export interface NameLimits {
  /** UTF-16 code units, as `String.length` counts. */
  readonly characters: number
  /** Bytes of UTF-8. */
  readonly bytes: number
}

/** A longer ending is no extension, but a part of the name. */
const MAX_EXTENSION = 20
const encoder = new TextEncoder()
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

const fits = (text: string, { characters, bytes }: NameLimits): boolean => text.length <= characters && encoder.encode(text).length <= bytes

/** Shortens a file name to the limits. It keeps the extension and drops whole characters, as readers see them, at the end of the rest. */
export function cutFileName(fileName: string, limits: NameLimits): string {
  if (fits(fileName, limits)) return fileName
  const { name, extension } = splitExtension(fileName)
  const isExtension = extension.length <= MAX_EXTENSION
  return isExtension ? cutText(name, less(limits, extension)) + extension : cutText(fileName, limits)
}

const less = ({ characters, bytes }: NameLimits, text: string): NameLimits => ({
  characters: characters - text.length,
  bytes: bytes - encoder.encode(text).length,
})

/** The longest beginning within the limits. A single character that is too long itself is cut between its code points. */
function cutText(text: string, limits: NameLimits): string {
  const cut = longestBeginning(segmentsOf(text), limits)
  return cut === '' ? longestBeginning(text, limits) : cut
}

function* segmentsOf(text: string): Generator<string> {
  for (const { segment } of graphemes.segment(text)) yield segment
}

function longestBeginning(pieces: Iterable<string>, limits: NameLimits): string {
  let [text, rest] = ['', limits]
  for (const piece of pieces) {
    if (!fits(piece, rest)) break
    text += piece
    rest = less(rest, piece)
  }
  return text
}

/** A stranger's file name as one that may be stored: without control characters, within the limits. `null` when nothing is left. */
export function cleanFileName(name: string): string | null {
  // eslint-disable-next-line no-control-regex -- control characters are what is dropped
  const clean = name.toWellFormed().replaceAll(/[\u0000-\u001f\u007f]/g, '')
  return cutFileName(clean, ORIGINAL_NAME_LIMITS) || null
}
