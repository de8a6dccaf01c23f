import { ANCHORS } from '../../../../image/geometry.ts'
import type { Family } from '../../../../image/text/families.ts'
import { decimal, type ParamsOf, type StepReader } from '../../../explain/printed.ts'
import type { Entry } from './values.ts'

type Placement = Pick<ParamsOf<'text'>, 'position' | 'x' | 'y' | 'opacity' | 'rotate' | 'blend' | 'repeat' | 'gapX' | 'gapY'>

/** A name of each bundled family. */
const FAMILY_NAMES: Readonly<Record<Family, string | null>> = { sans: null, serif: 'Times', mono: 'Courier' }

export function printLayers(steps: StepReader, density: number): readonly Entry[] {
  const entries: Entry[] = []
  for (;;) {
    const text = steps.take('text')
    const image = text ? undefined : steps.take('composite')
    if (text) entries.push(...printText(text, density))
    else if (image) entries.push(...printImage(image, density))
    else return entries
  }
}

function printText({ text, font, weight, size, colour, ...placement }: ParamsOf<'text'>, density: number): readonly Entry[] {
  const name = typeof font === 'string' ? FAMILY_NAMES[font] : font.path
  return [
    ['text', text],
    ...(name === null ? [] : [['font', name] as const]),
    ['font-weight', decimal(weight)],
    ['font-size', decimal(size / density)],
    ['color', colour],
    ...printPlacement(placement, density),
  ]
}

function printImage({ path, width, height, ...placement }: ParamsOf<'composite'>, density: number): readonly Entry[] {
  return [
    ['image', path],
    ...(typeof width === 'number' ? [['layer-w', decimal(width / density)] as const] : []),
    ...(typeof height === 'number' ? [['layer-h', decimal(height / density)] as const] : []),
    ...printPlacement(placement, density),
  ]
}

function printPlacement({ position, x, y, opacity, rotate, blend, repeat, gapX, gapY }: Placement, density: number): readonly Entry[] {
  const anchor = ANCHORS[position]
  const [left, right] = paddings(anchor.x, x, repeat ? gapX : null)
  const [top, bottom] = paddings(anchor.y, y, repeat ? gapY : null)
  const padding = (name: string, value: number): readonly Entry[] => (value === 0 ? [] : [[`padding-${name}`, decimal(value / density)]])
  return [
    ...(position === 'center' ? [] : [['gravity', position] as const]),
    ...padding('top', top),
    ...padding('right', right),
    ...padding('bottom', bottom),
    ...padding('left', left),
    ...(opacity === 1 ? [] : [['layer-opacity', decimal(opacity * 100)] as const]),
    ...(rotate === 0 ? [] : [['layer-rotate', decimal(rotate)] as const]),
    ...(blend === 'over' ? [] : [['blend', blend] as const]),
    ...(repeat ? [['repeat', 'true'] as const] : []),
  ]
}

/** The paddings before and behind that give an offset from an anchor, and a gap that is half of both. */
function paddings(anchor: number, offset: Placement['x'], gap: number | null): readonly [before: number, after: number] {
  if (typeof offset !== 'number') return [Number.NaN, Number.NaN] // no padding is a percentage
  const between = gap === null ? null : 2 * gap
  if (anchor === 0) return [offset, between === null ? 0 : between - offset]
  if (anchor === 1) return [between === null ? 0 : between - offset, offset]
  if (gap !== null) return [gap + offset, gap - offset]
  return offset >= 0 ? [2 * offset, 0] : [0, -2 * offset]
}
