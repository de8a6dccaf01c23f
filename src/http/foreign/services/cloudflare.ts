import { step } from '../../../image/plan.ts'
import { differs, type ForeignService, lost, type Parameter, type Word } from '../foreign.ts'
import type { Fit } from '../sheet.ts'
import { decoded, fileOf } from '../source.ts'
import { atPoint } from './near.ts'
import { autoFormat, colour, decimalOf, effect, format, never, number, oneOf, setOutput } from '../values.ts'

const SHAPE = /^\/cdn-cgi\/image\/([^/]+)\/(.+)$/
const HOSTED = /^(?:\/cdn-cgi\/imagedelivery)?\/([\w-]{10,40})\/(.+)\/([^/]+)$/
const HOST = 'imagedelivery.net'

const FITS: Readonly<Record<string, Fit>> = {
  'scale-down': 'shrink',
  contain: 'max',
  cover: 'crop',
  crop: 'shrink-crop',
  'aspect-crop': 'aspect-crop',
  pad: 'pad',
  squeeze: 'stretch',
}

const side = (name: 'width' | 'height'): Word => {
  const pixels = number(1, 12_000, (value, sheet) => void (sheet[name] = value))
  return (text, sheet) => (text === 'auto' ? lost('Sizes by hints of the client are not chosen here; name a size.') : pixels(text, sheet))
}

const fit: Word = (text, sheet) => {
  const name = FITS[text]
  if (name === undefined) return lost(`It is none of ${Object.keys(FITS).join(', ')}.`)
  sheet.fit = name
  if (text === 'crop') return differs('A picture that is smaller than the box on one side is cut to the box on the other.')
  return undefined
}

/** A side, the saliency, or shares of width and height. */
const gravity: Word = (text, sheet) => {
  const side = /^(left|right|top|bottom|center)$/.exec(text)?.[1] as 'left' | 'right' | 'top' | 'bottom' | 'center' | undefined
  if (side) return void (sheet.position = side)
  if (text === 'auto' || text === 'face') {
    sheet.position = 'smart'
    return text === 'auto'
      ? differs('What matters in a picture is found by another method.')
      : differs('Faces are found by colours of skin alone.')
  }
  const [x, y] = text.split('x').map(decimalOf)
  if (x == null || y == null || Math.max(x, y) > 1 || Math.min(x, y) < 0) return lost('It is no place that is known here.')
  return atPoint(x, y, (position) => void (sheet.position = position))
}

/** Four numbers: cut off at top, right, bottom and left; or named sizes, or the border by its colour. */
const trim: Word = (text, sheet) => {
  if (text === 'border' || text === 'auto') {
    sheet.trim = 10
    return differs('The border is what looks like the upper left pixel.')
  }
  const [top, right, bottom, left] = text.split(';').map(decimalOf)
  if (top == null || right == null || bottom == null || left == null || Math.min(top, right, bottom, left) < 0)
    return lost('It is none of "border" and four numbers.')
  sheet.window = { ...sheet.window, x: left, y: top }
  if (right > 0 || bottom > 0) sheet.offcut = { right, bottom }
  return undefined
}
const trimmed = (name: 'x' | 'y' | 'width' | 'height'): Word =>
  number(0, 100_000, (value, sheet) => void (sheet.window = { ...sheet.window, [name]: value }))

const multiplier = (name: 'brightness' | 'saturation'): Word =>
  number(0, 100, (value, sheet) => {
    // A brightness of 0 is ignored there.
    if (name === 'brightness' && value === 0) return undefined
    effect(sheet, step('modulate', { [name]: value }))
    return value === 1 ? undefined : differs('It is computed on the lightness and chroma of CIE LCh.')
  })

/** What other connections get is exact. */
const slow: Word = () => differs('Slow connections get the quality of the others.')

/** Only with `gravity=face`, which is settled at the end. */
const zoom: Word = number(0, 1, () => undefined)

const words: Readonly<Record<string, Word>> = {
  width: side('width'),
  height: side('height'),
  fit,
  gravity,
  trim,
  'trim.left': trimmed('x'),
  'trim.top': trimmed('y'),
  'trim.width': trimmed('width'),
  'trim.height': trimmed('height'),
  dpr: number(0.1, 10, (value, sheet) => void (sheet.density = value)),
  quality: (text, sheet) => {
    const named: Readonly<Record<string, number>> = { high: 90, 'medium-high': 80, 'medium-low': 65, low: 50 }
    const value = decimalOf(text) ?? named[text] ?? null
    if (value === null || value < 1 || value > 100) return lost('It is no quality from 1 to 100.')
    setOutput(sheet, { quality: Math.round(value) })
    return text in named ? differs(`The word stands for the quality ${value}.`) : undefined
  },
  format: format({
    auto: autoFormat,
    'baseline-jpeg': (sheet) => {
      setOutput(sheet, { format: 'jpeg' })
      return differs('Whether a JPEG is progressive is not chosen.')
    },
    json: () => lost('Information has fields of its own: f=json (docs/info.md).'),
  }),
  anim: (text, sheet) => {
    if (text === 'false') setOutput(sheet, { still: true })
    return text === 'false' || text === 'true' ? undefined : lost('It is neither true nor false.')
  },
  metadata: oneOf({
    keep: (sheet) => setOutput(sheet, { metadata: 'keep' }),
    copyright: (sheet) => setOutput(sheet, { metadata: 'copyright' }),
    none: () => undefined,
  }),
  background: colour((value, sheet) => void (sheet.background = value)),
  rotate: oneOf({
    '0': () => undefined,
    '90': (sheet) => void (sheet.degrees = 90),
    '180': (sheet) => void (sheet.degrees = 180),
    '270': (sheet) => void (sheet.degrees = 270),
    '360': () => undefined,
  }),
  flip: oneOf({
    h: (sheet) => void (sheet.flop = true),
    v: (sheet) => void (sheet.flip = true),
    hv: (sheet) => void ([sheet.flip, sheet.flop] = [true, true]),
  }),
  blur: number(0, 250, (value, sheet) => {
    effect(sheet, step('blur', { sigma: value / 2 }))
    return differs('The radius counts as two standard deviations.')
  }),
  sharpen: number(0, 10, (value, sheet) => {
    effect(sheet, step('sharpen', { sigma: value }))
    return value === 0 ? undefined : differs('The strength is the sigma of an unsharp mask.')
  }),
  brightness: multiplier('brightness'),
  saturation: multiplier('saturation'),
  contrast: number(0, 2, (value, sheet) => {
    if (value === 0) return undefined
    effect(sheet, step('contrast', { level: 100 * Math.sqrt(value) - 100 }))
    return value === 1 ? undefined : differs('The slope is that of the middle tones, in sRGB.')
  }),
  gamma: number(0, 10, (value, sheet) => {
    if (value === 0) return undefined
    if (value > 3) return lost('Exponents go up to 3 here.')
    if (value < 1) {
      effect(sheet, step('modulate', { brightness: value }))
      return differs('Below 1 the lightness is multiplied.')
    }
    effect(sheet, step('gamma', { exponent: value }))
    return value === 1 ? undefined : differs('The exponent counts in sRGB.')
  }),
  compression: oneOf({
    fast: () => differs('Speed is not wished here; formats are chosen by what is fast enough.'),
    lossless: (sheet) => setOutput(sheet, { lossless: true }),
  }),
  onerror: oneOf({ redirect: () => differs('A picture that cannot be made is an error, or what fallback= names.') }),
  border: never('Borders have no words in image URLs; margins in the colour of bg are named by extend-top and its siblings.'),
  segment: never('Backgrounds are not removed.'),
  zoom,
  'face-zoom': zoom,
  'slow-connection-quality': slow,
  origin_auth: never('Rights of the file are those of the account.'),
  scq: slow,
  upscale: never('Pictures are scaled by resampling alone.'),
}

const SHORT: Readonly<Record<string, string>> = { w: 'width', h: 'height', q: 'quality', f: 'format', g: 'gravity', sat: 'saturation' }

/** The options of a path's segment, as it stands in a URL. @throws AppError `invalid_path`. */
export const optionsOf = (text: string): readonly Parameter[] =>
  text
    .split(',')
    .filter((option) => option !== '')
    .map((option) => {
      const [name = '', ...value] = option.split('=')
      return { name: decoded(name), value: decoded(value.join('=')) }
    })

/**
 * Cloudflare Images: `/cdn-cgi/image/{options}/{source}`, and stored ones with variants or options.
 * Source: developers.cloudflare.com/images/optimization/features.
 */
export const cloudflare: ForeignService = {
  recognises: (url) => SHAPE.test(url.pathname) || url.pathname.startsWith('/cdn-cgi/imagedelivery/') || url.hostname === HOST,
  open(url) {
    const found = SHAPE.exec(url.pathname)
    if (found) return { source: fileOf(`${addressOf(found[2] ?? '')}${url.search}`, url.origin), parameters: optionsOf(found[1] ?? '') }
    const hosted = HOSTED.exec(url.pathname)
    if (!hosted) return null
    const variant = hosted[3] ?? ''
    const parameters = variant.includes('=') ? optionsOf(variant) : [{ name: 'variant', value: variant }]
    return { source: { ...fileOf(hosted[2] ?? '', url.origin), url: null }, parameters: [...parameters, ...query(url)] }
  },
  defaults: { fit: 'shrink', turns: 'mirror, rotate, size', output: { format: 'source', quality: 85 } },
  words: {
    ...words,
    ...Object.fromEntries(Object.entries(SHORT).map(([short, name]) => [short, words[name] as Word])),
    variant: never('Its settings are in the account there; a preset of the account can have the name.'),
    sig: never('Signatures are made with a key of the account: sign the new URL.'),
    exp: never('An expiry counts in signed URLs: sign the new URL with exp=.'),
  },
  settle(_sheet, given) {
    const closer = lost('Faces are not measured.')
    return (given.get('gravity') ?? given.get('g')) === 'face' ? { zoom: closer, 'face-zoom': closer } : {}
  },
}

/** An address may be percent-encoded as a whole. */
const addressOf = (text: string): string => (/^https?%3A/i.test(text) ? decoded(text) : text)

const query = (url: URL): readonly Parameter[] => [...url.searchParams].map(([name, value]) => ({ name, value }))
