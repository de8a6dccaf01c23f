import type { Position } from '../../../image/geometry.ts'
import { step } from '../../../image/plan.ts'
import { differs, lost, type Word } from '../foreign.ts'
import type { Fit, Sheet } from '../sheet.ts'
import { autoFormat, colour, decimalOf, effect, format, never, number, oneOf, quality, setOutput } from '../values.ts'
import { rounded } from './near.ts'

const FITS: Readonly<Record<string, Fit>> = {
  clip: 'max',
  crop: 'crop',
  max: 'shrink',
  scale: 'stretch',
  min: 'shrink-crop',
  fill: 'pad',
  fillmax: 'pad',
}

const fit: Word = (text, sheet) => {
  const name = FITS[text]
  if (name === undefined) {
    if (text === 'facearea') [sheet.fit, sheet.position] = ['crop', 'smart']
    if (text === 'clamp') sheet.fit = 'pad'
    if (text === 'facearea') return differs('Faces are not measured; the part that shows most stays.')
    return text === 'clamp' ? differs('What is around the picture has one colour.') : lost(`It is none of ${Object.keys(FITS).join(', ')}.`)
  }
  sheet.fit = name
  if (text === 'min') return differs('A picture that is smaller than the box is cut to the box, not to its aspect ratio.')
  return text === 'fillmax' ? differs('A picture that is smaller than the box is enlarged.') : undefined
}

/** Sides with commas between; more than one method is tried there, one after the other. */
const crop: Word = (text, sheet) => {
  const sides = text.split(',')
  const has = (...names: string[]) => names.some((name) => sides.includes(name))
  if (has('faces', 'entropy', 'edges', 'focalpoint')) {
    sheet.position = has('entropy', 'edges') ? 'smart-entropy' : 'smart'
    return differs('What matters in a picture is found by another method.')
  }
  const unknown = sides.find((side) => !['top', 'bottom', 'left', 'right', 'center'].includes(side))
  if (unknown !== undefined) return lost('It is no place that is known here.')
  const vertical = has('top') ? 'top' : has('bottom') ? 'bottom' : ''
  const horizontal = has('left') ? 'left' : has('right') ? 'right' : ''
  sheet.position = (vertical && horizontal ? `${vertical}-${horizontal}` : vertical || horizontal || 'center') as Position
  return undefined
}

/** Pixels; below 1 a share of the source. */
const side =
  (name: 'width' | 'height'): Word =>
  (text, sheet) => {
    const value = decimalOf(text)
    if (value === null || value <= 0 || value > 8192) return lost('It is no number above 0, up to 8192.')
    sheet[name] = value <= 1 && text.includes('.') ? { percent: value * 100, of: name } : value
    return undefined
  }

const aspect: Word = (text, sheet) => {
  const [across, down] = text.split(':').map(decimalOf)
  if (!across || !down || across <= 0 || down <= 0) return lost('It is no aspect ratio such as 16:9.')
  sheet.aspect = across / down
  return undefined
}

/** `x,y,w,h`: pixels or shares, or names of sides in the place of `x` and `y`. */
const rectangle: Word = (text, sheet) => {
  const [x = '', y = '', w = '', h = ''] = text.split(',')
  const [left, top, width, height] = [x, y, w, h].map(decimalOf)
  if (!width || !height || left == null || top == null || left < 0 || top < 0 || width < 0 || height < 0)
    return lost('The rectangle is named by four numbers here.')
  const share = (value: number, written: string, of: 'width' | 'height') =>
    value <= 1 && written.includes('.') ? { percent: value * 100, of } : value
  sheet.window = {
    x: share(left, x, 'width'),
    y: share(top, y, 'height'),
    width: share(width, w, 'width'),
    height: share(height, h, 'height'),
  }
  return undefined
}

/** Of `fit=crop`: what hangs over this side is cut off. */
const most = (name: 'width' | 'height'): Word =>
  number(1, 8192, (value, sheet) => void (sheet.most = { ...sheet.most, [name]: Math.round(value) }))

/** `rrggbb` of full saturation. */
const pureHue = (degrees: number): string =>
  [0, 8, 4]
    .map((shift) => {
      const along = (shift + degrees / 30 + 1200) % 12
      return Math.round(255 * (0.5 - 0.5 * Math.max(-1, Math.min(along - 3, 9 - along, 1))))
    })
    .map((channel) => channel.toString(16).padStart(2, '0'))
    .join('')

const near = (because: string, range: readonly [number, number], apply: (value: number, sheet: Sheet) => void): Word =>
  number(...range, (value, sheet) => {
    apply(value, sheet)
    return value === 0 ? undefined : differs(because)
  })

/** `format`, `compress` and others, with commas between. */
const auto: Word = (text, sheet) => {
  const wishes = text.split(',')
  if (wishes.includes('format')) autoFormat(sheet)
  if (wishes.includes('compress')) setOutput(sheet, { quality: 100, target: 'medium' })
  const others = wishes.filter((wish) => wish !== 'format' && wish !== 'compress')
  if (others.length > 0)
    return wishes.length === others.length
      ? lost('Tones are not corrected by themselves.')
      : differs(`Nothing is done for ${others.join(', ')}.`)
  return wishes.includes('compress') ? differs('The quality is found by similarity: q=auto.') : undefined
}

export const WORDS: Readonly<Record<string, Word>> = {
  w: side('width'),
  h: side('height'),
  fit,
  crop,
  ar: aspect,
  rect: rectangle,
  dpr: number(0.75, 8, (value, sheet) => void (sheet.density = value)),
  q: quality,
  fm: format({
    pjpg: (sheet) => setOutput(sheet, { format: 'jpeg' }),
    png8: (sheet) => setOutput(sheet, { format: 'png', palette: true }),
    png32: (sheet) => setOutput(sheet, { format: 'png' }),
  }),
  auto,
  lossless: oneOf({
    '1': (sheet) => setOutput(sheet, { lossless: true }),
    true: (sheet) => setOutput(sheet, { lossless: true }),
    '0': () => undefined,
    false: () => undefined,
  }),
  'max-bytes': never('It is a limit of another kind.'),
  bg: colour((value, sheet) => void (sheet.background = value)),
  'fill-color': colour((value, sheet) => void (sheet.background = value)),
  'fill-max': oneOf({ source: () => differs('A picture that is smaller than the box is enlarged.') }),
  'max-w': most('width'),
  'max-h': most('height'),
  fill: oneOf({ solid: () => undefined, blur: () => lost('The ground is of one colour.'), gen: () => lost('No pictures are invented.') }),
  rot: number(0, 360, (value, sheet) => void (sheet.degrees = value)),
  orient: oneOf({
    '1': () => undefined,
    '3': (sheet) => void (sheet.degrees = 180),
    '90': (sheet) => void (sheet.degrees = 90),
    '180': (sheet) => void (sheet.degrees = 180),
    '270': (sheet) => void (sheet.degrees = 270),
  }),
  flip: oneOf({
    h: (sheet) => void (sheet.flop = true),
    v: (sheet) => void (sheet.flip = true),
    hv: (sheet) => void ([sheet.flip, sheet.flop] = [true, true]),
  }),
  trim: oneOf({
    auto: (sheet) => {
      sheet.trim = 10
      return differs('The border is what looks like the upper left pixel.')
    },
    color: (sheet) => {
      sheet.trim = 10
      return differs('The border is what looks like the upper left pixel.')
    },
    alpha: () => lost('A border is not told by its transparency alone.'),
  }),
  'trim-tol': number(0, 255, (value, sheet) => void (sheet.trim = sheet.trim === undefined ? undefined : value)),
  blur: near('Its scale is not documented; a fifth counts as the standard deviation.', [0, 2000], (value, sheet) =>
    effect(sheet, step('blur', { sigma: Math.min(1000, value / 5) })),
  ),
  sharp: near('A tenth counts as the sigma of an unsharp mask.', [0, 100], (value, sheet) =>
    effect(sheet, step('sharpen', { sigma: value / 10 })),
  ),
  bri: near('The percentage multiplies the lightness of CIE LCh.', [-100, 100], (value, sheet) =>
    effect(sheet, step('modulate', { brightness: 1 + value / 100 })),
  ),
  con: near('Its curve is another one.', [-100, 100], (value, sheet) => effect(sheet, step('contrast', { level: value }))),
  exp: near('The exposure multiplies the lightness of CIE LCh.', [-100, 100], (value, sheet) =>
    effect(sheet, step('modulate', { brightness: rounded(2 ** (value / 50)) })),
  ),
  sat: near('The percentage multiplies the chroma of CIE LCh.', [-100, 100], (value, sheet) =>
    effect(sheet, step('modulate', { saturation: 1 + value / 100 })),
  ),
  hue: near('The hue is turned in CIE LCh.', [0, 359], (value, sheet) => effect(sheet, step('modulate', { hue: value }))),
  'hue-set': (text, sheet) => {
    const hue = decimalOf(text)
    if (hue === null || Math.abs(hue) > 36_000) return lost('It is no angle.')
    effect(sheet, step('tint', { colour: `${pureHue(hue)}ff` }))
    return differs('The colour tints the tones; the saturation of each pixel is not kept.')
  },
  sepia: near('It is done whole: a share has no words here.', [0, 100], (value, sheet) =>
    value > 0 ? effect(sheet, step('sepia', {})) : undefined,
  ),
  px: number(0, 100, (value, sheet) => (value >= 2 ? effect(sheet, step('pixelate', { size: Math.round(value) })) : undefined)),
  invert: oneOf({
    true: (sheet) => effect(sheet, step('negate', {})),
    '1': (sheet) => effect(sheet, step('negate', {})),
    false: () => undefined,
  }),
  monochrome: colour((value, sheet) => {
    effect(sheet, step('tint', { colour: value }))
    return differs('The colour tints the tones; its alpha counts for nothing.')
  }),
  mask: oneOf({
    ellipse: (sheet) => {
      sheet.radius = Infinity
      return differs('Corners are as round as they can be: an ellipse for a square alone.')
    },
    corners: (sheet) => void (sheet.radius ??= 1),
  }),
  'corner-radius': (text, sheet) => {
    const radii = text.split(',').map(decimalOf)
    if (radii.some((radius) => radius === null || radius < 0)) return lost('It is no radius.')
    sheet.radius = radii[0] ?? 0
    return new Set(radii).size > 1 ? differs('All corners have the first radius.') : undefined
  },
  page: number(1, 100_000, (value, sheet) => void (sheet.page = Math.round(value))),
  dl: (text, sheet) => {
    sheet.delivery['download'] = 'true'
    return text === '' ? undefined : differs('The file keeps its own name.')
  },
  pad: number(0, 4096, (value, sheet) => void (sheet.margins = { top: value, right: value, bottom: value, left: value })),
  s: never('Signatures are made with a key of the account: sign the new URL.'),
  expires: never('An expiry counts in signed URLs: sign the new URL with exp=.'),
  // Marks of libraries and statistics: they do nothing there either.
  ixlib: () => undefined,
  ixid: () => undefined,
  cs: oneOf({ srgb: () => undefined, strip: () => undefined, origin: (sheet) => setOutput(sheet, { colours: 'keep' }) }),
}
