import { familyNamed, type Family } from '../../text/families.ts'
import { IDENTITY, type Matrix } from './geometry.ts'
import type { SvgElement } from './xml.ts'
import type { View } from './view.ts'

/** The names that the bundled faces have. */
export const FACES: Readonly<Record<Family, string>> = { sans: 'Emulsion Sans', serif: 'Emulsion Serif', mono: 'Emulsion Mono' }

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;', '\t': '&#9;' }
/** XML 1.0 §2.2: what may not stand in a document, not even escaped. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const NOT_XML = /[^\u0009\u000a\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu
const clean = (text: string): string => text.toWellFormed().replaceAll(NOT_XML, ' ')
const escapeText = (text: string): string => clean(text).replaceAll(/[&<>]/g, (letter) => ESCAPES[letter] ?? '')
const escapeValue = (text: string): string => clean(text).replaceAll(/[&<>"\n\t]/g, (letter) => ESCAPES[letter] ?? '')

const NAMED_SANS = /\b(sans|arial|helvetica|verdana|tahoma|segoe|roboto|inter|ui)\b/i

/** The bundled family for a list of names: the first that is known, else the last, which is mostly a general one. */
export function familyOf(list: string): Family {
  const names = list.split(',', 20)
  const known = names.find((name) => familyNamed(name) !== 'sans' || NAMED_SANS.test(name))
  return familyNamed(known ?? '')
}

const isIdentity = (matrix: Matrix): boolean => matrix.every((value, i) => Math.abs(value - (IDENTITY[i] as number)) < 1e-9)

/** A name that a renderer's parser takes; others are left out. */
const NAME = /^(?:xlink:|xml:)?[A-Za-z_][\w.-]*$/
/** What the outermost element gets anew. */
const OF_VIEW = new Set(['x', 'y', 'width', 'height', 'viewBox', 'preserveAspectRatio'])

/** The document as it was understood, for a view: it has the view's size, its parts stand where the view has them, and those of `far` are left out. */
export function writeSvg(root: SvgElement, { width, height, box, inner }: View, far: ReadonlySet<SvgElement>): string {
  const parts: string[] = []
  const write = (element: SvgElement, own: string): void => {
    const { name, attributes, children } = element
    parts.push(`<${name}${own}`)
    for (const [key, value] of attributes) {
      if ((own !== '' && OF_VIEW.has(key)) || !NAME.test(key)) continue
      parts.push(` ${key}="${escapeValue(key === 'font-family' ? FACES[familyOf(value)] : value)}"`)
    }
    parts.push('>')
    const isMoved = own !== '' && !isIdentity(inner)
    if (isMoved) parts.push(`<g transform="matrix(${inner.join(' ')})">`)
    for (const child of children) {
      if (typeof child === 'string') parts.push(escapeText(child))
      else if (!far.has(child)) write(child, '')
    }
    parts.push(isMoved ? `</g></${name}>` : `</${name}>`)
  }
  const namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
  const place = `viewBox="${box.x} ${box.y} ${box.width} ${box.height}" preserveAspectRatio="none"`
  write(root, ` ${namespaces} width="${width}" height="${height}" ${place}`)
  return parts.join('')
}
