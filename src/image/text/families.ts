/** The bundled faces, by the names of their files in src/image/fonts. */
export const BUNDLED_FONTS = [
  'sans-regular',
  'sans-bold',
  'serif-regular',
  'serif-bold',
  'mono-regular',
  'mono-bold',
  'currency-regular',
  'currency-bold',
] as const
export type BundledFont = (typeof BUNDLED_FONTS)[number]

export const FAMILIES = ['sans', 'serif', 'mono'] as const
export type Family = (typeof FAMILIES)[number]

/** Loads a bundled face as a TrueType file. It is fetched when it is first asked for. */
export type LoadFont = (name: BundledFont) => Promise<Uint8Array>

/** Times is Liberation Serif, Courier Liberation Mono, all other names, unknown ones included, Liberation Sans (docs/protocols/batch.md §4.1) */
export function familyNamed(name: string): Family {
  if (/\b(times|serif|georgia|garamond|tinos)/i.test(name) && !/sans/i.test(name)) return 'serif'
  return /\b(courier|mono|consolas|menlo|monaco|cousine)/i.test(name) ? 'mono' : 'sans'
}

export const isBoldName = (name: string): boolean => /\b(bold|black|heavy)\b/i.test(name)

const BOLD_FROM = 600

/** Two weights are bundled: the nearer one is taken, as CSS does when no other is there. `currency` has the signs that the families lack. */
export const bundledFont = (family: Family | 'currency', weight: number): BundledFont =>
  `${family}-${weight >= BOLD_FROM ? 'bold' : 'regular'}`
