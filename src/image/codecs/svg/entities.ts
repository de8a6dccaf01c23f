import { damagedSvg } from './limits.ts'

const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
/** Entities that a document declares: Illustrator's have some ten namespaces. */
const MOST_ENTITIES = 100
const MOST_CHARACTERS = 1000

const ENTITY = /<!ENTITY\s+([\w.:-]+)\s+(?:"([^"%&<]*)"|'([^'%&<]*)')\s*>/y
const REST = /<!--(?:[^-]|-(?!->))*-->|<!(?:ELEMENT|ATTLIST|NOTATION)\s[^>%&]*>|<\?[^>]*\?>|\s+/y
const HEAD = /<!DOCTYPE[^>["']*(?:"[^"]*"[^>["']*|'[^']*'[^>["']*)*/y

/**
 * The entities of a DOCTYPE, which must stand for plain text: none that holds another, marks or a file, and no parameter entities. So nothing grows by
 * more than the text it stands for. What is outside is not read. @throws AppError `invalid_image`
 */
export function entitiesOf(text: string, start: number): { readonly entities: ReadonlyMap<string, string>; readonly end: number } {
  const entities = new Map<string, string>()
  HEAD.lastIndex = start
  let at = start + (HEAD.exec(text)?.[0].length ?? 0)
  if (text[at] === '[') {
    for (at++; text[at] !== ']';) {
      REST.lastIndex = ENTITY.lastIndex = at
      const match = ENTITY.exec(text)
      const [whole, name = '', double, single = ''] = match ?? REST.exec(text) ?? ['']
      if (!whole) throw damagedSvg('the DOCTYPE declares something else than plain text')
      if (match && !entities.has(name)) entities.set(name, double ?? single)
      if (entities.size > MOST_ENTITIES || (double ?? single).length > MOST_CHARACTERS) throw damagedSvg('the DOCTYPE declares too much')
      at += whole.length
    }
    at++
  }
  const end = text.indexOf('>', at)
  if (end < 0) throw damagedSvg('it ends too early')
  return { entities, end: end + 1 }
}

/** `grow` is told of each entity's text. @throws AppError `invalid_image` for a reference to nothing, and what `grow` throws. */
export const unescapeXml = (value: string, entities: ReadonlyMap<string, string>, grow: (characters: number) => void): string =>
  value.replaceAll(/&([^;&\s]{0,80});?/g, (_, name: string) => {
    const number = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name)
    const code = number ? Number.parseInt(number[1] ?? number[2] ?? '', number[1] === undefined ? 10 : 16) : Number.NaN
    const text = number && code <= 0x10ffff ? String.fromCodePoint(code) : (PREDEFINED[name] ?? entities.get(name))
    grow(text?.length ?? 0)
    if (text === undefined) throw damagedSvg('an entity is not declared')
    return text
  })
