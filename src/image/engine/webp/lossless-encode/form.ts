import type { Palette } from '../../palette.ts'

/** How pixels are made smaller before they are coded (RFC 9649 §4): places in a palette, several to a pixel when the colours are few; or differences. */
export type Form =
  | { readonly palette: Palette; readonly cacheBits: 0 }
  | { readonly palette: null; readonly cacheBits: number; readonly subtractsGreen: boolean; readonly predicts: boolean }

/** Pixels of an image with so many colours that share one, as a power of two (RFC 9649 §4.4). */
export const bundleBits = (colours: number): number => (colours <= 2 ? 3 : colours <= 4 ? 2 : colours <= 16 ? 1 : 0)

/** Pixels in a row as it is coded. */
export const codedWidth = (width: number, { palette }: Form): number =>
  palette === null ? width : Math.ceil(width / 2 ** bundleBits(palette.colours.length))
