import { COMPOSITE_MODES, type CompositeMode } from '../../../../image/definitions/blend-modes.ts'
import { ANCHORS, type Position } from '../../../../image/geometry.ts'
import { step, type Step } from '../../../../image/plan.ts'
import { familyNamed, isBoldName } from '../../../../image/text/families.ts'
import { checkFilePath } from '../../../../service/files/path.ts'
import { readArgs, type Args } from '../../../args.ts'
import { POSITION_TABLE } from './framing.ts'
import { readColour } from './values.ts'

type Entry = readonly [name: string, value: string]

/** `text` or `image` and the parameters that follow it. */
export interface Layer {
  readonly kind: 'text' | 'image'
  readonly entries: readonly Entry[]
}

const MAX_PX = 10_000
const PADDINGS = ['padding', 'padding-x', 'padding-y', 'padding-top', 'padding-right', 'padding-bottom', 'padding-left']
const LAYER_NAMES = new Set([
  ...PADDINGS,
  'color',
  'font',
  'font-size',
  'font-weight',
  'gravity',
  'layer-opacity',
  'layer-rotate',
  'layer-w',
  'layer-h',
  'blend',
  'repeat',
])

/**
 * What follows `text=` or `image=` belongs to that layer, up to the next layer. Layers are painted in the order of the URL;
 * a name that no layer knows is global in every position (docs/protocols/bytescale.md §3.1).
 */
export function splitLayers(query: readonly Entry[]): { readonly globals: readonly Entry[]; readonly layers: readonly Layer[] } {
  const globals: Entry[] = []
  const layers: { kind: Layer['kind']; entries: Entry[] }[] = []
  for (const entry of query) {
    const [name] = entry
    const layer = layers.at(-1)
    if (name === 'text' || name === 'image') layers.push({ kind: name, entries: [entry] })
    else if (layer && LAYER_NAMES.has(name)) layer.entries.push(entry)
    else globals.push(entry)
  }
  return { globals, layers }
}

/** The step of one layer; an empty text draws nothing. @throws AppError `invalid_parameter`, `unknown_parameter`, `invalid_path`. */
export function readLayer({ kind, entries }: Layer, density: number): Step[] {
  const args = readArgs(entries)
  const steps = kind === 'text' ? readText(args, density) : readImage(args, density)
  args.done()
  return steps
}

export function readText(args: Args, density: number): Step[] {
  const text = args.text('text') ?? ''
  const colour = readColour(args, 'color')
  const size = (args.number({ min: 1, max: MAX_PX }, 'font-size') ?? 40) * density
  const params = { ...(colour && { colour }), size, ...readFont(args), ...readPlacement(args, density) }
  return text === '' ? [] : [step('text', { text, ...params }, 'text')]
}

/** The path of a `.ttf` in the account; anything else is the name of a bundled family. */
function readFont(args: Args) {
  const font = args.text('font') ?? ''
  const weight = args.integer({ min: 1, max: 1000 }, 'font-weight') ?? (isBoldName(font) ? 700 : 400)
  return { font: font.startsWith('/') ? { path: checkFilePath(font, 'font') } : familyNamed(font), weight }
}

export function readImage(args: Args, density: number): Step[] {
  const path = args.text('image') ?? ''
  const side = (name: string) => {
    const value = args.integer({ min: 1, max: MAX_PX }, name)
    return value === undefined ? undefined : value * density
  }
  const [width, height] = [side('layer-w'), side('layer-h')]
  const params = { ...(width && { width }), ...(height && { height }), ...readPlacement(args, density) }
  return [step('composite', { path: checkFilePath(path.startsWith('/') ? path : `/${path}`, 'image'), ...params }, 'image')]
}

/** sharp's names of the blend modes, and other common names of the same modes. */
const BLENDS: Readonly<Record<string, CompositeMode>> = {
  ...(Object.fromEntries(COMPOSITE_MODES.map((mode) => [mode, mode])) as Readonly<Record<CompositeMode, CompositeMode>>),
  normal: 'over',
  'colour-dodge': 'color-dodge',
  'colour-burn': 'color-burn',
}

function readPlacement(args: Args, density: number) {
  const position = args.oneOf(POSITION_TABLE, 'gravity') ?? 'center'
  const padding = readPadding(args, density)
  const opacity = args.number({ min: 0, max: 100 }, 'layer-opacity')
  const rotate = args.number({ min: -360, max: 360 }, 'layer-rotate')
  const blend = args.oneOf(BLENDS, 'blend')
  const repeat = args.flag('repeat')
  return {
    position,
    ...offsets(position, padding),
    ...(opacity !== undefined && { opacity: opacity / 100 }),
    ...(rotate !== undefined && { rotate }),
    ...(blend !== undefined && { blend }),
    ...(repeat && { repeat, gapX: (padding.left + padding.right) / 2, gapY: (padding.top + padding.bottom) / 2 }),
  }
}

interface Padding {
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly left: number
}

/** The narrower name wins, as in CSS: `padding-left` over `padding-x` over `padding`. */
function readPadding(args: Args, density: number): Padding {
  const read = (name: string): number | undefined => args.integer({ min: 0, max: MAX_PX }, name)
  const all = read('padding') ?? 0
  const [across, down] = [read('padding-x') ?? all, read('padding-y') ?? all]
  return {
    top: (read('padding-top') ?? down) * density,
    right: (read('padding-right') ?? across) * density,
    bottom: (read('padding-bottom') ?? down) * density,
    left: (read('padding-left') ?? across) * density,
  }
}

/** The distance of a layer: from the named edge inwards. A centred layer is centred in the area that the padding leaves. */
function offsets(position: Position, { top, right, bottom, left }: Padding): { readonly x: number; readonly y: number } {
  const along = (anchor: number, before: number, after: number): number =>
    anchor === 0 ? before : anchor === 1 ? after : (before - after) / 2
  const anchor = ANCHORS[position]
  return { x: along(anchor.x, left, right), y: along(anchor.y, top, bottom) }
}
