import type { Length } from '../../../image/length.ts'
import { codec, isDecided, type Output, type Step, type TransformPlan } from '../../../image/plan.ts'
import type { Position } from '../../../image/geometry.ts'
import { decimal, type ParamsOf, readSteps, type StepReader } from '../../explain/printed.ts'
import type { DoorName } from './door.ts'

/** An option and its value; empty for one that needs none. */
export type Option = readonly [name: string, value: string]

interface Scaling {
  readonly width?: Length | undefined
  readonly height?: Length | undefined
  readonly fit: 'inside' | 'outside' | 'stretch' | 'cover' | 'pad'
  readonly grows: boolean
  readonly position: Position
}

function takeScaling(steps: StepReader): Scaling | undefined {
  const cover = steps.take('cover')
  if (cover) return { ...cover, fit: 'cover', grows: cover.enlarge !== false }
  const box = steps.take('letterbox')
  if (box) return { ...box, fit: 'pad', grows: true }
  const resize = steps.take('resize', ({ reduce }) => reduce)
  return resize && { width: resize.width, height: resize.height, fit: resize.fit, grows: resize.enlarge, position: 'center' }
}

const text = (value: unknown): string => (typeof value === 'number' ? decimal(value) : '')
const given = (name: string, value: unknown): readonly Option[] => (typeof value === 'number' ? [[name, decimal(value)]] : [])

/** The word for a format, or the word for one that each client chooses. */
function format(name: string, { format: wished }: Output, auto: string | null): readonly Option[] {
  if (isDecided(wished)) return [[name, wished]]
  return wished === 'source' || auto === null ? [] : [[name, auto]]
}

type Effects = { readonly [N in Step['op']]?: (params: ParamsOf<N>) => readonly Option[] }

/** Takes steps as long as the table has words for them. */
function takeEffects(steps: StepReader, effects: Effects): readonly Option[] {
  const options: Option[] = []
  for (let [next] = steps.left(); next && Object.hasOwn(effects, next.op); [next] = steps.left()) {
    const print = effects[next.op] as (params: unknown) => readonly Option[] // of that operation
    options.push(...print(next.params))
    steps.skip(1)
  }
  return options
}

const IPX_EFFECTS: Effects = {
  median: ({ size }) => [['median', text(size)]],
  blur: ({ sigma }) => [['blur', text(sigma)]],
  sharpen: ({ sigma }) => [['sharpen', text(sigma)]],
  normalize: () => [['normalize', '']],
  modulate: ({ brightness, saturation, hue }) => [['modulate', [brightness, saturation, hue].map(text).join('_')]],
  grayscale: () => [['grayscale', '']],
  tint: ({ colour }) => [['tint', colour]],
  negate: () => [['negate', '']],
  threshold: ({ level }) => [['threshold', text(level)]],
  flatten: ({ background }) => [['b', background]],
}
const IPX_TURNS: Effects = {
  trim: ({ threshold }) => [['trim', text(threshold)]],
  crop: ({ x, y, width, height }) => [['extract', [x, y, width, height].map(text).join('_')]],
  rotate: ({ degrees }) => [['rotate', text(degrees)]],
  flip: ({ axis }) => [[axis === 'vertical' ? 'flip' : 'flop', '']],
}
const IPX_FITS = { inside: 'inside', outside: 'outside', stretch: 'fill', cover: null, pad: 'contain' } as const

function printIpx(steps: StepReader, output: Output): readonly Option[] {
  const turns = takeEffects(steps, IPX_TURNS)
  const scaling = takeScaling(steps)
  const effects = takeEffects(steps, IPX_EFFECTS)
  return [
    ...turns,
    ...(scaling?.grows && scaling.fit !== 'pad' && scaling.fit !== 'stretch' ? [['enlarge', ''] as const] : []),
    ...(scaling ? ipxSize(scaling) : []),
    ...effects,
    ...format('f', output, 'auto'),
    ['q', decimal(output.quality)],
    ...(output.still ? [] : [['animated', ''] as const]),
  ]
}

function ipxSize({ width, height, fit, position }: Scaling): readonly Option[] {
  if (width === undefined || height === undefined) return [...given('w', width), ...given('h', height)]
  const name = IPX_FITS[fit]
  return [
    ['s', `${text(width)}x${text(height)}`],
    ...(name === null ? [] : [['fit', name] as const]),
    ...(position === 'center' ? [] : [['pos', position.replace('-', ' ')] as const]),
  ]
}

const CLOUDFLARE_EFFECTS: Effects = {
  blur: ({ sigma }) => [['blur', text(2 * sigma)]],
  sharpen: ({ sigma }) => [['sharpen', text(sigma)]],
  gamma: ({ exponent }) => [['gamma', text(exponent)]],
  modulate: ({ brightness, saturation }) => [brightness === 1 ? ['saturation', text(saturation)] : ['brightness', text(brightness)]],
  contrast: ({ level }) => [['contrast', text((level / 100 + 1) ** 2)]],
  flatten: ({ background }) => [['background', `#${background}`]],
}
const CLOUDFLARE_TURNS: Effects = {
  flip: ({ axis }) => [['flip', axis === 'vertical' ? 'v' : 'h']],
  rotate: ({ degrees }) => [['rotate', text(degrees)]],
}

function cloudflareFit({ fit, grows }: Scaling): string {
  if (fit === 'inside') return grows ? 'contain' : 'scale-down'
  if (fit === 'cover') return grows ? 'cover' : 'aspect-crop'
  return fit === 'stretch' ? 'squeeze' : fit
}

/** The share of the width and of the height at which a position lies. */
const share = (position: Position): string =>
  [
    /left/.test(position) ? '0' : /right/.test(position) ? '1' : '0.5',
    /top/.test(position) ? '0' : /bottom/.test(position) ? '1' : '0.5',
  ].join('x')

function printCloudflare(steps: StepReader, output: Output): readonly Option[] {
  const turns = takeEffects(steps, CLOUDFLARE_TURNS)
  const scaling = takeScaling(steps)
  const effects = takeEffects(steps, CLOUDFLARE_EFFECTS)
  return [
    ...turns,
    ...(scaling
      ? [
          ...given('width', scaling.width),
          ...given('height', scaling.height),
          ['fit', cloudflareFit(scaling)] as const,
          ...(scaling.position === 'center' ? [] : [['gravity', share(scaling.position)] as const]),
        ]
      : []),
    ...effects,
    ...format('format', output, 'auto'),
    ['quality', decimal(output.quality)],
    ...(output.still ? [['anim', 'false'] as const] : []),
    ...(output.metadata ? [['metadata', output.metadata] as const] : []),
    ...(output.lossless ? [['compression', 'lossless'] as const] : []),
  ]
}

function printNetlify(steps: StepReader, output: Output): readonly Option[] {
  const scaling = takeScaling(steps)
  const fits: Readonly<Record<string, string>> = { inside: 'contain', cover: 'cover', stretch: 'fill' }
  return [
    ...(scaling
      ? [
          ...given('w', scaling.width),
          ...given('h', scaling.height),
          ['fit', fits[scaling.fit] ?? ''] as const,
          ...(scaling.position === 'center' ? [] : [['position', scaling.position] as const]),
        ]
      : []),
    ...(isDecided(output.format) ? [['fm', codec(output.format).extension] as const] : []),
    ['q', decimal(output.quality)],
  ]
}

function printOptimizer(steps: StepReader, output: Output): readonly Option[] {
  const width = steps.take('resize', ({ height }) => height === undefined)?.width
  return [...given('w', width), ['q', decimal(output.quality)]]
}

const PRINTERS: Readonly<Record<DoorName, (steps: StepReader, output: Output) => readonly Option[]>> = {
  ipx: printIpx,
  vercel: printOptimizer,
  next: printOptimizer,
  netlify: printNetlify,
  cloudflare: printCloudflare,
}

/** Options of a door that may give a plan, or the step for which it has none. Whether they do is for who reads them again. */
export function printOptions(
  door: DoorName,
  { steps, output }: TransformPlan,
): { readonly options: readonly Option[]; readonly left: Step | undefined } {
  const reader = readSteps(steps)
  const options = PRINTERS[door](reader, output)
  return { options, left: reader.left()[0] }
}
