import { escape } from '../../../../service/stores/xml.ts'

/** What an element holds: text, elements by their names, or several elements of one name. `undefined` is left out. */
export type Content = string | number | boolean | Elements | undefined
export interface Elements {
  readonly [name: string]: Content | readonly Content[]
}

export const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
/** Of every answer but an error. */
export const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** XML 1.0 has no way to write these (§2.2). */
// eslint-disable-next-line no-control-regex -- control characters are what is dropped
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

const inner = (content: Exclude<Content, undefined>): string =>
  typeof content === 'object'
    ? Object.entries(content)
        .map(([name, value]) => (isList(value) ? value : [value]).map((each) => element(name, each)).join(''))
        .join('')
    : escape(String(content).toWellFormed().replaceAll(UNWRITABLE, '\ufffd'))

const isList = (value: Content | readonly Content[]): value is readonly Content[] => Array.isArray(value)

/** An element and all below it. */
export function element(name: string, content: Content, namespace?: string): string {
  if (content === undefined) return ''
  return `<${name}${namespace === undefined ? '' : ` xmlns="${namespace}"`}>${inner(content)}</${name}>`
}

/** An answer of S3: one element of its namespace. */
export const answerXml = (name: string, content: Elements): Response => xmlResponse(rootElement(name, content), 200)

export const rootElement = (name: string, content: Elements): string => element(name, content, NAMESPACE)

export const xmlResponse = (root: string, status: number): Response => new Response(HEAD + root, { status, headers: XML_HEADERS })

export const XML_HEADERS = { 'Content-Type': 'application/xml', 'Cache-Control': 'no-store' }
