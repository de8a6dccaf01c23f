import { refuse } from '../codes.ts'

/** One element of a request: texts are joined, attributes are not kept. */
export interface XmlElement {
  /** Without a prefix. */
  readonly name: string
  readonly text: string
  readonly children: readonly XmlElement[]
}

interface OpenElement {
  readonly name: string
  text: string
  readonly children: XmlElement[]
}

const MAX_DEPTH = 8
const ENTITIES: ReadonlyMap<string, string> = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }))
const NAME = /^(?:[\w.-]+:)?([A-Za-z_][\w.-]*)/

/**
 * The root element of a small document: elements, text, comments and a declaration. One pass; a document type, and with it any entity of one's own,
 * is refused.
 * @throws AppError MalformedXML.
 */
export function readXml(text: string): XmlElement {
  const top: OpenElement = { name: '', text: '', children: [] }
  const open: OpenElement[] = [top]
  let at = text.startsWith('\ufeff') ? 1 : 0
  while (at < text.length) {
    const [next, parent] = [text.indexOf('<', at), open.at(-1) as OpenElement] // the document itself is never closed
    parent.text += unescape(text.slice(at, next < 0 ? undefined : next))
    if (next < 0) break
    if (text.startsWith('<!--', next) || text.startsWith('<?', next)) {
      const end = text.startsWith('<?', next) ? '?>' : '-->'
      at = behind(text, end, next)
      continue
    }
    const end = behind(text, '>', next)
    const tag = text.slice(next + 1, end - 1)
    at = end
    if (tag.startsWith('/')) closeElement(open, tag.slice(1).trim())
    else {
      const name = NAME.exec(tag)?.[1]
      if (name === undefined || open.length > MAX_DEPTH) throw malformed()
      const element = { name, text: '', children: [] }
      parent.children.push(element)
      if (!tag.endsWith('/')) open.push(element)
    }
  }
  const [root, ...others] = top.children
  if (open.length !== 1 || !root || others.length > 0 || top.text.trim() !== '') throw malformed()
  return root
}

function closeElement(open: OpenElement[], name: string): void {
  const closed = open.pop()
  if (open.length === 0 || closed?.name !== NAME.exec(name)?.[1]) throw malformed()
}

function behind(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from)
  if (at < 0) throw malformed()
  return at + end.length
}

function unescape(text: string): string {
  if (!text.includes('&')) return text
  return text.replaceAll(/&([^;&]{0,10});?/g, (whole, body: string) => {
    const code = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(body)
    const point = code && parseInt(code[1] ?? code[2] ?? '', code[1] === undefined ? 10 : 16)
    const char = point === null ? ENTITIES.get(body) : point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : undefined
    if (char === undefined || !whole.endsWith(';')) throw malformed()
    return char
  })
}

/** The text of a child, or of the only one of its name. `undefined` when there is none. */
export const childText = ({ children }: XmlElement, name: string): string | undefined => children.find((child) => child.name === name)?.text

const malformed = (): Error =>
  refuse('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema.')
