import { step } from '../../../image/plan.ts'
import { differs, type ForeignService, lost, type Opened, type Parameter, type Verdict, type Word } from '../foreign.ts'
import type { Sheet } from '../sheet.ts'
import { decoded, fileOf } from '../source.ts'
import { colour, decimalOf, effect, format, never, number, quality, setOutput } from '../values.ts'
import { contrast, near, percentage, SIGNED, smart } from './near.ts'

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

const words: Readonly<Record<string, Word>> = {
  signature: never(SIGNED),
  meta: never('What is told of a picture has words of its own: f=json.'),
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
  saturation: near('The factor multiplies the chroma of CIE LCh.', [0, 100], (value) => step('modulate', { saturation: value }), 1),
  grayscale: (_text, sheet) => effect(sheet, step('grayscale', {})),
  rotate: number(0, 359, (value, sheet) => void (sheet.degrees = -value)),
  round_corner: (text, sheet) => {
    const [radius = ''] = text.split(',')
    const value = decimalOf(radius)
    if (value === null) return lost('All corners have one radius here.')
    sheet.radius = value
    return differs('The corners are transparent, or have the colour of bg.')
  },
  background_color: colour((value, sheet) => void (sheet.background = value)),
  fill: (text, sheet) => {
    const word = colour((value) => void (sheet.background = value))(text.split(',')[0] ?? '', sheet)
    if (word) return word
    sheet.delivery['fill'] = 'true'
    return undefined
  },
  upscale: (_text, sheet) => void (sheet.delivery['upscale'] = 'true'),
  no_upscale: (_text, sheet) => void (sheet.delivery['no_upscale'] = 'true'),
  max_bytes: number(1, 999_999_999, (value, sheet) => setOutput(sheet, { maxBytes: Math.round(value) })),
  strip_exif: () => undefined,
  strip_icc: () => undefined,
  page: number(1, 100_000, (value, sheet) => void (sheet.page = value)),
  equalize: (_text, sheet) => {
    effect(sheet, step('normalize', {}))
    return differs('The lightness is stretched, its histogram is not levelled.')
  },
  focal: never('The part that stays is named by nine positions here.'),
  watermark: never('Layers are named by image= here.'),
}

function open(url: URL): Opened | null {
  const [first = '', ...segments] = (url.pathname.slice(1) + url.search).split('/')
  const parameters: Parameter[] = first === 'unsafe' ? [] : [{ name: 'signature', value: first }]
  for (const [name, pattern] of OPTIONS)
    if (segments.length > 1 && pattern.test(segments[0] ?? '')) parameters.push({ name, value: segments.shift() ?? '' })
  const filters = /^filters:(.+)$/.exec(segments[0] ?? '')?.[1]
  if (filters !== undefined) {
    segments.shift()
    for (const [, name = '', value = ''] of filters.matchAll(/(\w+)\((.*?)\)(?::|$)/g)) parameters.push({ name, value: decoded(value) })
  }
  const source = segments.join('/')
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
