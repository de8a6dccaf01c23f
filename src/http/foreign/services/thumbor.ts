import { step } from '../../../image/plan.ts'
import { differs, type ForeignService, lost, type Opened, type Parameter, type Verdict, type Word } from '../foreign.ts'
import type { Sheet } from '../sheet.ts'
import { decoded, fileAt, fileOf } from '../source.ts'
import { colour, decimalOf, effect, format, never, number, quality, setOutput } from '../values.ts'
import { contrast, LAYER, percentage, SIGNED, smart } from './near.ts'

const OPTIONS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['meta', /^meta$/],
  ['trim', /^trim(?::[\w-]+)*$/],
  ['crop', /^\d+(?:\.\d+)?x\d+(?:\.\d+)?:\d+(?:\.\d+)?x\d+(?:\.\d+)?$/],
  ['fit', /^(?:adaptive-)?(?:full-)?fit-in$|^stretch$/],
  ['size', /^-?(?:\d*|orig)x-?(?:\d*|orig)$/],
  ['halign', /^(?:left|right|center)$/],
  ['valign', /^(?:top|bottom|middle)$/],
  ['smart', /^smart$/],
]

/** Its arguments may have slashes in them. */
const FILTER = /^:?(\w+)\(([^)]*)\)/

const size: Word = (text, sheet) => {
  const [across = '', down = ''] = text.split('x')
  if (across.startsWith('-')) sheet.flop = true
  if (down.startsWith('-')) sheet.flip = true
  for (const [name, side] of [
    ['width', across.replace('-', '')],
    ['height', down.replace('-', '')],
  ] as const) {
    if (side === 'orig') return lost('The own size of a side has no words here.')
    if (Number(side) > 0) sheet[name] = Number(side)
  }
  return undefined
}

const fit: Word = (text, sheet) => {
  sheet.fit = text === 'stretch' ? 'stretch' : text.includes('full-') ? 'min' : 'shrink'
  return text.startsWith('adaptive-') ? differs('The box does not turn with the picture.') : undefined
}

const crop: Word = (text, sheet) => {
  const [x = 0, y = 0, right = 0, bottom = 0] = text.split(/[x:]/).map(Number)
  const share = (value: number, of: 'width' | 'height') => (text.includes('.') && value <= 1 ? { percent: value * 100, of } : value)
  sheet.window = { x: share(x, 'width'), y: share(y, 'height'), width: share(right - x, 'width'), height: share(bottom - y, 'height') }
  return undefined
}

const align: Word = (text, sheet) => {
  const vertical = /top|bottom/.exec(`${sheet.position} ${text}`)?.[0] ?? ''
  const horizontal = /left|right/.exec(`${sheet.position} ${text}`)?.[0] ?? ''
  sheet.position = (vertical && horizontal ? `${vertical}-${horizontal}` : vertical || horizontal || 'center') as Sheet['position']
  return undefined
}

/** A filter without arguments. */
const bare =
  (apply: (sheet: Sheet) => Verdict | void): Word =>
  (text, sheet) =>
    text === '' ? (apply(sheet) ?? undefined) : lost('It has no argument.')

/** `url,x,y,alpha`: from the left and above, or from the right and below where it is negative. */
const watermark: Word = (text, sheet) => {
  const [address = '', across = '', down = '', alpha = '', ...ratios] = text.split(',')
  const [x, y, clear] = [across, down, alpha].map(decimalOf)
  if (!URL.canParse(address) || x == null || y == null || clear == null || clear < 0 || clear > 100 || ratios.length > 0)
    return lost('A layer has an address, two distances in pixels and its alpha here.')
  const position = `${y < 0 || Object.is(y, -0) ? 'bottom' : 'top'}-${x < 0 || Object.is(x, -0) ? 'right' : 'left'}` as const
  const { path } = fileAt(new URL(address).pathname)
  effect(sheet, step('composite', { path, position, x: Math.abs(x), y: Math.abs(y), opacity: 1 - clear / 100 }))
  return differs(LAYER)
}

/** Nine numbers, how many stand in a row, and whether they are divided by their sum. */
const convolution: Word = (text, sheet) => {
  const [matrix = '', columns = '', normalises = 'true'] = text.split(',')
  const kernel = matrix.split(';').map(decimalOf)
  if (columns !== '3' || kernel.length !== 9 || kernel.includes(null)) return lost('A kernel has three rows of three numbers here.')
  const weights = kernel as number[]
  const sum = weights.reduce((before, weight) => before + weight, 0)
  effect(sheet, step('convolve', { kernel: weights, divisor: normalises === 'false' || sum === 0 ? 1 : sum, offset: 0 }))
  return undefined
}

const words: Readonly<Record<string, Word>> = {
  signature: never(SIGNED),
  meta: (_text, sheet) => {
    sheet.delivery['f'] = 'json'
    return differs('What is told has other words (docs/info.md).')
  },
  trim: (text, sheet) => {
    sheet.trim = Math.min(255, Number(/\d+$/.exec(text)?.[0] ?? 0))
    return text.includes('bottom-right') ? differs('The border is what looks like the upper left pixel.') : undefined
  },
  crop,
  fit,
  size,
  halign: align,
  valign: align,
  smart: (_text, sheet) => smart(sheet),
  quality,
  format: format(),
  blur: (text, sheet) => {
    const [radius = null, sigma = radius] = text.split(',').map(decimalOf)
    if (radius === null || sigma === null || radius < 0) return lost('It is no radius.')
    effect(sheet, step('blur', { sigma: sigma === 0 ? radius : sigma }))
    return differs('The Gaussian is not cut off at the radius.')
  },
  sharpen: (text, sheet) => {
    const [amount, radius] = text.split(',').map(decimalOf)
    if (amount == null) return lost('It is no number.')
    effect(sheet, step('sharpen', { sigma: Math.min(10, radius ?? 1) }))
    return differs('An unsharp mask has one number here, the sigma.')
  },
  brightness: percentage('brightness'),
  contrast,
  saturation: percentage('saturation'),
  grayscale: bare((sheet) => effect(sheet, step('grayscale', {}))),
  rotate: number(0, 359, (value, sheet) => void (sheet.degrees = -value)),
  round_corner: (text, sheet) => {
    const [radius = ''] = text.split(',')
    const value = decimalOf(radius.split('|')[0] ?? '')
    if (value === null) return lost('It is no radius.')
    sheet.radius = value
    return differs('The corners are circular and transparent, or have the colour of bg.')
  },
  background_color: colour((value, sheet) => void (sheet.background = value)),
  fill: (text, sheet) => {
    const [ground = '', fillsTransparent] = text.split(',')
    const word = ground === 'transparent' ? undefined : colour((value) => void (sheet.background = value))(ground, sheet)
    if (word && ground !== 'auto' && ground !== 'blur') return word
    sheet.delivery['fill'] = 'true'
    if (word) return differs('The ground is not made of the picture.')
    return fillsTransparent === undefined ? undefined : differs('What is transparent has the colour in any case.')
  },
  upscale: bare((sheet) => void (sheet.delivery['upscale'] = 'true')),
  no_upscale: bare((sheet) => void (sheet.delivery['no_upscale'] = 'true')),
  max_bytes: number(1, 999_999_999, (value, sheet) => setOutput(sheet, { maxBytes: Math.round(value) })),
  strip_exif: bare(() => undefined),
  strip_icc: bare(() => undefined),
  page: number(1, 100_000, (value, sheet) => void (sheet.page = value)),
  equalize: bare((sheet) => {
    effect(sheet, step('normalize', {}))
    return differs('The lightness is stretched, its histogram is not levelled.')
  }),
  focal: (text, sheet) =>
    /^\d+x\d+:\d+x\d+$/.test(text) ? smart(sheet, 'The part that shows most stays, not the one that is named.') : lost('It is no area.'),
  cover: bare((sheet) => setOutput(sheet, { still: true })),
  proportion: number(0.01, 1, (value, sheet) => {
    if (sheet.width === undefined && sheet.height === undefined) sheet.width = { percent: value * 100, of: 'width' }
    else sheet.density = value
  }),
  watermark,
  convolution,
}

function open(url: URL): Opened | null {
  const [first = '', ...segments] = (url.pathname.slice(1) + url.search).split('/')
  const parameters: Parameter[] = first === 'unsafe' ? [] : [{ name: 'signature', value: first }]
  for (const [name, pattern] of OPTIONS)
    if (segments.length > 1 && pattern.test(segments[0] ?? '')) parameters.push({ name, value: segments.shift() ?? '' })
  let source = segments.join('/')
  if (source.startsWith('filters:')) {
    source = source.slice('filters:'.length)
    for (let found = FILTER.exec(source); found; found = FILTER.exec(source)) {
      parameters.push({ name: found[1] ?? '', value: decoded(found[2] ?? '') })
      source = source.slice(found[0].length)
    }
    if (!source.startsWith('/')) return null
    source = source.slice(1)
  }
  return source === '' ? null : { source: fileOf(decoded(source).replace(/^([\w-]+\.[\w.-]+\/)/, 'https://$1'), url.origin), parameters }
}

function settle(sheet: Sheet, given: ReadonlyMap<string, string>): Readonly<Record<string, Verdict>> {
  const { upscale, no_upscale: keeps, fill, ...delivery } = sheet.delivery
  sheet.delivery = delivery
  const fits = given.has('fit')
  if (upscale && sheet.fit === 'shrink') sheet.fit = 'max'
  if (keeps && sheet.fit === 'crop') sheet.fit = 'shrink-crop'
  if (fill && fits) sheet.fit = 'pad'
  if (fill && !fits) return { fill: differs('It is shown below all that is transparent.') }
  return fill && !upscale ? { fill: differs('A picture that is smaller than the box is enlarged.') } : {}
}

/** thumbor. Source: thumbor.readthedocs.io. */
export const thumbor: ForeignService = {
  recognises: ({ hostname, pathname }) =>
    /thumbor/.test(hostname) || pathname.startsWith('/unsafe/') || /^\/[\w=-]{28}\//.test(pathname) || /\/filters:[^/]+\//.test(pathname),
  open,
  defaults: { fit: 'crop', turns: 'mirror, rotate, size' },
  words,
  settle,
}
