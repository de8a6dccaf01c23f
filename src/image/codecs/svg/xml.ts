import { checkSvg, damagedSvg } from './limits.ts'
import { entitiesOf, unescapeXml } from './entities.ts'
import { isDrawnElement } from './vocabulary.ts'

/** An element of SVG. Attributes have their names without a prefix, but for `xlink:href` and `xml:space`. */
export interface SvgElement {
  readonly name: string
  readonly attributes: Map<string, string>
  readonly children: (SvgElement | string)[]
}

const SVG_NAMESPACE = 'http://www.w3.org/2000/svg'
const XLINK_NAMESPACE = 'http://www.w3.org/1999/xlink'
/** Prefixes that are declared at one place. */
const MOST_PREFIXES = 100

/** Attributes of one element. */
const MOST_ATTRIBUTES = 1000

type Prefixes = ReadonlyMap<string, string>

interface Open {
  readonly qualified: string
  /** `null`: an element that is left out, with all in it. */
  readonly element: SvgElement | null
  readonly prefixes: Prefixes
}

const NAME = /[^\s/>="'<&!?]+/y
const ATTRIBUTE = /\s+([^\s/>="'<&]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y
const TAG_END = /\s*(\/?)>/y

/** Runs a sticky expression at a place. */
function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at
  return expression.exec(text)
}

function after(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from)
  if (at < 0) throw damagedSvg('it ends too early')
  return at + end.length
}

/**
 * Reads a document into its elements that draw or are referred to: scripts, foreign elements, animations, comments and instructions are left out.
 * Entities that stand for plain text are replaced. Source: XML 1.0 and Namespaces in XML 1.0; nothing outside of the text is ever read.
 * @throws AppError `invalid_image`; `too_many_pixels` when a limit of ./limits.ts is passed.
 */
export function readXml(text: string): SvgElement {
  const open: Open[] = []
  let [root, elements, attributes, at]: [SvgElement | null, number, number, number] = [null, 0, 0, 0]
  let entities: ReadonlyMap<string, string> = new Map()
  let characters = text.length
  const grow = (by: number): void => checkSvg('characters', (characters += by))
  const unescape = (value: string): string => (value.includes('&') ? unescapeXml(value, entities, grow) : value)
  const addText = (raw: string): void => {
    const element = open.at(-1)?.element
    if (element) element.children.push(raw)
  }
  while (at < text.length) {
    const tag = text.indexOf('<', at)
    if (tag !== at) addText(unescape(text.slice(at, tag < 0 ? text.length : tag)))
    if (tag < 0) break
    if (text.startsWith('<!--', tag)) at = after(text, '-->', tag + 4)
    else if (text.startsWith('<?', tag)) at = after(text, '?>', tag + 2)
    else if (text.startsWith('<![CDATA[', tag)) {
      at = after(text, ']]>', tag + 9)
      addText(text.slice(tag + 9, at - 3))
    } else if (text.startsWith('<!DOCTYPE', tag)) {
      if (root) throw damagedSvg('a DOCTYPE is not at the beginning')
      ;({ entities, end: at } = entitiesOf(text, tag))
    } else if (text.startsWith('</', tag)) {
      const [name = ''] = matchAt(NAME, text, tag + 2) ?? []
      if (open.pop()?.qualified !== name) throw damagedSvg('an element ends that did not begin')
      at = after(text, '>', tag + 2 + name.length)
    } else {
      if (root && open.length === 0) throw damagedSvg('there is more than one outermost element')
      checkSvg('elements', ++elements)
      const started = startTag(text, tag, open.at(-1)?.prefixes ?? new Map(), unescape)
      checkSvg('attributes', (attributes += started.element.attributes.size))
      const parent = open.at(-1)
      const isKept = parent ? parent.element !== null && isDrawnElement(started.element.name) : started.element.name === 'svg'
      if (!root) {
        if (!isKept) throw damagedSvg('the outermost element is another')
        root = started.element
      } else if (isKept) parent?.element?.children.push(started.element)
      if (!started.isEmpty) open.push({ ...started, element: isKept ? started.element : null })
      checkSvg('nesting', open.length)
      at = started.end
    }
  }
  if (!root || open.length > 0) throw damagedSvg('it ends too early')
  return root
}

function startTag(text: string, tag: number, outer: Prefixes, unescape: (value: string) => string) {
  const [qualified = ''] = matchAt(NAME, text, tag + 1) ?? []
  if (qualified === '') throw damagedSvg('a tag has no name')
  const found: (readonly [name: string, value: string])[] = []
  let end = tag + 1 + qualified.length
  for (let match = matchAt(ATTRIBUTE, text, end); match; match = matchAt(ATTRIBUTE, text, end)) {
    const [whole, name = '', double, single = ''] = match
    if (found.length === MOST_ATTRIBUTES) throw damagedSvg('an element has too many attributes')
    found.push([name, unescape(double ?? single)])
    end += whole.length
  }
  const close = matchAt(TAG_END, text, end)
  if (!close) throw damagedSvg('a tag is not well-formed')
  const prefixes = declared(outer, found)
  return {
    qualified,
    prefixes,
    element: { name: elementName(qualified, prefixes), attributes: attributesOf(found, prefixes), children: [] } satisfies SvgElement,
    isEmpty: close[1] === '/',
    end: end + close[0].length,
  }
}

function declared(outer: Prefixes, found: readonly (readonly [string, string])[]): Prefixes {
  const own = found.filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:'))
  if (own.length === 0) return outer
  const prefixes = new Map([...outer, ...own.map(([name, value]) => [name.slice(6), value] as const)])
  if (prefixes.size > MOST_PREFIXES) throw damagedSvg('it has too many prefixes')
  return prefixes
}

const split = (qualified: string): readonly [prefix: string, local: string] => {
  const at = qualified.indexOf(':')
  return at < 0 ? ['', qualified] : [qualified.slice(0, at), qualified.slice(at + 1)]
}

/** The name of an element of SVG; of any other '', which nothing is called. Without any namespace it counts as SVG's. */
function elementName(qualified: string, prefixes: Prefixes): string {
  const [prefix, local] = split(qualified)
  const namespace = prefixes.get(prefix) ?? (prefix === '' || prefix === 'svg' ? SVG_NAMESPACE : '')
  return namespace === SVG_NAMESPACE ? local : ''
}

function attributesOf(found: readonly (readonly [string, string])[], prefixes: Prefixes): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const [qualified, value] of found) {
    const [prefix, local] = split(qualified)
    const isLink = prefix !== '' && local === 'href' && (prefixes.get(prefix) ?? XLINK_NAMESPACE) === XLINK_NAMESPACE
    const name = prefix === '' ? local : isLink ? 'xlink:href' : qualified === 'xml:space' ? qualified : null
    if (name === null || name === 'xmlns') continue
    if (attributes.has(name)) throw damagedSvg('an attribute is given twice')
    attributes.set(name, value)
  }
  return attributes
}
