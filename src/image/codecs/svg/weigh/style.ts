import { numbersOf } from '../geometry.ts'
import { readLength } from '../length.ts'
import type { SvgElement } from '../xml.ts'

/** Properties that elements hand down, of those that cost. */
export interface Style {
  readonly fill: string
  readonly stroke: string
  readonly strokeWidth: number
  readonly dashes: readonly number[]
  readonly fontSize: number
  readonly markers: readonly [start: string, mid: string, end: string]
}

export const FIRST_STYLE: Style = {
  fill: 'black',
  stroke: 'none',
  strokeWidth: 1,
  dashes: [],
  fontSize: 16,
  markers: ['none', 'none', 'none'],
}

const NAMES = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'font-size', 'marker-start', 'marker-mid', 'marker-end']

/** The style of an element inside another. */
export function styleOf({ attributes }: SvgElement, outer: Style, side: number): Style {
  if (!NAMES.some((name) => attributes.has(name))) return outer
  const value = (name: string): string | undefined => {
    const own = attributes.get(name)?.trim()
    return own === 'inherit' ? undefined : own
  }
  const fontSize = Math.abs(readLength(value('font-size'), outer.fontSize, outer.fontSize) ?? outer.fontSize)
  const dashes = value('stroke-dasharray')
  const [start, mid, end] = outer.markers
  return {
    fill: value('fill') ?? outer.fill,
    stroke: value('stroke') ?? outer.stroke,
    strokeWidth: Math.abs(readLength(value('stroke-width'), side, fontSize) ?? outer.strokeWidth),
    dashes: dashes === undefined ? outer.dashes : numbersOf(dashes).map(Math.abs),
    fontSize,
    markers: [value('marker-start') ?? start, value('marker-mid') ?? mid, value('marker-end') ?? end],
  }
}

const REFERENCE = /url\(\s*["']?\s*#([^"')]*?)\s*["']?\s*\)/g

/** The names that a property refers to, at most ten. */
export const referencesOf = (value: string | undefined): readonly string[] =>
  value?.includes('url') ? [...value.slice(0, 2000).matchAll(REFERENCE)].slice(0, 10).map(([, id = '']) => id) : []
