import { type FontMetrics, readFontMetrics } from './font-metrics.ts'

/** The fonts in which a text is set: each character in the first that has it. */
export interface FontStack extends Pick<FontMetrics, 'unitsPerEm' | 'ascender' | 'descender'> {
  readonly files: readonly Uint8Array[]
  /** Width of a text set on one line, without kerning, in units of the first font's em. */
  advance(text: string): number
  /** Whether all characters of a text can be drawn. */
  hasAll(text: string): boolean
  /** The text without the characters that none of the fonts has: they would be drawn as empty boxes. */
  drawable(text: string): string
}

/** @throws AppError `invalid_parameter` when a file is no font. */
export function fontStack(files: readonly [Uint8Array, ...Uint8Array[]]): FontStack {
  const fonts = files.map((file) => readFontMetrics(file)) as [FontMetrics, ...FontMetrics[]] // as many as files
  const [{ unitsPerEm, ascender, descender }] = fonts
  const fontOf = (character: string): FontMetrics | undefined => fonts.find((font) => font.has(character.codePointAt(0) ?? 0))
  return {
    files,
    unitsPerEm,
    ascender,
    descender,
    advance(text) {
      let width = 0
      for (const character of text) {
        const font = fontOf(character)
        if (font) width += (font.advance(character.codePointAt(0) ?? 0) * unitsPerEm) / font.unitsPerEm
      }
      return width
    },
    hasAll: (text) => [...text].every((character) => character === '\n' || fontOf(character) !== undefined),
    drawable: (text) => [...text].filter((character) => character === '\n' || fontOf(character) !== undefined).join(''),
  }
}

/**
 * A text as the fonts can take it: composed letters (`ạ` of `a` and a dot below), line feeds as the only line ends, a plain space for every
 * other kind of space that not every font has. Unpaired surrogates become U+FFFD, which no bundled font has.
 */
export const normalizeText = (text: string): string =>
  text
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll(/[\t\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
