import { checkSvg } from './limits.ts'
import { isProperty } from './vocabulary.ts'
import type { SvgElement } from './xml.ts'

/** What must be true of one element. */
interface Compound {
  readonly name: string | null
  readonly ids: readonly string[]
  readonly classes: readonly string[]
  readonly attributes: readonly { readonly name: string; readonly operator: string; readonly value: string | null }[]
  readonly isFirstChild: boolean
}

export interface Declaration {
  readonly name: string
  readonly value: string
  readonly isImportant: boolean
}

interface Rule {
  /** The element itself, then those around it; `isDirect`: the next one is its parent. */
  readonly compounds: readonly (Compound & { readonly isDirect: boolean })[]
  readonly specificity: number
  readonly declarations: readonly Declaration[]
}

/** An element with those around it, the nearest first. */
export interface Placed {
  readonly element: SvgElement
  readonly isFirstChild: boolean
  readonly parent: Placed | null
}

export interface StyleSheet {
  /** What the rules say of an element, the strongest last. */
  declarationsOf(placed: Placed): readonly Declaration[]
}

/** `name: value` of a style, those of properties that a drawing has. The shorthand `marker` becomes its three. */
export function readDeclarations(text: string): readonly Declaration[] {
  const found: Declaration[] = []
  for (const part of text.split(';')) {
    const colon = part.indexOf(':')
    const name = part.slice(0, colon).trim().toLowerCase()
    const isImportant = /!\s*important\s*$/i.test(part.slice(-40))
    const value = part.slice(colon + 1, isImportant ? part.lastIndexOf('!') : undefined).trim()
    if (colon < 0 || value === '') continue
    if (name === 'marker') found.push(...['start', 'mid', 'end'].map((at) => ({ name: `marker-${at}`, value, isImportant })))
    else if (isProperty(name)) found.push({ name, value, isImportant })
  }
  return found
}

/** The value of any property in a style; `null` without it. */
export const readDeclarationValue = (style: string, property: 'width' | 'height'): string | null =>
  new RegExp(`(?:^|;)\\s*${property}\\s*:\\s*([^;!]*)`, 'i').exec(style)?.[1]?.trim() ?? null

/**
 * Reads style sheets as the renderer does: types, classes, names, attributes and `:first-child`, inside each other and as children. Rules with anything else,
 * and those behind an `@`, count for nothing. @throws AppError `too_many_pixels` for too many selectors.
 */
export function readStyleSheet(texts: readonly string[]): StyleSheet {
  const rules: Rule[] = []
  for (const text of texts)
    for (const rule of rulesOf(withoutComments(text), () => checkSvg('selectors', rules.length + 1))) rules.push(rule)
  const byKey = new Map<string, Rule[]>()
  for (const rule of rules) {
    const key = keyOf(rule.compounds[0])
    byKey.set(key, [...(byKey.get(key) ?? []), rule])
  }
  const order = new Map(rules.map((rule, i) => [rule, rule.specificity * 10_000 + i]))
  const strength = (rule: Rule): number => order.get(rule) ?? 0
  let comparisons = 0
  return {
    declarationsOf(placed) {
      if (rules.length === 0) return []
      const { name, attributes } = placed.element
      const id = attributes.get('id')
      const keys = ['*', name, ...(id === undefined ? [] : [`#${id}`]), ...new Set(classesOf(placed.element).map((of) => `.${of}`))]
      const matching: Rule[] = []
      for (const key of keys) {
        for (const rule of byKey.get(key) ?? []) {
          if (matches(placed, rule.compounds, () => checkSvg('comparisons', ++comparisons))) matching.push(rule)
        }
      }
      return matching.sort((a, b) => strength(a) - strength(b)).flatMap(({ declarations }) => declarations)
    },
  }
}

const classesOf = ({ attributes }: SvgElement): readonly string[] => attributes.get('class')?.split(/\s+/, 100) ?? []

const keyOf = ({ ids, classes, name }: Compound = NOTHING): string =>
  ids[0] !== undefined ? `#${ids[0]}` : classes[0] !== undefined ? `.${classes[0]}` : (name ?? '*')

const NOTHING: Compound = { name: null, ids: [], classes: [], attributes: [], isFirstChild: false }

function withoutComments(text: string): string {
  const parts: string[] = []
  let at = 0
  for (let start = text.indexOf('/*'); start >= 0; start = text.indexOf('/*', at)) {
    parts.push(text.slice(at, start))
    const end = text.indexOf('*/', start + 2)
    at = end < 0 ? text.length : end + 2
  }
  return [...parts, text.slice(at)].join(' ')
}

function* rulesOf(text: string, count: () => void): Generator<Rule> {
  for (let at = 0; at < text.length;) {
    const opened = text.indexOf('{', at)
    const semicolon = text.indexOf(';', at)
    const isAt = text
      .slice(at, at + 200)
      .trimStart()
      .startsWith('@')
    if (isAt && semicolon >= 0 && (opened < 0 || semicolon < opened)) at = semicolon + 1
    else if (opened < 0) return
    else if (isAt) at = endOfBlock(text, opened)
    else {
      const closed = text.indexOf('}', opened)
      const declarations = readDeclarations(text.slice(opened + 1, closed < 0 ? undefined : closed))
      for (const selector of text.slice(at, opened).split(',')) {
        count()
        const compounds = readSelector(selector)
        if (compounds) yield { compounds, specificity: specificityOf(compounds), declarations }
      }
      at = closed < 0 ? text.length : closed + 1
    }
  }
}

function endOfBlock(text: string, opened: number): number {
  let depth = 0
  for (let at = opened; at < text.length; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}' && --depth === 0) return at + 1
  }
  return text.length
}

const SIMPLE = /\s*(>?)\s*(?:([\w-]+)|(\*))?((?:#[\w-]+|\.[\w-]+|\[[^\]]*\]|:first-child)*)/y
const PART = /#([\w-]+)|\.([\w-]+)|\[\s*([\w:-]+)\s*(?:([~|^$*]?=)\s*["']?([^"'\]]*)["']?\s*)?\]|(:first-child)/g
/** Elements that a selector names one inside the other. */
const MOST_COMPOUNDS = 10

function readSelector(text: string): Rule['compounds'] | null {
  const compounds: Rule['compounds'][number][] = []
  const selector = text.trim()
  for (let at = 0; at < selector.length;) {
    SIMPLE.lastIndex = at
    const [whole = '', direct, name, star, rest = ''] = SIMPLE.exec(selector) ?? []
    if ((name ?? star ?? rest) === '' || compounds.length === MOST_COMPOUNDS) return null
    const parts = [...rest.matchAll(PART)]
    compounds.push({
      name: name ?? null,
      ids: parts.flatMap((part) => part[1] ?? []),
      classes: parts.flatMap((part) => part[2] ?? []),
      attributes: parts.flatMap(([, , , of, operator = '', value]) => (of ? [{ name: of, operator, value: value ?? null }] : [])),
      isFirstChild: parts.some((part) => part[6]),
      isDirect: direct === '>',
    })
    at += whole.length
  }
  return compounds.length > 0 ? compounds.reverse() : null
}

const specificityOf = (compounds: Rule['compounds']): number =>
  compounds.reduce(
    (sum, { name, ids, classes, attributes, isFirstChild }) =>
      sum + (name === null ? 0 : 1) + 100 * (classes.length + attributes.length + (isFirstChild ? 1 : 0)) + 10_000 * ids.length,
    0,
  )

function matches(placed: Placed, [first, ...rest]: Rule['compounds'], count: () => void): boolean {
  count()
  if (!first || !isLike(placed, first)) return false
  let [around, isDirect] = [placed.parent, first.isDirect]
  for (const compound of rest) {
    while (around && !isLike(around, compound) && !isDirect) {
      count()
      around = around.parent
    }
    if (!around || !isLike(around, compound)) return false
    ;[around, isDirect] = [around.parent, compound.isDirect]
  }
  return true
}

function isLike({ element, isFirstChild }: Placed, compound: Compound): boolean {
  const { name, attributes } = element
  if (compound.name !== null && compound.name !== name) return false
  if (compound.isFirstChild && !isFirstChild) return false
  if (compound.ids.some((id) => attributes.get('id') !== id)) return false
  const classes = compound.classes.length > 0 ? classesOf(element) : []
  if (!compound.classes.every((of) => classes.includes(of))) return false
  return compound.attributes.every(({ name: of, operator, value }) => isAttribute(attributes.get(of), operator, value ?? ''))
}

function isAttribute(actual: string | undefined, operator: string, value: string): boolean {
  if (actual === undefined) return false
  switch (operator) {
    case '':
      return true
    case '=':
      return actual === value
    case '^=':
      return value !== '' && actual.startsWith(value)
    case '$=':
      return value !== '' && actual.endsWith(value)
    case '*=':
      return value !== '' && actual.includes(value)
    case '~=':
      return actual.split(/\s+/).includes(value)
    default:
      return actual === value || actual.startsWith(`${value}-`)
  }
}
