import type { Length } from '../../../../image/length.ts'
import type { Step } from '../../../../image/plan.ts'
import type { Family } from '../../../../image/text/families.ts'
import type { ParamsOf, StepReader } from '../../../explain/printed.ts'
import { FILTERS } from '../effects.ts'
import { GRAVITIES } from '../lengths.ts'

type Print = (steps: StepReader) => object | undefined

/** Takes the next step and tells which transformation does it; `undefined`: none does. */
export const printStep: Print = (steps) => {
  for (const print of PRINTS) {
    const found = print(steps)
    if (found) return found
  }
  return undefined
}

/** A side or an offset: percentages of the other side have a unit of their own. */
function lengthOf(length: Length | undefined, own: 'width' | 'height'): string | number | undefined {
  if (length === undefined || typeof length === 'number') return length
  return `${length.percent}${length.of === own ? '%' : length.of === 'height' ? 'h' : 'w'}`
}

const sides = ({ width, height }: { readonly width?: Length | undefined; readonly height?: Length | undefined }): object => ({
  ...(width !== undefined && { width: lengthOf(width, 'width') }),
  ...(height !== undefined && { height: lengthOf(height, 'height') }),
})

const gravity = (position: string | undefined): object => ({
  gravity: Object.entries(GRAVITIES).find(([, name]) => name === position)?.[0],
})

const placement = ({ position, x, y }: Pick<ParamsOf<'text'>, 'position' | 'x' | 'y'>): object => ({
  ...gravity(position),
  xoffset: lengthOf(x, 'width'),
  yoffset: lengthOf(y, 'height'),
})

/** A name of each bundled family; a bold one says so. */
const FAMILY_NAMES: Readonly<Record<Family, string>> = { sans: 'Arial', serif: 'Times New Roman', mono: 'Courier New' }
const BOLD = 700

const equal = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

const filter: Print = (steps) => {
  const [next] = steps.left()
  const name = Object.entries(FILTERS).find(([, make]) => equal(make(), [next]))?.[0]
  if (name === undefined) return undefined
  steps.skip(1)
  return { type: 'filter', filter: name }
}

function single<N extends Step['op']>(op: N, print: (params: ParamsOf<N>) => object): Print {
  return (steps) => {
    const params = steps.take(op)
    return params && print(params)
  }
}

const PRINTS: readonly Print[] = [
  filter,
  single('resize', (given) => {
    const isExact = given.fit === 'stretch' && given.width !== undefined && given.height !== undefined
    const isFree = given.fit === 'inside' && (given.width === undefined || given.height === undefined)
    if (isExact || isFree) return { type: 'resize', ...sides(given) }
    return { type: 'fitmethod', fit_type: given.fit === 'inside' ? 'box' : given.fit, ...sides(given) }
  }),
  single('cover', ({ position, ...given }) => ({ type: 'fitmethod', fit_type: 'cropbox', ...sides(given), ...gravity(position) })),
  single('letterbox', ({ position, background, ...given }) => ({
    type: 'fitmethod',
    fit_type: 'letterbox',
    ...sides(given),
    ...gravity(position),
    color: `#${background}`,
  })),
  single('crop', ({ fit, ...given }) => ({ type: 'crop', ...sides(given), ...placement(given), fit })),
  single('zoom', ({ level, ...given }) => ({ type: 'zoom', ...sides(given), level })),
  single('flip', ({ axis }) => ({ type: 'flip', direction: axis })),
  single('rotate', ({ degrees }) => ({ type: 'rotate', degrees })),
  single('unletterbox', () => ({ type: 'ulb' })),
  single('blur', (params) => ({ type: 'blur', ...params })),
  single('brightness', ({ level }) => ({ type: 'brightness', bright_level: level })),
  single('colorize', (params) => ({ type: 'colorize', ...params })),
  single('contrast', (params) => ({ type: 'contrast', ...params })),
  single('enhance', () => ({ type: 'enhance' })),
  single('text', ({ text, size, colour, font, weight, ...given }) => ({
    type: 'annotation',
    text,
    size,
    color: `#${colour}`,
    font: typeof font === 'string' ? FAMILY_NAMES[font] + (weight === BOLD ? ' Bold' : '') : font.path,
    ...placement(given),
  })),
  single('composite', ({ path, ...given }) => ({ type: 'watermark', source: path, ...sides(given), ...placement(given) })),
]
