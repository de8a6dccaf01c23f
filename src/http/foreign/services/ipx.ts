import { POSITIONS, type Position } from '../../../image/geometry.ts'
import { step } from '../../../image/plan.ts'
import { differs, type ForeignService, lost, type Parameter, type Word } from '../foreign.ts'
import type { Sheet } from '../sheet.ts'
import { decoded, fileOf } from '../source.ts'
import { colour, decimalOf, effect, flag, format, number, oneOf, quality, setOutput } from '../values.ts'
import { sideOf } from './near.ts'

const SHAPE = /^(.*\/_ipx)\/([^/]+)\/(.+)$/

const size: Word = (text, sheet) => {
  const [across = '', down = across] = text.split('x')
  return sideOf('width')(across, sheet) ?? sideOf('height')(down, sheet)
}

/** `enlarge` is read before. */
const grows = ({ fit: known }: Sheet): boolean => known === 'crop'
const fit: Word = oneOf({
  cover: (sheet) => void (sheet.fit = grows(sheet) ? 'crop' : 'aspect-crop'),
  contain: (sheet) => void (sheet.fit = 'pad'),
  fill: (sheet) => void (sheet.fit = 'stretch'),
  inside: (sheet) => void (sheet.fit = grows(sheet) ? 'max' : 'shrink'),
  outside: (sheet) => void (sheet.fit = grows(sheet) ? 'min' : 'shrink-cover'),
})

const NAMES: Readonly<Record<string, Position>> = {
  ...Object.fromEntries(POSITIONS.map((name) => [name.replace('-', ' '), name])),
  centre: 'center',
  center: 'center',
  north: 'top',
  south: 'bottom',
  east: 'right',
  west: 'left',
  northeast: 'top-right',
  northwest: 'top-left',
  southeast: 'bottom-right',
  southwest: 'bottom-left',
  'left top': 'top-left',
  'right top': 'top-right',
  'left bottom': 'bottom-left',
  'right bottom': 'bottom-right',
}
const position: Word = (text, sheet) => {
  const name = NAMES[text.replaceAll(/[_+]|%20/g, ' ')]
  if (name) return void (sheet.position = name)
  if (text !== 'entropy' && text !== 'attention') return lost('It is no place that is known here.')
  sheet.position = text === 'entropy' ? 'smart-entropy' : 'smart'
  return differs('What matters in a picture is found by another method.')
}

const extract: Word = (text, sheet) => {
  const [x, y, width, height] = text.split('_').map(decimalOf)
  if (x == null || y == null || !width || !height) return lost('It is no rectangle of four numbers.')
  sheet.window = { x, y, width, height }
  return undefined
}

const modulate: Word = (text, sheet) => {
  const [brightness, saturation, hue] = text.split('_').map(decimalOf)
  if (brightness == null) return lost('It is no number.')
  effect(sheet, step('modulate', { brightness, ...(saturation != null && { saturation }), ...(hue != null && { hue }) }))
  return undefined
}

const words: Readonly<Record<string, Word>> = {
  enlarge: flag((sheet) => void (sheet.fit = 'crop')),
  w: sideOf('width'),
  width: sideOf('width'),
  h: sideOf('height'),
  height: sideOf('height'),
  s: size,
  resize: size,
  fit,
  position,
  pos: position,
  q: quality,
  quality,
  f: format({ auto: (sheet) => setOutput(sheet, { format: 'auto' }) }),
  format: format({ auto: (sheet) => setOutput(sheet, { format: 'auto' }) }),
  b: colour((value, sheet) => void (sheet.background = value)),
  background: colour((value, sheet) => void (sheet.background = value)),
  rotate: number(-360, 360, (value, sheet) => void (sheet.degrees = value)),
  flip: flag((sheet) => void (sheet.flip = true)),
  flop: flag((sheet) => void (sheet.flop = true)),
  blur: (text, sheet) =>
    text === ''
      ? differs('A blur without a number is a box of three pixels there.')
      : number(0.3, 1000, (sigma) => effect(sheet, step('blur', { sigma })))(text, sheet),
  sharpen: (text, sheet) =>
    text === ''
      ? effect(sheet, step('sharpen', {}))
      : number(0, 10, (sigma) => effect(sheet, step('sharpen', { sigma })))(text.split('_')[0] ?? '', sheet),
  median: (text, sheet) =>
    number(1, 16, (value) => {
      const size = value % 2 === 1 ? value : value - 1
      effect(sheet, step('median', { size }))
      return size === value ? undefined : differs('The square has an odd side, one less.')
    })(text === '' ? '3' : text, sheet),
  gamma: (text, sheet) =>
    number(
      1,
      3,
      (exponent) => (effect(sheet, step('gamma', { exponent })), differs('The tones are brightened once, not darkened before the resize.')),
    )(text === '' ? '2.2' : text, sheet),
  negate: flag((sheet) => effect(sheet, step('negate', {}))),
  normalize: flag((sheet) => effect(sheet, step('normalize', {}))),
  threshold: (text, sheet) => number(0, 255, (level) => effect(sheet, step('threshold', { level })))(text === '' ? '128' : text, sheet),
  tint: colour((value, sheet) => effect(sheet, step('tint', { colour: value }))),
  grayscale: flag((sheet) => effect(sheet, step('grayscale', {}))),
  trim: (text, sheet) => number(0, 255, (threshold) => void (sheet.trim = threshold))(text === '' ? '10' : text, sheet),
  extract,
  crop: extract,
  modulate,
  // The README names them; ipx does nothing for them.
  embed: () => undefined,
  r: () => undefined,
  animated: flag((sheet) => setOutput(sheet, { still: undefined })),
  a: flag((sheet) => setOutput(sheet, { still: undefined })),
  kernel: oneOf({ lanczos3: () => undefined }),
}

/** The modifiers of a path's segment, as it stands in a URL. @throws AppError `invalid_path`. */
export const modifiersOf = (segment: string): readonly Parameter[] =>
  segment
    .split(/[,&]/)
    .filter((each) => each !== '_' && each !== '')
    .map((each) => {
      const [name = '', ...values] = each.split(/[:=_]/).map(decoded)
      return { name, value: values.join('_') }
    })

/** ipx, of Nuxt and others: `/_ipx/{modifiers}/{path or URL}`. Source: github.com/unjs/ipx. */
export const ipx: ForeignService = {
  recognises: ({ pathname }) => SHAPE.test(pathname),
  open(url) {
    const found = SHAPE.exec(url.pathname)
    if (!found) return null
    return {
      source: fileOf(found[3] ?? '', url.origin),
      parameters: [...modifiersOf(found[2] ?? ''), ...[...url.searchParams].map(([name, value]) => ({ name: `?${name}`, value }))],
    }
  },
  first: ['enlarge', 'fit'],
  defaults: { fit: 'aspect-crop', output: { format: 'source', quality: 80, still: true } },
  words,
  /** Of an animated file the first picture is shown, but for GIFs: a file whose format stays may be one. */
  settle(sheet) {
    if (sheet.output.format === 'source' || sheet.output.format === 'gif') setOutput(sheet, { still: undefined })
    return {}
  },
}
