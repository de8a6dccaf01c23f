import type { LoadFont } from '../../text/families.ts'
import { bundledFont, type BundledFont, type Family } from '../../text/families.ts'
import type { FontNames } from '../../text/resvg-instance.ts'
import { FACES, familyOf } from './write.ts'
import type { SvgElement } from './xml.ts'

/** Browsers set what names no font in a serif. */
export const FONT_NAMES: FontNames = {
  defaultFontFamily: FACES.serif,
  serifFamily: FACES.serif,
  sansSerifFamily: FACES.sans,
  monospaceFamily: FACES.mono,
}

/** Signs that the families lack. */
const RARE_CURRENCIES = /[\u20b6-\u20be]/

/** The bundled faces that the texts of a document need; none without a text. */
export function facesOf(root: SvgElement): readonly BundledFont[] {
  const families = new Set<Family>()
  let [hasText, isBold, hasCurrency] = [false, false, false]
  const visit = ({ name, attributes, children }: SvgElement): void => {
    hasText ||= name === 'text'
    const family = attributes.get('font-family')
    if (family !== undefined) families.add(familyOf(family))
    isBold ||= /^\s*(bold|[6-9]\d\d|1000)/.test(attributes.get('font-weight') ?? '')
    for (const child of children) {
      if (typeof child !== 'string') visit(child)
      else hasCurrency ||= RARE_CURRENCIES.test(child)
    }
  }
  visit(root)
  if (!hasText) return []
  const used = [...new Set<Family | 'currency'>(['serif', ...families, ...(hasCurrency ? (['currency'] as const) : [])])]
  return used.flatMap((family) => [bundledFont(family, 400), ...(isBold ? [bundledFont(family, 700)] : [])])
}

export const loadFaces = (root: SvgElement, font: LoadFont): Promise<readonly Uint8Array[]> => Promise.all(facesOf(root).map(font))
