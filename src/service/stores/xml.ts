const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const unescape = (text: string): string =>
  text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole
    return String.fromCodePoint(Math.min(hex === undefined ? Number(decimal) : parseInt(hex, 16), 0x10ffff))
  })

/** Text as it may stand in an element or an attribute. */
export const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

/**
 * The inner text of each element of a name, as it is written. The stores' answers are flat lists of leaves without CDATA and comments, and no element contains one
 * of its own name.
 */
export const elements = (xml: string, name: string): readonly string[] =>
  Array.from(xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g')), ([, inner = '']) => inner)

/** The text of the first leaf of a name; `null` when there is none or it is empty. */
export function leaf(xml: string, name: string): string | null {
  const [text = ''] = elements(xml, name)
  return text === '' ? null : unescape(text)
}

/** An element with texts below it. */
export const leaves = (name: string, children: Readonly<Record<string, string | number>>): string =>
  `<${name}>${Object.entries(children)
    .map(([child, text]) => `<${child}>${escape(String(text))}</${child}>`)
    .join('')}</${name}>`
