import type { BundledFont, LoadFont } from '../image/text/families.ts'

const bytesOf = async (imported: Promise<unknown>): Promise<Uint8Array> =>
  new Uint8Array(((await imported) as { default: ArrayBuffer }).default) // the bundler's rule for *.ttf

const MODULES: Readonly<Record<BundledFont, () => Promise<Uint8Array>>> = {
  'sans-regular': () => bytesOf(import('../image/fonts/sans-regular.ttf')),
  'sans-bold': () => bytesOf(import('../image/fonts/sans-bold.ttf')),
  'serif-regular': () => bytesOf(import('../image/fonts/serif-regular.ttf')),
  'serif-bold': () => bytesOf(import('../image/fonts/serif-bold.ttf')),
  'mono-regular': () => bytesOf(import('../image/fonts/mono-regular.ttf')),
  'mono-bold': () => bytesOf(import('../image/fonts/mono-bold.ttf')),
  'currency-regular': () => bytesOf(import('../image/fonts/currency-regular.ttf')),
  'currency-bold': () => bytesOf(import('../image/fonts/currency-bold.ttf')),
}

/** The bundled fonts. Each is imported when it is first used, so that a start pays for none of them. */
export const loadFont: LoadFont = (name) => MODULES[name]()
