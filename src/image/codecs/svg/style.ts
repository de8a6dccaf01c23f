import { type Declaration, type Placed, readDeclarations, readStyleSheet } from './css.ts'
import { isProperty } from './vocabulary.ts'
import type { SvgElement } from './xml.ts'

/** As attributes have it: transforms without units, references without quotes. */
const asAttribute = ({ name, value }: Declaration): string =>
  name === 'transform' ? value.replaceAll(/(?<=\d)(?:px|deg)/g, '') : value.replaceAll(/url\(\s*["']?([^"')]*?)["']?\s*\)/g, 'url($1)')

/**
 * Writes what style sheets and styles say into the attributes of the elements, by their order of precedence, and takes style sheets, styles and classes
 * away: then what is weighed is what is drawn. Source: SVG 1.1 §6, CSS 2.1 §6.4. @throws AppError `too_many_pixels`
 */
export function applyStyles(root: SvgElement): void {
  const sheets: string[] = []
  collectSheets(root, sheets)
  const sheet = readStyleSheet(sheets)
  const strip: SvgElement[] = []
  const visit = (placed: Placed): void => {
    const { element } = placed
    const { attributes, children } = element
    const rules = sheet.declarationsOf(placed)
    const own = readDeclarations(attributes.get('style') ?? '')
    const isImportant = (declaration: Declaration): boolean => declaration.isImportant
    const inOrder = [...rules, ...own]
    const weak = inOrder.filter((declaration) => !isImportant(declaration))
    for (const declaration of [...weak, ...inOrder.filter(isImportant)]) styles.set(element, [...(styles.get(element) ?? []), declaration])
    if (attributes.has('style') || attributes.has('class')) strip.push(element)
    let isFirstChild = true
    for (const child of children) {
      if (typeof child === 'string') continue
      visit({ element: child, isFirstChild, parent: placed })
      isFirstChild = false
    }
  }
  const styles = new Map<SvgElement, readonly Declaration[]>()
  visit({ element: root, isFirstChild: true, parent: null })
  // Attributes are written when all have been matched: selectors look at the file's own.
  for (const [{ attributes }, declarations] of styles)
    for (const declaration of declarations) if (isProperty(declaration.name)) attributes.set(declaration.name, asAttribute(declaration))
  for (const { attributes } of strip) {
    attributes.delete('style')
    attributes.delete('class')
  }
}

/** Takes the style sheets out of the document. */
function collectSheets(element: SvgElement, sheets: string[]): void {
  const kept: SvgElement['children'] = []
  for (const child of element.children) {
    if (typeof child === 'string' || child.name !== 'style') {
      kept.push(child)
      if (typeof child !== 'string') collectSheets(child, sheets)
      continue
    }
    const type = child.attributes.get('type') ?? 'text/css'
    if (type === '' || type === 'text/css') sheets.push(child.children.filter((part) => typeof part === 'string').join(''))
  }
  element.children.splice(0, Infinity, ...kept)
}
